/**
 * The pressure of an isolation room against the corridor, one of the sides of its condition:
 *
 *   reading ─▶ door open, or just closed? ─▶ median of the last half minute ─▶ by its sign within or out of its limit
 *
 * An open door equalises the room. For a bed to be wheeled through that says nothing; a door that stays open is a room
 * that does not isolate, so the suppression ends by itself.
 */
import { staleAfterMs } from "../../contracts/bed/freshness.ts";
import type { EvidenceRef } from "../../contracts/wire/bed-event.ts";
import type { RoomPlace, RoomSensor } from "../commissioning/topology.ts";
import type { Moment } from "../moment.ts";
import type { RoomCondition } from "./room-condition.ts";

/** Longer than this a door suppresses nothing, whether it stands open or is opened again and again. */
export const DOOR_SUPPRESSES_MS_MAX = 5 * 60_000;
/** Where the window can hold as many, one reading does not decide. */
const MEDIAN_READINGS_MIN = 3;
/** A sensor that reports more often fills the window with its newest readings. */
const WINDOW_READINGS_MAX = 256;

type Sample = { readonly pascal: number; readonly reading: EvidenceRef; readonly monoMs: number };

export type PressureState = {
  readonly condition: RoomCondition;
  readonly window: readonly Sample[];
  /** When the sensor last said something usable; after a start, when the wait for it began. */
  readonly lastEvidence: Moment | null;
  readonly door: { readonly isOpen: boolean; readonly heard: Moment; readonly reading: EvidenceRef } | null;
  /** From the opening of the door to the end of its grace; null: the door suppresses nothing. */
  readonly suppressedSince: Moment | null;
  /** When it was last open; the grace counts from here. */
  readonly openUntilMonoMs: number | null;
};

export const initialPressureState: PressureState = {
  condition: "unknown",
  window: [],
  lastEvidence: null,
  door: null,
  suppressedSince: null,
  openUntilMonoMs: null,
};

export type PressureStep = { readonly state: PressureState; readonly evidence: readonly EvidenceRef[] };

export function hearPressure(
  place: RoomPlace,
  before: PressureState,
  reading: EvidenceRef,
  now: Moment,
): PressureStep {
  const unheard = { state: before, evidence: [] };
  if (place.pressureLimits === null) return unheard;
  if (reading.metric === "door-open")
    return reading.deviceId === place.door?.deviceId ? hearDoor(before, reading, now) : unheard;
  if (reading.metric !== "differential-pressure" || reading.deviceId !== place.pressure?.deviceId)
    return unheard;
  if (typeof reading.value !== "number") return unheard;
  const freed = endSuppression(place, before, now);
  const heard: PressureState = { ...freed, lastEvidence: now };
  if (isSuppressed(place, heard, now)) return { state: heard, evidence: [] };
  const window = [...heard.window, { pascal: reading.value, reading, monoMs: now.monoMs }]
    .filter(({ monoMs }) => now.monoMs - monoMs <= (place.pressureLimits?.medianOverMs ?? 0))
    .slice(-WINDOW_READINGS_MAX);
  return judge(place, { ...heard, window }, reading);
}

export function passPressureTime(place: RoomPlace, before: PressureState, now: Moment): PressureStep {
  const { pressure } = place;
  const last = before.lastEvidence;
  if (pressure === null || last === null || before.condition === "unknown")
    return { state: before, evidence: [] };
  if (now.monoMs - last.monoMs <= staleAfterMs(pressure.expectedIntervalMs))
    return { state: before, evidence: [] };
  return { state: { ...before, condition: "unknown", window: [], lastEvidence: null }, evidence: [] };
}

export function pressureDueMonoMs({ pressure }: RoomPlace, state: PressureState): number | null {
  if (pressure === null || state.lastEvidence === null || state.condition === "unknown") return null;
  return state.lastEvidence.monoMs + staleAfterMs(pressure.expectedIntervalMs) + 1;
}

function hearDoor(before: PressureState, reading: EvidenceRef, now: Moment): PressureStep {
  if (typeof reading.value !== "boolean") return { state: before, evidence: [] };
  const isOpen = reading.value;
  const door = { isOpen, heard: now, reading };
  const wasOpen = before.door?.isOpen ?? false;
  // What was measured before the door opened does not count together with what is measured after.
  if (isOpen && before.suppressedSince === null && !wasOpen) {
    const opened = { suppressedSince: now, openUntilMonoMs: now.monoMs, window: [] };
    return { state: { ...before, door, ...opened }, evidence: [] };
  }
  const openUntilMonoMs = isOpen || wasOpen ? now.monoMs : before.openUntilMonoMs;
  return { state: { ...before, door, openUntilMonoMs }, evidence: [] };
}

function isSuppressed(
  { pressureLimits, door: sensor }: RoomPlace,
  { suppressedSince, openUntilMonoMs, door }: PressureState,
  now: Moment,
): boolean {
  if (suppressedSince === null || openUntilMonoMs === null || door === null) return false;
  if (now.monoMs - suppressedSince.monoMs > DOOR_SUPPRESSES_MS_MAX) return false;
  // A door that nobody hears of any more excuses nothing.
  if (isStale(sensor, door.heard, now)) return false;
  return door.isOpen || now.monoMs - openUntilMonoMs < (pressureLimits?.doorGraceMs ?? 0);
}

const isStale = (sensor: RoomSensor | null, heard: Moment, now: Moment) =>
  sensor === null || now.monoMs - heard.monoMs > staleAfterMs(sensor.expectedIntervalMs);

/** Over only once the door has been closed for its grace: one that is opened again and again goes on, and runs out. */
function endSuppression(place: RoomPlace, state: PressureState, now: Moment): PressureState {
  if (state.suppressedSince === null || isSuppressed(place, state, now)) return state;
  const isShut =
    state.door?.isOpen !== true &&
    now.monoMs - (state.openUntilMonoMs ?? 0) >= (place.pressureLimits?.doorGraceMs ?? 0);
  return isShut ? { ...state, suppressedSince: null, openUntilMonoMs: null } : state;
}

function judge(place: RoomPlace, state: PressureState, newest: EvidenceRef): PressureStep {
  const { pressureLimits, pressure } = place;
  if (pressureLimits === null || pressure === null) return { state, evidence: [] };
  const readingsMin = Math.min(
    MEDIAN_READINGS_MIN,
    Math.floor(pressureLimits.medianOverMs / pressure.expectedIntervalMs) + 1,
  );
  if (state.window.length < readingsMin) return { state, evidence: [] };
  const middle = medianOf(state.window);
  // Positive where the room does what it is built for, by its sign.
  const towardsPa = place.isolation === "negative-pressure" ? -middle.pascal : middle.pascal;
  const bandPa = state.condition === "out-of-limits" ? pressureLimits.bandPa : 0;
  const condition: RoomCondition =
    towardsPa >= pressureLimits.differencePaMin + bandPa ? "within-limits" : "out-of-limits";
  if (condition === state.condition) return { state, evidence: [] };
  const door = state.door === null ? [] : [state.door.reading];
  const evidence = middle.reading === newest ? [...door, newest] : [...door, middle.reading, newest];
  return { state: { ...state, condition }, evidence };
}

/** Of an even number the lower of the two in the middle: a value that was measured, and can be named. */
function medianOf(window: readonly Sample[]): Sample {
  const sorted = window.toSorted((left, right) => left.pascal - right.pascal);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new Error("expected at least one reading in the window");
  return middle;
}
