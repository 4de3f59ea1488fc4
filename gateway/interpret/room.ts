/**
 * From a room's readings and time to one condition: within its limits, out of them, or not known. Its sides are judged
 * apart and the worst of them is the room's; a side exists only where the ward file gives it limits and a sensor.
 *
 *   temperature, humidity ─▶ climate ──┐
 *   pressure, door        ─▶ pressure ─┴▶ worst ─▶ told of each bed
 */
import type { BedEvent, By, EvidenceRef } from "../../contracts/wire/bed-event.ts";
import type { RoomPlace, RoomSensor } from "../commissioning/topology.ts";
import type { Moment } from "../moment.ts";
import {
  type ClimateState,
  climateDueMonoMs,
  hearClimate,
  initialClimateState,
  passClimateTime,
} from "./climate.ts";
import type { Findings } from "./findings.ts";
import {
  hearPressure,
  initialPressureState,
  type PressureState,
  passPressureTime,
  pressureDueMonoMs,
} from "./pressure.ts";
import { type RoomCondition, worstOf } from "./room-condition.ts";
import { type Watched, type Watches, watch } from "./watch.ts";

export type RoomState = {
  readonly condition: RoomCondition;
  readonly climate: ClimateState;
  readonly pressure: PressureState;
  readonly watches: Watches;
  /** What is wrong with the room's sensors. */
  readonly findings: Findings;
};

export const initialRoomState: RoomState = {
  condition: "unknown",
  climate: initialClimateState,
  pressure: initialPressureState,
  watches: [],
  findings: [],
};

export type RoomOutcome = { readonly state: RoomState; readonly events: readonly BedEvent[] };

/** Every live reading of the room's devices, bad ones too: what it shows of its sensor. */
export function watchRoom(before: RoomState, expectedIntervalMs: number, watched: Watched): RoomState {
  return { ...before, ...watch({ expectedIntervalMs, decides: null }, before, watched) };
}

export function hearRoom(
  place: RoomPlace,
  before: RoomState,
  reading: EvidenceRef,
  now: Moment,
): RoomOutcome {
  const by: By = { kind: "sensor", deviceId: reading.deviceId };
  if (isSetAside(before.findings, reading)) return setAside(place, before, reading, by, now);
  const climate = hearClimate(place, before.climate, reading, now);
  const pressure = hearPressure(place, before.pressure, reading, now);
  if (climate.state === before.climate && pressure.state === before.pressure)
    return { state: before, events: [] };
  const heard: RoomState = { ...before, climate: climate.state, pressure: pressure.state };
  const evidence = [...climate.evidence, ...pressure.evidence];
  return tell(place, heard, by, evidence.length > 0 ? evidence : [reading], now);
}

export function passRoomTime(place: RoomPlace, before: RoomState, now: Moment): RoomOutcome {
  const climate = passClimateTime(place, before.climate, now);
  const pressure = passPressureTime(place, before.pressure, now);
  if (climate.state === before.climate && pressure.state === before.pressure)
    return { state: before, events: [] };
  const passed: RoomState = { ...before, climate: climate.state, pressure: pressure.state };
  const changed = climate.state === before.climate ? place.pressure : place.climate;
  const isSilence = [climate.state, pressure.state].some(
    (side, index) =>
      side.condition === "unknown" && [before.climate, before.pressure][index]?.condition !== "unknown",
  );
  return tell(place, passed, byOf(changed, isSilence), climate.evidence, now);
}

export function nextRoomDueMonoMs(place: RoomPlace, state: RoomState): number | null {
  const dues = [climateDueMonoMs(place, state.climate), pressureDueMonoMs(place, state.pressure)].filter(
    (due) => due !== null,
  );
  return dues.length === 0 ? null : Math.min(...dues);
}

/** What of a room outlives the process. */
export type StoredRoomState = {
  readonly climate: RoomCondition;
  readonly pressure: RoomCondition;
  readonly findings: Findings;
};

export function toStoredRoom({ climate, pressure, findings }: RoomState): StoredRoomState {
  return { climate: climate.condition, pressure: pressure.condition, findings };
}

export function isSameRoomForStorage(was: RoomState, is: RoomState): boolean {
  return (
    was.climate.condition === is.climate.condition &&
    was.pressure.condition === is.pressure.condition &&
    was.findings === is.findings
  );
}

/** The conditions alone outlive the process; each sensor has its usual time to speak up again. */
export function restoredRoom(place: RoomPlace, stored: StoredRoomState, started: Moment): RoomState {
  const state: RoomState = {
    ...initialRoomState,
    climate: { ...initialClimateState, condition: stored.climate, lastEvidence: started },
    pressure: { ...initialPressureState, condition: stored.pressure, lastEvidence: started },
    findings: stored.findings,
  };
  return { ...state, condition: conditionOf(place, state) };
}

function conditionOf(place: RoomPlace, { climate, pressure }: RoomState): RoomCondition {
  const sides: RoomCondition[] = [];
  if (place.climateLimits !== null && place.climate !== null) sides.push(climate.condition);
  if (place.pressureLimits !== null) sides.push(pressure.condition);
  return worstOf(sides);
}

function isSetAside(findings: Findings, { deviceId }: EvidenceRef): boolean {
  return findings.some(
    (open) => open.deviceId === deviceId && (open.kind === "stuck" || open.kind === "implausible"),
  );
}

/** What a suspect sensor says is not used: its side of the room is not known until it is right again. */
function setAside(
  place: RoomPlace,
  before: RoomState,
  reading: EvidenceRef,
  by: By,
  now: Moment,
): RoomOutcome {
  const isClimate = place.climate?.deviceId === reading.deviceId && before.climate.condition !== "unknown";
  const isPressure = place.pressure?.deviceId === reading.deviceId && before.pressure.condition !== "unknown";
  if (!isClimate && !isPressure) return { state: before, events: [] };
  const doubted: RoomState = {
    ...before,
    climate: isClimate ? initialClimateState : before.climate,
    pressure: isPressure
      ? { ...before.pressure, condition: "unknown", window: [], lastEvidence: null }
      : before.pressure,
  };
  return tell(place, doubted, by, [reading], now);
}

function byOf(sensor: RoomSensor | null, isSilence: boolean): By {
  if (sensor === null) throw new Error("a side of a room changed that no sensor speaks for");
  return { kind: isSilence ? "silence" : "sensor", deviceId: sensor.deviceId };
}

/** A room's condition is told of each of its beds, since a bed is what is booked. */
function tell(
  place: RoomPlace,
  state: RoomState,
  by: By,
  evidence: readonly EvidenceRef[],
  now: Moment,
): RoomOutcome {
  const to = conditionOf(place, state);
  if (to === state.condition) return { state, events: [] };
  const events = place.bedIds.map(
    (bedId): BedEvent => ({
      kind: "room-condition-changed",
      bedId,
      observedAtMs: evidence.at(-1)?.observedAtMs ?? now.atMs,
      receivedAtMs: now.atMs,
      to,
      by,
      evidence: by.kind === "silence" ? [] : [...evidence],
    }),
  );
  return { state: { ...state, condition: to }, events };
}
