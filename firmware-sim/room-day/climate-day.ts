import { between, type Chance, chanceFor, wholeBetween } from "../ward-day/chance.ts";
import { DAY_MS } from "../ward-day/plan-ward-day.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** A few times a day somebody opens the window, or turns the heating up and forgets it. */
export type Excursion = {
  readonly kind: "window-open" | "heating-high";
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly temperatureCel: number;
};

export type Climate = { readonly temperatureCel: number; readonly relativeHumidityPct: number };

export type RoomChance = { readonly seed: number; readonly roomId: string };

/** In order of time and never two at once: the day is cut into equal parts, and each part holds one. */
export function excursionsOf({ seed, roomId }: RoomChance, day: number): readonly Excursion[] {
  const chance = chanceFor(seed, "climate", roomId, day);
  const count = wholeBetween(chance, 2, 4);
  const partMs = DAY_MS / count;
  return Array.from({ length: count }, (_, part) => {
    const windowOpen = chance() < 0.6;
    const lastsMs = between(chance, 30, 70) * minuteMs;
    const startsAtMs = day * DAY_MS + part * partMs + chance() * (partMs - lastsMs);
    return {
      kind: windowOpen ? "window-open" : "heating-high",
      startsAtMs,
      endsAtMs: startsAtMs + lastsMs,
      temperatureCel: windowOpen ? between(chance, 18, 20.2) : between(chance, 24.6, 26),
    };
  });
}

export function excursionAt(room: RoomChance, wardTimeMs: number): Excursion | undefined {
  const day = Math.floor(wardTimeMs / DAY_MS);
  return excursionsOf(room, day).find(
    ({ startsAtMs, endsAtMs }) => startsAtMs <= wardTimeMs && wardTimeMs < endsAtMs,
  );
}

/** 21.5 to 23.5 °C and 40 to 55 %RH, drifting over hours, save during an excursion. */
export function climateAt(room: RoomChance, wardTimeMs: number): Climate {
  const chance = chanceFor(room.seed, "drift", room.roomId);
  const ordinaryCel = 22.5 + drift(chance, wardTimeMs);
  const relativeHumidityPct = 47.5 + 7.5 * drift(chance, wardTimeMs);
  const excursion = excursionAt(room, wardTimeMs);
  if (excursion === undefined) return { temperatureCel: ordinaryCel, relativeHumidityPct };
  return {
    temperatureCel: ordinaryCel + (excursion.temperatureCel - ordinaryCel) * depth(excursion, wardTimeMs),
    relativeHumidityPct,
  };
}

/** Between -1 and 1: a slow wave and a slower one, in step with nothing else in the ward. */
function drift(chance: Chance, wardTimeMs: number): number {
  const wave = (periodMs: number) => Math.sin(2 * Math.PI * (wardTimeMs / periodMs + chance()));
  return 0.6 * wave(between(chance, 3, 5) * hourMs) + 0.4 * wave(between(chance, 9, 13) * hourMs);
}

/** 0 at both ends of an excursion, 1 during its middle half. */
function depth({ startsAtMs, endsAtMs }: Excursion, wardTimeMs: number): number {
  const through = (wardTimeMs - startsAtMs) / (endsAtMs - startsAtMs);
  return Math.min(1, 4 * through, 4 * (1 - through));
}
