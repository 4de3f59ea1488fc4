import type { BedTruth, Patient } from "./bed-truth.ts";
import { between, type Chance } from "./chance.ts";

export const MINUTE_MS = 60_000;

/** One after the other with the same `truth` object are one spell, told in parts. */
export type Spell = { readonly truth: BedTruth; readonly lastsMs: number };

export type MorningCheck = { readonly startsAfterMs: number; readonly lastsMs: number };

export type BedSurroundings = {
  readonly chance: Chance;
  readonly check: MorningCheck;
  readonly isForChildren: boolean;
  /** The share of the ward's beds that are somebody's at this moment. */
  readonly occupiedShare: () => number;
};

export const usualOccupiedShare = 0.55;

/**
 * Ward minutes, from shortest to longest. Together they make twelve beds change about every six ward minutes: at 60
 * ward minutes a real minute, something on the board every six seconds.
 */
const minutes = {
  stay: [180, 480],
  restOfStay: [60, 420],
  lyingBetweenTrips: [60, 200],
  toiletTrip: [3, 10],
  scan: [20, 60],
  awaitingCleaning: [15, 45],
  cleaning: [15, 35],
  cleanBeforeAdmissions: [45, 120],
  betweenAdmissions: [5, 25],
} as const satisfies Record<string, readonly [number, number]>;

/** Nobody is discharged on the way back from the toilet. */
const lyingBeforeDischargeMinutesMin = 20;

/** Of the times that a patient leaves the bed's place: how often for a scan, and how many of these in the bed itself. */
const scanShare = 0.12;
const scanInBedShare = 0.5;

/** A bed's life from `begins` on, without end; a bed that begins clean is checked by housekeeping first. */
export function* bedSpells(begins: BedTruth, surroundings: BedSurroundings): Generator<Spell, never> {
  const { chance, check } = surroundings;
  yield* restOf(begins, check, chance);
  for (;;) {
    yield* waitForPatient(surroundings);
    yield* stay(nextPatient(chance, surroundings.isForChildren), lasting("stay", chance), chance);
    yield* turnover(chance);
  }
}

export function nextPatient(chance: Chance, isChild: boolean): Patient {
  const weightKg = isChild ? between(chance, 10, 25) : between(chance, 48, 110);
  return { id: Math.floor(chance() * 2 ** 32), weightKg: Math.round(weightKg * 10) / 10 };
}

/** Until the bed is clean, however its day begins. */
function* restOf(begins: BedTruth, check: MorningCheck, chance: Chance): Generator<Spell> {
  switch (begins.kind) {
    case "out-of-bed":
    case "rolled-away":
      yield { truth: begins, lastsMs: lasting("toiletTrip", chance) };
      yield* stay(begins.patient, lasting("restOfStay", chance), chance);
      yield* turnover(chance);
      return;
    case "in-bed":
      yield* stay(begins.patient, lasting("restOfStay", chance), chance);
      yield* turnover(chance);
      return;
    case "awaiting-cleaning":
      yield* turnover(chance);
      return;
    case "cleaning":
      yield { truth: begins, lastsMs: lasting("cleaning", chance) };
      return;
    case "clean":
      yield { truth: begins, lastsMs: check.startsAfterMs };
      yield { truth: { kind: "cleaning", because: "day-begins" }, lastsMs: check.lastsMs };
      return;
  }
}

function* stay(patient: Patient, lastsMs: number, chance: Chance): Generator<Spell> {
  let leftMs = lastsMs;
  for (;;) {
    const lyingMs = lasting("lyingBetweenTrips", chance);
    const [away, tripMs] = trip(patient, chance);
    if (lyingMs + tripMs + lyingBeforeDischargeMinutesMin * MINUTE_MS > leftMs) break;
    yield { truth: { kind: "in-bed", patient }, lastsMs: lyingMs };
    yield { truth: away, lastsMs: tripMs };
    leftMs -= lyingMs + tripMs;
  }
  yield { truth: { kind: "in-bed", patient }, lastsMs: leftMs };
}

function trip(patient: Patient, chance: Chance): [away: BedTruth, lastsMs: number] {
  if (chance() >= scanShare)
    return [{ kind: "out-of-bed", patient, where: "toilet" }, lasting("toiletTrip", chance)];
  const isInBed = chance() < scanInBedShare;
  const away: BedTruth = isInBed
    ? { kind: "rolled-away", patient }
    : { kind: "out-of-bed", patient, where: "scan" };
  return [away, lasting("scan", chance)];
}

function* turnover(chance: Chance): Generator<Spell> {
  yield { truth: { kind: "awaiting-cleaning" }, lastsMs: lasting("awaitingCleaning", chance) };
  yield { truth: { kind: "cleaning", because: "vacated" }, lastsMs: lasting("cleaning", chance) };
}

/** Every so often somebody may be admitted: hardly ever into a full ward, soon into an empty one. */
function* waitForPatient({ chance, occupiedShare }: BedSurroundings): Generator<Spell> {
  const truth: BedTruth = { kind: "clean" };
  yield { truth, lastsMs: lasting("cleanBeforeAdmissions", chance) };
  while (chance() > 0.1 * Math.exp(12 * (usualOccupiedShare - occupiedShare()))) {
    yield { truth, lastsMs: lasting("betweenAdmissions", chance) };
  }
}

function lasting(what: keyof typeof minutes, chance: Chance): number {
  const [shortest, longest] = minutes[what];
  return Math.round(between(chance, shortest, longest) * MINUTE_MS);
}
