import { exactMomentWords, momentWords } from "../../../contracts/ui/clock-words.ts";
import { FINDING_KIND_WORDS } from "../../../contracts/ui/finding-words.ts";
import { valueWords } from "../../../contracts/ui/metric-words.ts";
import type { FindingStatus, GatewayStatus } from "../../../contracts/wire/gateway-status.ts";
import type { Finding } from "./findings.ts";
import { metricInSentence } from "./metric-in-sentence.ts";

type Bed = GatewayStatus["beds"][number];

/** What is open on sensors. A room's sensor speaks for all of its beds and is named once. */
export function sensorFindings(beds: readonly Bed[], nowMs: number): Finding[] {
  const open = beds.flatMap((bed) => bed.findings.map((finding) => ({ bed, finding })));
  const same = Map.groupBy(
    open,
    ({ finding: { deviceId, metric, kind } }) => `${deviceId} ${metric} ${kind}`,
  );
  return [...same.values()].flatMap((together) => {
    const [first] = together;
    if (first === undefined) return [];
    const { finding } = first;
    const where = bedsWords(together.map(({ bed }) => bed));
    return [
      {
        about: `${where}, ${finding.deviceId}`,
        words: `${findingWords(finding, nowMs)}. ${finding.detail}`,
        ...(finding.evidence.length === 0 ? {} : { rests: evidenceWords(finding, nowMs) }),
      },
    ];
  });
}

/** "Drifting: load, since 09:12". */
function findingWords({ kind, metric, since }: FindingStatus, nowMs: number): string {
  const moment = momentWords(Date.parse(since), nowMs);
  return `${FINDING_KIND_WORDS[kind]}: ${metricInSentence(metric)}, since ${moment}`;
}

function bedsWords(beds: readonly Bed[]): string {
  const labels = beds.map(({ label }) => label);
  return `${labels.length === 1 ? "Bed" : "Beds"} ${labels.join(", ")}`;
}

/** The readings in their order, each with its own time; another device than the suspected one is named. */
function evidenceWords({ deviceId, evidence }: FindingStatus, nowMs: number): string {
  const readings = evidence.map((reading) => {
    const who = reading.deviceId === deviceId ? "" : `${reading.deviceId} `;
    const what = metricInSentence(reading.metric);
    const value = valueWords(reading.metric, reading.value, reading.unit);
    return `${who}${what} ${value} at ${exactMomentWords(Date.parse(reading.observedAt), nowMs)}`;
  });
  return `Rests on ${readings.join("; ")}.`;
}
