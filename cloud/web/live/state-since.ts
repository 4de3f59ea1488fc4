import type { Readiness, Service } from "../../../contracts/bed/axes.ts";
import type { AxisFacts, BedFacts, DisplayState } from "../../../contracts/bed/derive.ts";
import { GATEWAY_SILENT_AFTER_MS, isGatewaySilent, staleAfterMs } from "../../../contracts/bed/freshness.ts";

const NOT_READY: readonly Readiness[] = ["dirty", "cleaning", "inspect"];
const NOT_BLOCKED: readonly Service[] = ["open", "unknown"];

/** Since when a bed is shown as it is: the moment of the newest fact that makes it so. Null: that moment is not known. */
export function stateSinceMs(facts: BedFacts, display: DisplayState, nowMs: number): number | null {
  const { axes } = facts;
  switch (display) {
    case "occupied":
      return axes.occupancy.value === "present" ? axes.occupancy.sinceMs : axes.assignment.sinceMs;
    case "reserved":
      return axes.assignment.sinceMs;
    case "cleaning":
      return NOT_READY.includes(axes.readiness.value) ? axes.readiness.sinceMs : axes.infection.sinceMs;
    case "blocked":
      return NOT_BLOCKED.includes(axes.service.value) ? axes.staffing.sinceMs : axes.service.sinceMs;
    case "available":
      return newest(...allSince(axes));
    case "unknown":
      return unknownSinceMs(facts, nowMs);
  }
}

function unknownSinceMs(facts: BedFacts, nowMs: number): number | null {
  const lostMs = evidenceLostAtMs(facts, nowMs);
  if (lostMs !== null) return lostMs;
  const { axes, occupancySource } = facts;
  if (occupancySource === null || occupancySource.lastObservedAtMs === null) return null;
  return axes.occupancy.value === "unknown" ? axes.occupancy.sinceMs : newest(...allSince(axes));
}

/** When the evidence ran out, at the earlier of the two limits; null while it still counts. */
function evidenceLostAtMs({ occupancySource, gatewayLastHeardAtMs }: BedFacts, nowMs: number): number | null {
  const moments: number[] = [];
  if (gatewayLastHeardAtMs !== null && isGatewaySilent(gatewayLastHeardAtMs, nowMs))
    moments.push(gatewayLastHeardAtMs + GATEWAY_SILENT_AFTER_MS);
  if (occupancySource !== null && occupancySource.lastObservedAtMs !== null)
    moments.push(occupancySource.lastObservedAtMs + staleAfterMs(occupancySource.expectedIntervalMs));
  const passed = moments.filter((moment) => moment < nowMs);
  return passed.length === 0 ? null : Math.min(...passed);
}

function allSince(axes: AxisFacts): (number | null)[] {
  return Object.values(axes).map((axis) => axis.sinceMs);
}

function newest(...moments: (number | null)[]): number | null {
  const known = moments.filter((moment) => moment !== null);
  return known.length === 0 ? null : Math.max(...known);
}
