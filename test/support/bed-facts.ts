/** What is known of a bed, told by what differs from one that is free, proven and ready. */
import type { Axis, AxisValue } from "../../contracts/bed/axes.ts";
import type { BedFacts } from "../../contracts/bed/derive.ts";
import { BEGIN_MS } from "./moments.ts";

export const NOW_MS = BEGIN_MS;

export type Told = { readonly [A in Axis]?: AxisValue<A> } & {
  readonly occupancySinceMinutes?: number;
  readonly settling?: AxisValue<"occupancy">;
  /** Age of the newest evidence; null: the sensor was never heard. */
  readonly evidenceAgeMs?: number | null;
  readonly expectedIntervalMs?: number;
  readonly withoutSensor?: boolean;
  readonly gatewaySilentMs?: number | null;
  readonly room?: BedFacts["roomCondition"];
  readonly isolation?: BedFacts["roomIsolation"];
  readonly doubt?: BedFacts["doubt"];
  readonly declaredVacantForMs?: number;
  readonly isLeaving?: boolean;
};

export function bedFacts(told: Told = {}): BedFacts {
  const sinceMs = NOW_MS - 60_000;
  const { evidenceAgeMs = 1_000, gatewaySilentMs = 1_000, occupancySinceMinutes = 1 } = told;
  return {
    axes: {
      occupancy: { value: told.occupancy ?? "absent", sinceMs: NOW_MS - occupancySinceMinutes * 60_000 },
      assignment: { value: told.assignment ?? "none", sinceMs: NOW_MS - 24 * 60 * 60_000 },
      readiness: { value: told.readiness ?? "clean", sinceMs },
      service: { value: told.service ?? "open", sinceMs },
      infection: { value: told.infection ?? "none", sinceMs },
      staffing: { value: told.staffing ?? "staffed", sinceMs },
    },
    settling: told.settling === undefined ? null : { candidate: told.settling },
    occupancySource: told.withoutSensor
      ? null
      : {
          expectedIntervalMs: told.expectedIntervalMs ?? 5_000,
          lastObservedAtMs: evidenceAgeMs === null ? null : NOW_MS - evidenceAgeMs,
        },
    gatewayLastHeardAtMs: gatewaySilentMs === null ? null : NOW_MS - gatewaySilentMs,
    roomCondition: told.room ?? "within-limits",
    roomIsolation: told.isolation ?? "none",
    doubt: told.doubt ?? "none",
    declaredVacant:
      told.declaredVacantForMs === undefined
        ? null
        : { atMs: NOW_MS - 60_000, untilMs: NOW_MS + told.declaredVacantForMs },
    isLeaving: told.isLeaving ?? false,
  };
}
