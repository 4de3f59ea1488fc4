import { bedSpells, MINUTE_MS, type MorningCheck, nextPatient, usualOccupiedShare } from "./bed-spells.ts";
import { type BedTruth, patientOf } from "./bed-truth.ts";
import { between, type Chance, chanceFor } from "./chance.ts";
import type { BedChange, WardDayPlan } from "./ward-day-plan.ts";

export const DAY_MS = 24 * 60 * MINUTE_MS;

const checkedWithinMsMax = 60 * MINUTE_MS;

export type WardDayWanted = {
  readonly bedIds: readonly string[];
  readonly seed: number;
  /** Beds whose patients weigh 10 to 25 kg; none, if left out. */
  readonly childrensBedIds?: ReadonlySet<string>;
  /** Ward time in which housekeeping has checked every bed that begins the day clean; an hour at the most. */
  readonly checkedWithinMs?: number;
};

/** The ward's first day: a little over half of the beds begin with a patient, the others clean and empty. */
export function planWardDay(wanted: WardDayWanted): WardDayPlan {
  const { bedIds, seed, childrensBedIds = new Set(), checkedWithinMs = 30 * MINUTE_MS } = wanted;
  const chance = chanceFor(seed, "beginning");
  const shuffled = bedIds.map((bedId) => ({ bedId, order: chance() })).sort((a, b) => a.order - b.order);
  const occupied = Math.round(bedIds.length * usualOccupiedShare);
  const begins = new Map<string, Beginning>(
    shuffled.map(({ bedId }, place) => {
      const truth: BedTruth =
        place < occupied
          ? { kind: "in-bed", patient: nextPatient(chance, childrensBedIds.has(bedId)) }
          : { kind: "clean" };
      // Whoever lies there when the first day begins came an hour before.
      return [bedId, { truth, sinceMs: -60 * MINUTE_MS }];
    }),
  );
  return planDay({
    seed,
    day: 0,
    checkedWithinMs: Math.min(checkedWithinMs, checkedWithinMsMax),
    childrensBedIds,
    begins,
  });
}

/** The day after: chance of its own, and every bed goes on from where the day before left it. */
export function planNextDay(plan: WardDayPlan): WardDayPlan {
  const begins = new Map<string, Beginning>();
  for (const [bedId, changes] of plan.beds) {
    const last = changes.at(-1);
    if (last !== undefined) begins.set(bedId, last);
  }
  return planDay({ ...plan, day: plan.day + 1, begins });
}

/** The plan of the day that holds a moment, `plan` being that day's or an earlier one's. */
export function dayAt(plan: WardDayPlan, wardTimeMs: number): WardDayPlan {
  let day = plan;
  while (wardTimeMs >= day.endsAtMs) day = planNextDay(day);
  return day;
}

type Beginning = Pick<BedChange, "truth" | "sinceMs">;
type DayWanted = Pick<WardDayPlan, "seed" | "day" | "checkedWithinMs" | "childrensBedIds"> & {
  readonly begins: ReadonlyMap<string, Beginning>;
};

function planDay({ seed, day, checkedWithinMs, childrensBedIds, begins }: DayWanted): WardDayPlan {
  const startsAtMs = day * DAY_MS;
  const endsAtMs = startsAtMs + DAY_MS;
  const toCheck = [...begins].filter(([, { truth }]) => truth.kind === "clean").map(([bedId]) => bedId);

  const now = new Map([...begins].map(([bedId, { truth }]) => [bedId, truth]));
  const occupiedShare = () => shareOccupied(now.values());
  const lives = [...begins].map(([bedId, { truth, sinceMs }]) => {
    const chance = chanceFor(seed, "day", day, bedId);
    const check = morningCheck(toCheck.indexOf(bedId), toCheck.length, checkedWithinMs, chance);
    const changes: BedChange[] = [{ atMs: startsAtMs, bedId, truth, sinceMs }];
    const isForChildren = childrensBedIds.has(bedId);
    return {
      bedId,
      spells: bedSpells(truth, { chance, check, isForChildren, occupiedShare }),
      changes,
      nextAtMs: startsAtMs,
    };
  });
  // In order of time over all beds: whether a bed gets a patient depends on how full the ward is at that moment.
  for (let life = soonest(lives); life !== undefined && life.nextAtMs < endsAtMs; life = soonest(lives)) {
    const { bedId, spells, changes, nextAtMs } = life;
    const { truth, lastsMs } = spells.next().value;
    if (truth !== changes.at(-1)?.truth && nextAtMs > startsAtMs)
      changes.push({ atMs: nextAtMs, bedId, truth, sinceMs: nextAtMs });
    now.set(bedId, truth);
    life.nextAtMs += lastsMs;
  }
  const beds = new Map(lives.map(({ bedId, changes }) => [bedId, changes]));
  return { seed, checkedWithinMs, childrensBedIds, day, startsAtMs, endsAtMs, beds };
}

function soonest<Life extends { readonly nextAtMs: number }>(lives: readonly Life[]): Life | undefined {
  return lives.reduce<Life | undefined>(
    (a, b) => (a !== undefined && a.nextAtMs <= b.nextAtMs ? a : b),
    undefined,
  );
}

function shareOccupied(truths: Iterable<BedTruth>): number {
  const patients = Array.from(truths, patientOf);
  return patients.filter((patient) => patient !== undefined).length / patients.length;
}

/** One bed after the other, each press of the button short, the last one finished within the time given. */
function morningCheck(place: number, beds: number, withinMs: number, chance: Chance): MorningCheck {
  return {
    startsAfterMs: Math.round(
      withinMs * (0.05 + 0.7 * ((Math.max(place, 0) + chance()) / Math.max(beds, 1))),
    ),
    lastsMs: Math.round(withinMs * between(chance, 0.1, 0.2)),
  };
}
