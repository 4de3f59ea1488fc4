/**
 * The air of an isolation room: kept below the corridor's pressure (or above it, for those who must be protected), lost
 * through every open door, and, once or twice a day, not kept because its fan is weak.
 */
import { between, chanceFor, wholeBetween } from "../ward-day/chance.ts";
import { DAY_MS } from "../ward-day/plan-ward-day.ts";

export type RoomStretch = { readonly fromMs: number; readonly untilMs: number };

export type PressureDay = {
  pressurePaAt(wardTimeMs: number): number;
  isDoorOpenAt(wardTimeMs: number): boolean;
  doorsOf(day: number): readonly RoomStretch[];
  weakFanOf(day: number): readonly RoomStretch[];
};

export type PressureRoom = { readonly seed: number; readonly roomId: string; readonly isolation: string };

const minuteMs = 60_000;
/** Between room and corridor; CDC and ASHRAE ask for 2.5 Pa. */
const keptPa = 8;
const weakFanShare = 0.15;
const doorsADay = { min: 30, max: 50 } as const;
const doorOpenS = { min: 6, max: 40 } as const;
/** The time in which all but a third of a difference is gone, or is back. */
const equalisesInMs = 1_500;
const recoversInMs = 8_000;

export function createPressureDay({ seed, roomId, isolation }: PressureRoom): PressureDay {
  const sign =
    isolation === "positive-pressure" || isolation === "positive" ? 1 : isolation === "none" ? 0 : -1;
  const doorsOf = onceADay((day) => {
    const chance = chanceFor(seed, "doors", roomId, day);
    return evenly(
      day,
      wholeBetween(chance, doorsADay.min, doorsADay.max),
      chance,
      () => between(chance, doorOpenS.min, doorOpenS.max) * 1_000,
    );
  });
  const weakFanOf = onceADay((day) => {
    const chance = chanceFor(seed, "fan", roomId, day);
    return evenly(day, wholeBetween(chance, 1, 2), chance, () => between(chance, 30, 90) * minuteMs);
  });
  const dayOf = (wardTimeMs: number) => Math.max(0, Math.floor(wardTimeMs / DAY_MS));
  const lastDoorAt = (wardTimeMs: number) =>
    doorsOf(dayOf(wardTimeMs)).findLast(({ fromMs }) => fromMs <= wardTimeMs);
  return {
    doorsOf,
    weakFanOf,
    isDoorOpenAt: (wardTimeMs) => wardTimeMs < (lastDoorAt(wardTimeMs)?.untilMs ?? Number.NEGATIVE_INFINITY),
    pressurePaAt: (wardTimeMs) => {
      const isWeak = weakFanOf(dayOf(wardTimeMs)).some((weak) => isIn(weak, wardTimeMs));
      const wanted =
        sign * keptPa * (isWeak ? weakFanShare : 1) + 0.6 * Math.sin(wardTimeMs / (7 * minuteMs));
      const door = lastDoorAt(wardTimeMs);
      if (door === undefined) return wanted;
      if (isIn(door, wardTimeMs)) return wanted * Math.exp(-(wardTimeMs - door.fromMs) / equalisesInMs);
      return wanted * (1 - Math.exp(-(wardTimeMs - door.untilMs) / recoversInMs));
    },
  };
}

const isIn = ({ fromMs, untilMs }: RoomStretch, wardTimeMs: number) =>
  fromMs <= wardTimeMs && wardTimeMs < untilMs;

/** The day is cut into equal parts, and each holds one stretch: never two at once. */
function evenly(
  day: number,
  count: number,
  chance: () => number,
  lasts: () => number,
): readonly RoomStretch[] {
  const partMs = DAY_MS / count;
  return Array.from({ length: count }, (_, part) => {
    const lastsMs = lasts();
    const fromMs = day * DAY_MS + part * partMs + chance() * (partMs - lastsMs);
    return { fromMs, untilMs: fromMs + lastsMs };
  });
}

/** Kept for the day that was asked for last: time goes on, and hardly ever back. */
function onceADay<Value>(make: (day: number) => Value): (day: number) => Value {
  let kept: { readonly day: number; readonly value: Value } | undefined;
  return (day) => {
    if (kept?.day !== day) kept = { day, value: make(day) };
    return kept.value;
  };
}
