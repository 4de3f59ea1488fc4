/** From a room's climate readings and time to one condition: within its limits, out of them, or not known. */
import { staleAfterMs } from "../../contracts/bed/freshness.ts";
import type { BedEvent, By, EvidenceRef } from "../../contracts/wire/bed-event.ts";
import type { RoomPlace } from "../commissioning/topology.ts";
import type { Moment } from "../moment.ts";
import { isDue, type SettleStep, type Settling, settle } from "./settle.ts";

export type RoomCondition = "within-limits" | "out-of-limits" | "unknown";

export type RoomState = {
  readonly condition: RoomCondition;
  readonly settling: Settling<RoomCondition> | null;
  readonly temperature: EvidenceRef | null;
  readonly humidity: EvidenceRef | null;
  readonly lastEvidence: Moment | null;
};

export const initialRoomState: RoomState = {
  condition: "unknown",
  settling: null,
  temperature: null,
  humidity: null,
  lastEvidence: null,
};

export type RoomOutcome = { readonly state: RoomState; readonly events: readonly BedEvent[] };

export function hearRoom(
  place: RoomPlace,
  before: RoomState,
  reading: EvidenceRef,
  now: Moment,
): RoomOutcome {
  if (
    place.limits === null ||
    typeof reading.value !== "number" ||
    reading.deviceId !== place.sensor?.deviceId
  ) {
    return { state: before, events: [] };
  }
  if (reading.metric !== "room-temperature" && reading.metric !== "relative-humidity") {
    return { state: before, events: [] };
  }
  const heard: RoomState = {
    ...before,
    lastEvidence: now,
    ...(reading.metric === "room-temperature" ? { temperature: reading } : { humidity: reading }),
  };
  const raw = rawCondition(place.limits, heard);
  const step = stepOf(place, heard, raw, now, [reading]);
  return applyStep(place, heard, step, { kind: "sensor", deviceId: reading.deviceId }, now);
}

export function passRoomTime(place: RoomPlace, before: RoomState, now: Moment): RoomOutcome {
  const last = before.lastEvidence;
  if (last === null || place.sensor === null) return { state: before, events: [] };
  const { deviceId, expectedIntervalMs } = place.sensor;
  if (before.condition !== "unknown" && now.monoMs - last.monoMs > staleAfterMs(expectedIntervalMs)) {
    return confirm(
      place,
      initialRoomState,
      before.condition,
      "unknown",
      { kind: "silence", deviceId },
      [],
      now,
    );
  }
  if (isDue(before.settling, last, expectedIntervalMs, now)) {
    const step = stepOf(place, before, before.settling.candidate, now, []);
    return applyStep(place, before, step, { kind: "sensor", deviceId }, now);
  }
  return { state: before, events: [] };
}

export function nextRoomDueMonoMs(place: RoomPlace, state: RoomState): number | null {
  const dues: number[] = [];
  if (state.lastEvidence !== null && place.sensor !== null && state.condition !== "unknown") {
    dues.push(state.lastEvidence.monoMs + staleAfterMs(place.sensor.expectedIntervalMs) + 1);
  }
  if (state.settling !== null) dues.push(state.settling.dueMonoMs);
  return dues.length === 0 ? null : Math.min(...dues);
}

/** The condition alone outlives the process; the sensor has its usual time to speak up again. */
export function restoredRoom(condition: RoomCondition, started: Moment): RoomState {
  return { ...initialRoomState, condition, lastEvidence: started };
}

/** Out at the limit; in again only a band inside it, so that a room at its limit does not flap. */
function rawCondition(limits: NonNullable<RoomPlace["limits"]>, state: RoomState): RoomCondition {
  const wasOut = state.condition === "out-of-limits" || state.settling?.candidate === "out-of-limits";
  const temperatureBand = wasOut ? limits.temperatureCelBand : 0;
  const humidityBand = wasOut ? limits.relativeHumidityPctBand : 0;
  const temperature = numberIn(state.temperature);
  const humidity = numberIn(state.humidity);
  if (temperature !== null) {
    if (temperature < limits.temperatureCelMin + temperatureBand) return "out-of-limits";
    if (temperature > limits.temperatureCelMax - temperatureBand) return "out-of-limits";
  }
  if (humidity !== null && humidity > limits.relativeHumidityPctMax - humidityBand) return "out-of-limits";
  return temperature === null || humidity === null ? state.condition : "within-limits";
}

const numberIn = (reading: EvidenceRef | null) => (typeof reading?.value === "number" ? reading.value : null);

function stepOf(
  place: RoomPlace,
  state: RoomState,
  raw: RoomCondition,
  now: Moment,
  evidence: readonly EvidenceRef[],
): SettleStep<RoomCondition> {
  // The first word of a room is taken at once: there is no status yet that it could make flap.
  const debounceMs = state.condition === "unknown" ? 0 : (place.limits?.debounceMs ?? 0);
  return settle({ status: state.condition, settling: state.settling, raw, debounceMs, now, evidence });
}

function applyStep(
  place: RoomPlace,
  state: RoomState,
  step: SettleStep<RoomCondition>,
  by: By,
  now: Moment,
): RoomOutcome {
  switch (step.kind) {
    case "unchanged":
    case "waiting":
      return { state, events: [] };
    case "returned":
      return { state: { ...state, settling: null }, events: [] };
    case "started":
      return { state: { ...state, settling: step.settling }, events: [] };
    case "confirmed":
      return confirm(
        place,
        { ...state, settling: null },
        state.condition,
        step.value,
        by,
        step.evidence,
        now,
      );
  }
}

/** A room's condition is told of each of its beds, since a bed is what is booked. */
function confirm(
  place: RoomPlace,
  state: RoomState,
  from: RoomCondition,
  to: RoomCondition,
  by: By,
  evidence: readonly EvidenceRef[],
  now: Moment,
): RoomOutcome {
  if (from === to) return { state, events: [] };
  const events = place.bedIds.map(
    (bedId): BedEvent => ({
      kind: "room-condition-changed",
      bedId,
      observedAtMs: evidence.at(-1)?.observedAtMs ?? now.atMs,
      receivedAtMs: now.atMs,
      to,
      by,
      evidence: [...evidence],
    }),
  );
  return { state: { ...state, condition: to }, events };
}
