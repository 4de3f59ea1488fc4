/**
 * Who is next. The factors count in the order of RANK_FACTORS; a later one decides only where all before it are equal,
 * so that for each place one factor can be named. Pure.
 */
import type { RankExplained } from "../wire/booking.ts";
import { RANK_FACTORS } from "./states.ts";
import type { ClinicalPriority, Urgency } from "./vocabulary.ts";
import { URGENCIES } from "./vocabulary.ts";

/** Who has waited for so much longer goes first; less is no difference, and nearness decides. */
export const WAITING_STEP_MS = 10 * 60_000;
/** A score that is older says nothing of now. */
export const NEWS2_COUNTS_FOR_MS = 4 * 3_600_000;

export type Waiting = {
  readonly requestId: string;
  readonly hasOverride: boolean;
  readonly clinicalPriority: ClinicalPriority;
  readonly news2: { readonly total: number; readonly takenAtMs: number } | null;
  readonly urgency: Urgency;
  readonly askedAtMs: number;
  /** To the nearest hospital that may take the patient; null: where one of the two is, is not known. */
  readonly distanceKm: number | null;
};

type Factor = (typeof RANK_FACTORS)[number];
export type Ranked = { readonly requestId: string; readonly rank: RankExplained };

/** The next one first. */
export function rankRequests(waiting: readonly Waiting[], nowMs: number): Ranked[] {
  const inOrder = waiting
    .map((one) => ({ one, weights: weightsOf(one, nowMs) }))
    .sort((left, right) => compare(left.weights, right.weights));
  return inOrder.map(({ one, weights }, place) => ({
    requestId: one.requestId,
    rank: {
      position: place + 1,
      of: inOrder.length,
      behindBy: behindBy(inOrder[place - 1]?.weights, weights),
      factors: factorsInWords(one, nowMs),
    },
  }));
}

export const factorsInWords = (one: Waiting, nowMs: number): RankExplained["factors"] =>
  RANK_FACTORS.map((factor) => ({ factor, text: textOf(one, factor, nowMs) }));

/** Less is sooner. */
type Weights = Readonly<Record<Exclude<Factor, "id">, number> & { id: string }>;

export function weightsOf(one: Waiting, nowMs: number): Weights {
  return {
    override: one.hasOverride ? 0 : 1,
    "clinical-priority": one.clinicalPriority,
    news2: -(countingNews2(one, nowMs) ?? -1),
    urgency: URGENCIES.indexOf(one.urgency),
    waiting: -Math.floor(waitedMs(one, nowMs) / WAITING_STEP_MS),
    distance: one.distanceKm ?? Number.POSITIVE_INFINITY,
    id: one.requestId,
  };
}

function countingNews2({ news2 }: Waiting, nowMs: number): number | null {
  if (news2 === null || nowMs - news2.takenAtMs > NEWS2_COUNTS_FOR_MS) return null;
  return news2.total;
}

const waitedMs = ({ askedAtMs }: Waiting, nowMs: number) => Math.max(0, nowMs - askedAtMs);

function compare(left: Weights, right: Weights): number {
  const factor = firstDifference(left, right);
  if (factor === null) return 0;
  return left[factor] < right[factor] ? -1 : 1;
}

function firstDifference(left: Weights, right: Weights): Factor | null {
  return RANK_FACTORS.find((factor) => left[factor] !== right[factor]) ?? null;
}

function behindBy(before: Weights | undefined, weights: Weights): Factor | null {
  return before === undefined ? null : firstDifference(before, weights);
}

function textOf(one: Waiting, factor: Factor, nowMs: number): string {
  switch (factor) {
    case "override":
      return one.hasOverride ? "put first by a clinician" : "not put first";
    case "clinical-priority":
      return `priority ${one.clinicalPriority}`;
    case "news2":
      return news2Text(one, nowMs);
    case "urgency":
      return one.urgency;
    case "waiting":
      return `waits ${Math.floor(waitedMs(one, nowMs) / 60_000)} min`;
    case "distance":
      return one.distanceKm === null ? "distance not known" : `${Math.round(one.distanceKm)} km`;
    case "id":
      return one.requestId.slice(0, 8);
  }
}

function news2Text({ news2 }: Waiting, nowMs: number): string {
  if (news2 === null) return "no NEWS2";
  const minutes = Math.floor(Math.max(0, nowMs - news2.takenAtMs) / 60_000);
  const age = minutes < 120 ? `${minutes} min ago` : `${Math.floor(minutes / 60)} h ago`;
  const isOld = nowMs - news2.takenAtMs > NEWS2_COUNTS_FOR_MS;
  return `NEWS2 ${news2.total}, taken ${age}${isOld ? ", too old to count" : ""}`;
}
