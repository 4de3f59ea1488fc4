import { durationWords } from "../../../contracts/ui/age-words.ts";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { exactMomentWords } from "../../../contracts/ui/clock-words.ts";
import { FINDING_KIND_WORDS } from "../../../contracts/ui/finding-words.ts";
import { METRIC_WORDS } from "../../../contracts/ui/metric-words.ts";
import type { BedView, FindingView } from "../../../contracts/wire/board.ts";

/** What is wrong with a sensor of the bed or its room: since when, what shows it, and what to do. Nothing: no section. */
export function Findings({ bed }: { readonly bed: BedView }) {
  const nowMs = useBeatMs();
  if (bed.findings.length === 0) return null;
  return (
    <section>
      <h3 id="findings-title">Sensors to look at</h3>
      <ul className="findings" aria-labelledby="findings-title">
        {bed.findings.map((finding) => (
          <li key={`${finding.deviceId} ${finding.metric} ${finding.kind}`} className="finding">
            <p>
              <strong>{FINDING_KIND_WORDS[finding.kind]}</strong> · {METRIC_WORDS[finding.metric]}{" "}
              <span className="quiet">({finding.deviceId})</span>
            </p>
            <p>{finding.detail}</p>
            <p className="quiet">{sinceWords(bed, finding, nowMs)}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function sinceWords({ sources }: BedView, { deviceId, metric, since }: FindingView, nowMs: number): string {
  const sinceMs = Date.parse(since);
  const decides = sources.some((source) => source.deviceId === deviceId && source.decides === metric);
  const effect = decides ? " · the bed is not bookable meanwhile" : "";
  return `since ${exactMomentWords(sinceMs, nowMs)}, for ${durationWords(nowMs - sinceMs)}${effect}`;
}
