/** Whether a newest value may be relied on now. Pure. */
import { type Freshness, freshnessOf, STALE_AFTER_MS_MIN } from "../../../contracts/bed/freshness.ts";
import { durationWords } from "../../../contracts/ui/age-words.ts";
import { FINDING_KIND_WORDS } from "../../../contracts/ui/finding-words.ts";
import { BAD_REASON_WORDS } from "../../../contracts/ui/metric-words.ts";
import type { FindingView } from "../../../contracts/wire/board.ts";
import type { LatestSeriesValue } from "../../../contracts/wire/history.ts";

export type Standing = {
  readonly ageMs: number;
  /** Null: how often its device is due is not known, and it said this less than a minute ago. */
  readonly freshness: Freshness | null;
  /** Why the device's own word on it is not used: "out of range"; null: it is good. */
  readonly badWords: string | null;
  /** What is wrong with its sensor: "stuck"; null: nothing known. */
  readonly suspectWords: string | null;
};

export type StandingFacts = {
  readonly nowMs: number;
  /** A silent gateway makes everything stale that it passes on. */
  readonly isGatewaySilent: boolean;
  readonly findings: readonly Pick<FindingView, "deviceId" | "metric" | "kind">[];
};

export function standingOf(
  value: LatestSeriesValue,
  { nowMs, isGatewaySilent, findings }: StandingFacts,
): Standing {
  const ageMs = Math.max(0, nowMs - Date.parse(value.observedAt));
  const { expectedIntervalMs, quality, badReason } = value;
  const finding = findings.find(
    ({ deviceId, metric }) => deviceId === value.deviceId && metric === value.metric,
  );
  return {
    ageMs,
    freshness: isGatewaySilent ? "stale" : freshnessBy(ageMs, expectedIntervalMs),
    badWords:
      quality === "good"
        ? null
        : badReason === null
          ? "bad quality"
          : (BAD_REASON_WORDS[badReason] ?? badReason),
    suspectWords: finding === undefined ? null : FINDING_KIND_WORDS[finding.kind].toLowerCase(),
  };
}

/** A device that is no source here any more said its last at some time: past what is stale of the quickest, it is. */
function freshnessBy(ageMs: number, expectedIntervalMs: number | null): Freshness | null {
  if (expectedIntervalMs !== null) return freshnessOf(ageMs, expectedIntervalMs);
  return ageMs > STALE_AFTER_MS_MIN ? "stale" : null;
}

/** Null where a value may be calculated with: it is there, good, fresh, and nothing is wrong with its sensor. */
export function whyNotUsed(value: LatestSeriesValue, standing: Standing): string | null {
  if (value.value === null) return "its device has no value";
  if (standing.badWords !== null) return `not used: ${standing.badWords}`;
  if (standing.suspectWords !== null) return `its sensor is suspect: ${standing.suspectWords}`;
  if (standing.freshness === null) return "how old it may be is not known";
  if (standing.freshness !== "fresh") return `${standing.freshness}: ${durationWords(standing.ageMs)} old`;
  return null;
}
