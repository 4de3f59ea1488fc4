/** How wide the points of an answer are, so that any range fits into a bounded number of them. Pure. */
import { EVERY_MS, POINTS_IN_ALL_MAX, POINTS_MAX } from "../../contracts/wire/history.ts";

export type PlanQuestion = {
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  /** Wanted of each series at most. */
  readonly points: number;
  readonly seriesCount: number;
  /** A width of EVERY_MS, null for single readings, or whatever fits. */
  readonly everyMs: number | null | "auto";
  /** How often the quickest of the devices is due. */
  readonly intervalMs: number;
};

export type Plan =
  /** Aligned outwards to whole points. */
  | {
      readonly kind: "points";
      readonly everyMs: number;
      readonly fromMs: number;
      readonly toMs: number;
      readonly pointsMax: number;
    }
  /**
   * Single readings, if there are no more than `pointsMax` in each series. By the devices' intervals that is
   * `expected`, or not; devices may say more or less than expected, so whoever reads has to count.
   */
  | { readonly kind: "readings"; readonly expected: boolean; readonly pointsMax: number }
  /** `finestMs`: what is possible. */
  | { readonly kind: "too-fine"; readonly finestMs: number }
  | { readonly kind: "too-long"; readonly rangeMsMax: number };

export function planOf(question: PlanQuestion): Plan {
  const pointsMax = pointsPerSeries(question);
  const { fromMs, toMs, everyMs, intervalMs } = question;
  const expected = toMs - fromMs <= pointsMax * intervalMs;
  if (everyMs === null) return { kind: "readings", expected, pointsMax };
  if (everyMs === "auto")
    return expected ? { kind: "readings", expected, pointsMax } : narrowest(question, pointsMax);
  if (pointsOf(question, everyMs) <= pointsMax) return aligned(question, everyMs, pointsMax);
  return tooFine(question);
}

/** What is offered to somebody who asked for finer ones, or for readings of which there are too many. */
export function tooFine(question: PlanQuestion): Extract<Plan, { kind: "too-fine" | "too-long" }> {
  const plan = narrowest(question, pointsPerSeries(question));
  return plan.kind === "too-long" ? plan : { kind: "too-fine", finestMs: plan.everyMs };
}

/** The finest points that fit, whatever was asked for. */
export function pointsPlan(question: PlanQuestion): Extract<Plan, { kind: "points" | "too-long" }> {
  return narrowest(question, pointsPerSeries(question));
}

function narrowest(range: Pick<PlanQuestion, "fromMs" | "toMs">, pointsMax: number) {
  const everyMs = EVERY_MS.find((width) => pointsOf(range, width) <= pointsMax);
  if (everyMs !== undefined) return aligned(range, everyMs, pointsMax);
  // One point less, since a range rarely begins where a point does.
  return {
    kind: "too-long",
    rangeMsMax: Math.max(pointsMax - 1, 1) * (EVERY_MS.at(-1) ?? 0),
  } as const;
}

function aligned(range: Pick<PlanQuestion, "fromMs" | "toMs">, everyMs: number, pointsMax: number) {
  return {
    kind: "points",
    everyMs,
    fromMs: Math.floor(range.fromMs / everyMs) * everyMs,
    toMs: Math.ceil(range.toMs / everyMs) * everyMs,
    pointsMax,
  } as const;
}

const pointsOf = ({ fromMs, toMs }: Pick<PlanQuestion, "fromMs" | "toMs">, everyMs: number) =>
  Math.ceil(toMs / everyMs) - Math.floor(fromMs / everyMs);

function pointsPerSeries({ points, seriesCount }: PlanQuestion): number {
  return Math.min(points, POINTS_MAX, Math.floor(POINTS_IN_ALL_MAX / Math.max(seriesCount, 1)));
}
