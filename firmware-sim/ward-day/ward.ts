/** The ward as its devices feel it: what is so at a bed at any moment, of any day. */
import type { BedTruth } from "./bed-truth.ts";
import { type Handling, handlingsOf } from "./handlings.ts";
import { DAY_MS, dayAt, planNextDay } from "./plan-ward-day.ts";
import type { BedChange, WardDayPlan } from "./ward-day-plan.ts";

export type BedMoment = {
  readonly truth: BedTruth;
  readonly sinceMs: number;
  /** What lies on the bed beside its patient and its linen. */
  readonly handledKg: number;
};

export type Ward = {
  /** Before the first day starts, a bed is already as that day will begin, and has been for ever. */
  bedAt(bedId: string, wardTimeMs: number): BedMoment;
  /** After `afterMs` and up to `untilMs`, in order of time. */
  changesBetween(afterMs: number, untilMs: number): readonly BedChange[];
  handlingsBetween(afterMs: number, untilMs: number): readonly Handling[];
};

type Stretch = BedMoment & { readonly fromMs: number };
type Day = {
  readonly plan: WardDayPlan;
  readonly handlings: readonly Handling[];
  readonly beds: ReadonlyMap<string, readonly Stretch[]>;
};

/** A frozen device still shows what it felt the day before; nothing looks further back often. */
const daysKeptMax = 3;

export function createWard(firstDay: WardDayPlan): Ward {
  const days = new Map<number, Day>();
  let newest = firstDay;
  const dayOf = (wardTimeMs: number): Day => {
    const number = Math.max(0, Math.floor(wardTimeMs / DAY_MS));
    const known = days.get(number);
    if (known !== undefined) return known;
    const isNext = number === newest.day + 1;
    const plan = isNext ? planNextDay(newest) : dayAt(firstDay, number * DAY_MS);
    if (plan.day > newest.day) newest = plan;
    const day = lookUpOf(plan);
    days.set(number, day);
    for (const oldest of days.keys()) {
      if (days.size <= daysKeptMax) break;
      if (oldest !== number) days.delete(oldest);
    }
    return day;
  };
  const daysBetween = (afterMs: number, untilMs: number): Day[] => {
    const found: Day[] = [];
    for (let atMs = Math.max(0, afterMs); ; atMs = (Math.floor(atMs / DAY_MS) + 1) * DAY_MS) {
      if (atMs > untilMs) return found;
      found.push(dayOf(atMs));
    }
  };
  return {
    bedAt: (bedId, wardTimeMs) => {
      const stretches = dayOf(wardTimeMs).beds.get(bedId);
      if (stretches === undefined) throw new RangeError(`bed ${bedId} is not in the ward's plan`);
      const stretch = stretchAt(stretches, wardTimeMs);
      return wardTimeMs < stretch.fromMs ? { ...stretch, sinceMs: Number.NEGATIVE_INFINITY } : stretch;
    },
    changesBetween: (afterMs, untilMs) =>
      daysBetween(afterMs, untilMs)
        // A day's first changes only repeat how the day before ended.
        .flatMap(({ plan }) => [...plan.beds.values()].flat().filter(({ atMs }) => atMs > plan.startsAtMs))
        .filter(({ atMs }) => atMs > afterMs && atMs <= untilMs)
        .sort((a, b) => a.atMs - b.atMs || (a.bedId < b.bedId ? -1 : 1)),
    handlingsBetween: (afterMs, untilMs) =>
      daysBetween(afterMs, untilMs)
        .flatMap(({ handlings }) => handlings)
        .filter(({ fromMs }) => fromMs > afterMs && fromMs <= untilMs)
        .sort((a, b) => a.fromMs - b.fromMs),
  };
}

function lookUpOf(plan: WardDayPlan): Day {
  const handlings = [...plan.beds.keys()].flatMap((bedId) => handlingsOf(plan, bedId));
  const beds = new Map(
    [...plan.beds].map(([bedId, changes]) => [
      bedId,
      stretchesOf(
        changes,
        handlings.filter((handling) => handling.bedId === bedId),
      ),
    ]),
  );
  return { plan, handlings, beds };
}

function stretchesOf(changes: readonly BedChange[], handlings: readonly Handling[]): Stretch[] {
  const edges = new Set([
    ...changes.map(({ atMs }) => atMs),
    ...handlings.flatMap(({ fromMs, untilMs }) => [fromMs, untilMs]),
  ]);
  return [...edges]
    .sort((a, b) => a - b)
    .flatMap((fromMs) => {
      const change = changes.findLast(({ atMs }) => atMs <= fromMs);
      if (change === undefined) return [];
      const on = handlings.filter((one) => one.fromMs <= fromMs && fromMs < one.untilMs);
      const handledKg = on.reduce((sum, { weightKg }) => sum + weightKg, 0);
      return [{ fromMs, truth: change.truth, sinceMs: change.sinceMs, handledKg }];
    });
}

/** The last stretch that has begun, found by halving; before all of them, the first. */
function stretchAt(stretches: readonly Stretch[], wardTimeMs: number): Stretch {
  let low = 0;
  let high = stretches.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((stretches[middle]?.fromMs ?? 0) <= wardTimeMs) low = middle;
    else high = middle - 1;
  }
  const found = stretches[low];
  if (found === undefined) throw new RangeError("a bed's day has no beginning");
  return found;
}
