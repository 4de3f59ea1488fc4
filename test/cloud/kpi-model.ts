/**
 * A second opinion on the figures of one bed: walks through every minute of a day and asks what was so in it, and reads
 * stays and cleanings off the list of events. Events happen at whole minutes.
 */
import { deriveBed } from "../../contracts/bed/derive.ts";
import type { BedEvent } from "../../contracts/wire/bed-event.ts";

const MINUTE_MS = 60_000;

type Axis = "occupancy" | "readiness" | "service" | "infection" | "staffing";
type State = {
  ward: string;
  source: string;
  sourceSinceMs: number;
  axes: Record<Axis, { value: string; sinceMs: number | null; bySilence: boolean }>;
  isContradicted: boolean;
};
export type ModelSums = {
  inServiceMs: number;
  occupiedMs: number;
  unknownMs: number;
  staleMs: number;
  squatMs: number;
  contradictionMs: number;
  stateMs: Record<string, number>;
};

const unsaid = () => ({ value: "unknown", sinceMs: null, bySilence: false });

/** Null: out of service. */
export function stateAt(events: readonly BedEvent[], atMs: number): State | null {
  let state: State | null = null;
  for (const event of events.filter(({ observedAtMs }) => observedAtMs <= atMs)) {
    if (event.kind === "bed-commissioned") {
      const { wardId: ward, assignmentSource: source, observedAtMs } = event;
      const sourceSinceMs: number = state?.source === source ? state.sourceSinceMs : observedAtMs;
      state = {
        ...(state ?? {
          axes: {
            occupancy: unsaid(),
            readiness: unsaid(),
            service: unsaid(),
            infection: unsaid(),
            staffing: unsaid(),
          },
          isContradicted: false,
        }),
        ward,
        source,
        sourceSinceMs,
      };
    } else if (event.kind === "bed-decommissioned") state = null;
    else if (state === null) continue;
    else if (event.kind === "sensor-findings-changed")
      state.isContradicted = event.findings.some(({ kind }) => kind === "contradiction");
    else if ("to" in event && event.kind !== "room-condition-changed") {
      const axis = event.kind.replace("-changed", "") as Axis;
      const before = state.axes[axis];
      const sinceMs = before.value === event.to ? before.sinceMs : null;
      state.axes[axis] = {
        value: event.to,
        sinceMs: sinceMs ?? event.observedAtMs,
        bySilence: event.by.kind === "silence",
      };
    }
  }
  return state;
}

export function modelSums(
  events: readonly BedEvent[],
  fromMs: number,
  toMs: number,
  ward: string,
): ModelSums {
  const sums: ModelSums = {
    inServiceMs: 0,
    occupiedMs: 0,
    unknownMs: 0,
    staleMs: 0,
    squatMs: 0,
    contradictionMs: 0,
    stateMs: { available: 0, reserved: 0, occupied: 0, cleaning: 0, blocked: 0, unknown: 0 },
  };
  for (let atMs = fromMs; atMs < toMs; atMs += MINUTE_MS) {
    const state = stateAt(events, atMs);
    if (state === null || state.ward !== ward) continue;
    const { occupancy } = state.axes;
    const isStale = occupancy.value === "unknown" && occupancy.bySilence;
    const sinceMs = Math.max(occupancy.sinceMs ?? 0, state.source === "bookings" ? state.sourceSinceMs : 0);
    const isSquat =
      state.source === "bookings" && occupancy.value === "present" && atMs - sinceMs >= 10 * MINUTE_MS;
    sums.inServiceMs += MINUTE_MS;
    if (occupancy.value === "present") sums.occupiedMs += MINUTE_MS;
    if (occupancy.value === "unknown") sums.unknownMs += MINUTE_MS;
    if (isStale) sums.staleMs += MINUTE_MS;
    if (isSquat) sums.squatMs += MINUTE_MS;
    if (state.isContradicted && !isStale) sums.contradictionMs += MINUTE_MS;
    const display = displayOf(state, atMs);
    sums.stateMs[display] = (sums.stateMs[display] ?? 0) + MINUTE_MS;
  }
  return sums;
}

function displayOf({ axes, source, sourceSinceMs }: State, atMs: number): string {
  const assignment = { value: source === "bookings" ? "none" : "unknown", sinceMs: sourceSinceMs };
  const facts = {
    axes: { ...axes, assignment },
    settling: null,
    occupancySource: { expectedIntervalMs: 5_000, lastObservedAtMs: atMs },
    doubt: "none",
    gatewayLastHeardAtMs: atMs,
    roomCondition: "unknown",
    roomIsolation: "none",
    declaredVacant: null,
    isLeaving: false,
  };
  return deriveBed(facts as Parameters<typeof deriveBed>[0], atMs).display;
}

export type ModelUse = { stays: number; exitToCleanMs: (number | null)[]; cleaningMs: (number | null)[] };

/** Each cleaned stay, found backwards from the moment at which the bed was clean. */
export function modelUse(events: readonly BedEvent[], fromMs: number, toMs: number): ModelUse {
  const use: ModelUse = { stays: 0, exitToCleanMs: [], cleaningMs: [] };
  let inStay = false;
  for (const [place, event] of events.entries()) {
    const before = stateAt(events.slice(0, place), event.observedAtMs);
    const counts = event.observedAtMs >= fromMs && event.observedAtMs < toMs;
    if (event.kind === "bed-decommissioned") inStay = false;
    if (before === null) continue;
    const readiness = before.axes.readiness.value;
    const seen =
      (event.kind === "occupancy-changed" && event.to === "present" && readiness !== "cleaning") ||
      (event.kind === "readiness-changed" &&
        event.to === "dirty" &&
        before.axes.occupancy.value === "present");
    if (seen && !inStay) {
      inStay = true;
      if (counts) use.stays += 1;
    }
    if (event.kind !== "readiness-changed") continue;
    if (readiness === "cleaning" && event.to !== "cleaning" && counts)
      use.cleaningMs.push(
        event.to === "clean" || event.to === "inspect" ? lastedMs(events, place, event.observedAtMs) : null,
      );
    if (event.to === "clean" && inStay) {
      inStay = false;
      if (counts) use.exitToCleanMs.push(sinceExitMs(events.slice(0, place), event.observedAtMs));
    }
  }
  return use;
}

function lastedMs(events: readonly BedEvent[], place: number, atMs: number): number {
  let sinceMs = atMs;
  for (const event of events.slice(0, place).toReversed()) {
    if (event.kind === "readiness-changed" && event.to !== "cleaning") break;
    if (event.kind === "bed-decommissioned") break;
    if (event.kind === "readiness-changed") sinceMs = event.observedAtMs;
  }
  return atMs - sinceMs;
}

/** From the first "absent" after the last "present" outside of cleaning; null where "unknown" lay between. */
function sinceExitMs(events: readonly BedEvent[], atMs: number): number | null {
  let exitMs: number | null = null;
  for (const [place, event] of [...events.entries()].toReversed()) {
    const readiness = stateAt(events.slice(0, place), event.observedAtMs)?.axes.readiness.value;
    const before = stateAt(events.slice(0, place), event.observedAtMs);
    if (
      event.kind === "readiness-changed" &&
      event.to === "dirty" &&
      before?.axes.occupancy.value === "present"
    )
      return exitMs === null ? null : atMs - exitMs;
    if (event.kind !== "occupancy-changed" || readiness === "cleaning") continue;
    if (event.to === "unknown") return null;
    if (event.to === "present") return exitMs === null ? null : atMs - exitMs;
    exitMs = event.observedAtMs;
  }
  return null;
}
