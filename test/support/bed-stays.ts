/** Who lies in a bed, and when, over weeks: stays with walks in between, and what happens to the bed after each. Pure. */
import { below } from "../prove/salvage/seeded.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export type Period = { readonly fromMs: number; readonly toMs: number };

export type Patient = {
  readonly weightKg: number;
  readonly heartRate: number;
  readonly spo2Pct: number;
  readonly breathsPerMin: number;
  readonly systolicMmHg: number;
  /** Gets worse for some hours; null: does well. */
  readonly illness: Period | null;
};

export type Stay = Period & {
  readonly patient: Patient;
  /** Out of bed for some minutes. */
  readonly walks: readonly Period[];
  readonly cleaning: Period;
};

export type StaysOptions = {
  readonly random: () => number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly areChildren: boolean;
};

/** The last one may end after `toMs`. */
export function bedStays({ random, fromMs, toMs, areChildren }: StaysOptions): Stay[] {
  const stays: Stay[] = [];
  const between = (low: number, high: number) => low + random() * (high - low);
  for (let atMs = fromMs + between(0.2, 10) * HOUR_MS; atMs < toMs; ) {
    const stay = oneStay(atMs, random, areChildren);
    stays.push(stay);
    // Most who come, come by day; at night a clean bed waits for longer.
    atMs = stay.cleaning.toMs + between(0.3, 5) * HOUR_MS;
  }
  return stays;
}

function oneStay(fromMs: number, random: () => number, areChildren: boolean): Stay {
  const between = (low: number, high: number) => low + random() * (high - low);
  const days = 1 + Math.floor(between(0, 2.4) ** 2);
  // Who goes home goes between ten and four.
  const toMs = Math.floor((fromMs + days * DAY_MS) / DAY_MS) * DAY_MS + between(10, 16) * HOUR_MS;
  const cleaningFromMs = toMs + between(10, 80) * MINUTE_MS;
  const cleaning = { fromMs: cleaningFromMs, toMs: cleaningFromMs + between(18, 45) * MINUTE_MS };
  const illFromMs = fromMs + between(0.2, 0.7) * (toMs - fromMs);
  const patient = {
    weightKg: areChildren ? between(12, 38) : between(52, 104),
    heartRate: areChildren ? between(88, 108) : between(62, 84),
    spo2Pct: between(95.5, 98.5),
    breathsPerMin: areChildren ? between(20, 25) : between(13, 18),
    systolicMmHg: areChildren ? between(95, 108) : between(112, 138),
    illness: random() < 0.2 ? { fromMs: illFromMs, toMs: illFromMs + between(5, 11) * HOUR_MS } : null,
  };
  return { fromMs, toMs, patient, cleaning, walks: walksOf(fromMs, toMs, random) };
}

function walksOf(fromMs: number, toMs: number, random: () => number): Period[] {
  const walks: Period[] = [];
  for (let atMs = fromMs + 3 * HOUR_MS; ; ) {
    const hour = new Date(atMs).getUTCHours();
    const isNight = hour >= 22 || hour < 6;
    atMs += (isNight ? 240 + below(random, 240) : 90 + below(random, 180)) * MINUTE_MS;
    const walk = { fromMs: atMs, toMs: atMs + (6 + below(random, 24)) * MINUTE_MS };
    if (walk.toMs > toMs - 30 * MINUTE_MS) return walks;
    walks.push(walk);
    atMs = walk.toMs;
  }
}

export const isWithin = (atMs: number, { fromMs, toMs }: Period) => atMs >= fromMs && atMs < toMs;
