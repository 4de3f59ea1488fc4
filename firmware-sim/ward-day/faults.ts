/** Devices that fail: when, which, and how. A fault is a fact of the ward like a toilet trip, and is in the truth file. */
import { between, chanceFor } from "./chance.ts";
import { DAY_MS } from "./plan-ward-day.ts";

/**
 * `dead`: silent. `frozen`: goes on saying what it felt when the fault began, its clock goes on. `babbling`: nothing but
 * noise, much of it.
 */
export const faultKinds = ["frozen", "dead", "babbling"] as const;
export type FaultKind = (typeof faultKinds)[number];

export type Fault = {
  readonly deviceId: string;
  readonly kind: FaultKind;
  readonly fromMs: number;
  readonly untilMs: number;
};

export type FaultsWanted = {
  /** Who may fail, and which of them measure: a contact that does not move is no news, so it never freezes here. */
  readonly deviceIds: readonly string[];
  readonly measuringIds: ReadonlySet<string>;
  readonly seed: number;
  readonly day: number;
};

/** One fault of each kind a day, each of another device: from the second or third hour on, for half a day. */
export function planFaults({ deviceIds, measuringIds, seed, day }: FaultsWanted): readonly Fault[] {
  const chance = chanceFor(seed, "faults", day);
  const left = new Set(deviceIds);
  return faultKinds.flatMap((kind) => {
    const fitting = [...left].filter((deviceId) => kind !== "frozen" || measuringIds.has(deviceId));
    const deviceId = fitting[Math.floor(chance() * fitting.length)];
    if (deviceId === undefined) return [];
    left.delete(deviceId);
    const fromMs = Math.round((day + between(chance, 0.1, 0.15)) * DAY_MS);
    return [{ deviceId, kind, fromMs, untilMs: fromMs + Math.round(between(chance, 0.45, 0.6) * DAY_MS) }];
  });
}

/** Half open, like every stretch here: at its last moment a fault is over. */
export function faultAt(faults: readonly Fault[], wardTimeMs: number): Fault | undefined {
  return faults.find(({ fromMs, untilMs }) => fromMs <= wardTimeMs && wardTimeMs < untilMs);
}

/** Every fault of a ward, whatever the day. */
export type Faults = {
  at(deviceId: string, wardTimeMs: number): Fault | undefined;
  startingBetween(afterMs: number, untilMs: number): readonly Fault[];
};

export function listedFaults(faults: readonly Fault[]): Faults {
  const byDevice = Map.groupBy(faults, ({ deviceId }) => deviceId);
  return {
    at: (deviceId, wardTimeMs) => faultAt(byDevice.get(deviceId) ?? [], wardTimeMs),
    startingBetween: (afterMs, untilMs) =>
      faults.filter(({ fromMs }) => fromMs > afterMs && fromMs <= untilMs),
  };
}

/** Day after day; the two days that were asked for last are kept. */
export function dailyFaults(wanted: Omit<FaultsWanted, "day">): Faults {
  const days = new Map<number, Faults>();
  const faultsOf = (day: number): Faults => {
    const known = days.get(day);
    if (known !== undefined) return known;
    const faults = listedFaults(day < 0 ? [] : planFaults({ ...wanted, day }));
    if (days.size >= 2) days.clear();
    days.set(day, faults);
    return faults;
  };
  const dayOf = (wardTimeMs: number) => Math.floor(wardTimeMs / DAY_MS);
  return {
    at: (deviceId, wardTimeMs) => faultsOf(dayOf(wardTimeMs)).at(deviceId, wardTimeMs),
    startingBetween: (afterMs, untilMs) =>
      Array.from(
        { length: dayOf(untilMs) - dayOf(afterMs) + 1 },
        (_, place) => dayOf(afterMs) + place,
      ).flatMap((day) => faultsOf(day).startingBetween(afterMs, untilMs)),
  };
}
