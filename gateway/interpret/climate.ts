/** The climate of a room: temperature and humidity against its limits, settled. One of the sides of its condition. */
import { staleAfterMs } from "../../contracts/bed/freshness.ts";
import type { EvidenceRef } from "../../contracts/wire/bed-event.ts";
import type { RoomPlace } from "../commissioning/topology.ts";
import type { Moment } from "../moment.ts";
import type { RoomCondition } from "./room-condition.ts";
import { isDue, type Settling, settle } from "./settle.ts";

export type ClimateState = {
  readonly condition: RoomCondition;
  readonly settling: Settling<RoomCondition> | null;
  readonly temperature: Heard | null;
  readonly humidity: Heard | null;
  readonly lastEvidence: Moment | null;
};
type Heard = { readonly reading: EvidenceRef; readonly at: Moment };

export const initialClimateState: ClimateState = {
  condition: "unknown",
  settling: null,
  temperature: null,
  humidity: null,
  lastEvidence: null,
};

/** The same state back: nothing changed. `evidence`: what a changed condition rests on. */
export type ClimateStep = { readonly state: ClimateState; readonly evidence: readonly EvidenceRef[] };

export function hearClimate(
  place: RoomPlace,
  before: ClimateState,
  reading: EvidenceRef,
  now: Moment,
): ClimateStep {
  const { climateLimits: limits, climate } = place;
  const unheard = { state: before, evidence: [] };
  if (limits === null || typeof reading.value !== "number" || reading.deviceId !== climate?.deviceId)
    return unheard;
  if (reading.metric !== "room-temperature" && reading.metric !== "relative-humidity") return unheard;
  const heard: ClimateState = {
    ...before,
    lastEvidence: now,
    ...(reading.metric === "room-temperature"
      ? { temperature: { reading, at: now } }
      : { humidity: { reading, at: now } }),
  };
  // One of the two that has fallen silent says nothing any more, however much the other says.
  const staleMs = staleAfterMs(climate.expectedIntervalMs);
  const isStale = (one: Heard | null) => one !== null && now.monoMs - one.at.monoMs > staleMs;
  const raw = isStale(heard.temperature) || isStale(heard.humidity) ? "unknown" : rawCondition(limits, heard);
  return step(limits, heard, raw, now, [reading]);
}

export function passClimateTime(place: RoomPlace, before: ClimateState, now: Moment): ClimateStep {
  const { climateLimits: limits, climate } = place;
  const last = before.lastEvidence;
  if (last === null || climate === null || limits === null) return { state: before, evidence: [] };
  if (before.condition !== "unknown" && now.monoMs - last.monoMs > staleAfterMs(climate.expectedIntervalMs))
    return { state: initialClimateState, evidence: [] };
  return isDue(before.settling, last, climate.expectedIntervalMs, now)
    ? step(limits, before, before.settling.candidate, now, [])
    : { state: before, evidence: [] };
}

export function climateDueMonoMs({ climate }: RoomPlace, state: ClimateState): number | null {
  const dues: number[] = [];
  if (state.lastEvidence !== null && climate !== null && state.condition !== "unknown")
    dues.push(state.lastEvidence.monoMs + staleAfterMs(climate.expectedIntervalMs) + 1);
  if (state.settling !== null) dues.push(state.settling.dueMonoMs);
  return dues.length === 0 ? null : Math.min(...dues);
}

type Limits = NonNullable<RoomPlace["climateLimits"]>;

/** Out at the limit; in again only a band inside it, so that a room at its limit does not flap. */
function rawCondition(limits: Limits, state: ClimateState): RoomCondition {
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

const numberIn = (heard: Heard | null) =>
  typeof heard?.reading.value === "number" ? heard.reading.value : null;

function step(
  limits: Limits,
  state: ClimateState,
  raw: RoomCondition,
  now: Moment,
  evidence: readonly EvidenceRef[],
): ClimateStep {
  // The first word of a room is taken at once: there is no status yet that it could make flap.
  const debounceMs = state.condition === "unknown" ? 0 : limits.debounceMs;
  const { condition: status, settling } = state;
  const stepped = settle({ status, settling, raw, debounceMs, now, evidence });
  switch (stepped.kind) {
    case "unchanged":
    case "waiting":
      return { state, evidence: [] };
    case "returned":
      return { state: { ...state, settling: null }, evidence: [] };
    case "started":
      return { state: { ...state, settling: stepped.settling }, evidence: [] };
    case "confirmed":
      return { state: { ...state, settling: null, condition: stepped.value }, evidence: stepped.evidence };
  }
}
