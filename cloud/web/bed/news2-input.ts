/** What NEWS2 is given on this page: what sensors measured, and what the person at the bedside entered. Pure. */

import type { MetricName } from "../../../contracts/metrics/catalogue.ts";
import type { Consciousness, Given, News2Input } from "../../../contracts/scores/news2.ts";
import type { LatestSeriesValue } from "../../../contracts/wire/history.ts";
import { type StandingFacts, standingOf, whyNotUsed } from "../history/standing.ts";

/** What no sensor says. It stays on the page, is never stored, and is forgotten in time. */
export type BedsideEntry = {
  readonly airOrOxygen: "air" | "oxygen";
  readonly consciousness: Consciousness;
  readonly spo2Scale: 1 | 2;
  readonly enteredAtMs: number;
};

/** A patient who was alert a quarter of an hour ago may not be now. */
export const BEDSIDE_ENTRY_VALID_MS = 15 * 60_000;

export function isEntryValid(entry: BedsideEntry | null, nowMs: number): entry is BedsideEntry {
  return entry !== null && nowMs - entry.enteredAtMs < BEDSIDE_ENTRY_VALID_MS;
}

const NOT_ENTERED = { kind: "missing", reason: "no sensor says it: enter it below" } as const;

export function news2Input(
  latest: readonly LatestSeriesValue[],
  facts: StandingFacts,
  entry: BedsideEntry | null,
): News2Input {
  const of = (...metrics: readonly MetricName[]) => measured(latest, metrics, facts);
  const entered = isEntryValid(entry, facts.nowMs) ? entry : null;
  return {
    respirationPerMin: of("respiratory-rate"),
    spo2Percent: of("spo2"),
    spo2Scale: entered?.spo2Scale ?? 1,
    airOrOxygen: entered === null ? NOT_ENTERED : { kind: "value", value: entered.airOrOxygen },
    systolicMmHg: of("systolic-pressure"),
    // The heart's own rate before what a finger shows of it.
    pulsePerMin: of("heart-rate", "pulse-rate"),
    consciousness: entered === null ? NOT_ENTERED : { kind: "value", value: entered.consciousness },
    temperatureCel: of("body-temperature"),
  };
}

/** The newest value that may be used, of the first metric that has one; where none has, why the newest of all may not. */
function measured(
  latest: readonly LatestSeriesValue[],
  metrics: readonly MetricName[],
  facts: StandingFacts,
): Given<number> {
  const candidates = metrics.flatMap((metric) =>
    latest
      .filter((value) => value.metric === metric)
      .toSorted((one, other) => Date.parse(other.observedAt) - Date.parse(one.observedAt)),
  );
  const reasons: string[] = [];
  for (const value of candidates) {
    const why = whyNotUsed(value, standingOf(value, facts));
    if (why === null && typeof value.value === "number") return { kind: "value", value: value.value };
    reasons.push(why ?? "it is no number");
  }
  const [reason] = reasons;
  return { kind: "missing", reason: reason ?? "no device at this bed measures it" };
}
