/**
 * What bed events said over time, as points of one measurement: an axis, what it changed to, and by whom. `code` is the
 * value's place in its axis (contracts/bed/axes.ts), for stores that keep numbers alone.
 */
import { AXIS_VALUES } from "../../../contracts/bed/axes.ts";
import { type BedEvent, ROOM_CONDITIONS } from "../../../contracts/wire/bed-event.ts";
import type { HospitalId } from "../../../contracts/wire/ids.ts";
import { type InfluxPoint, tagText } from "./line-protocol.ts";
import { nanoseconds, STORE_AT_MS_MAX, type TimePrecision, type Unwritable } from "./reading-point.ts";

export const BED_STATE = "bed-state";
const SERVICE_VALUES = ["out-of-use", "in-use"] as const;

export type SentBedEvent = {
  readonly hospitalId: HospitalId;
  readonly gatewayId: string;
  readonly journalId: number;
  readonly seq: number;
  readonly event: BedEvent;
};

type Change = { readonly axis: string; readonly to: string; readonly code: number; readonly by: string };

/** Null: an event that changes no state. */
export function bedStatePoint(sent: SentBedEvent, precision: TimePrecision): InfluxPoint | Unwritable | null {
  const { event, hospitalId, gatewayId, journalId, seq } = sent;
  const change = changeOf(event);
  if (change === null) return null;
  const { observedAtMs, bedId } = event;
  if (observedAtMs > STORE_AT_MS_MAX)
    return { reason: "observed after the year 2262, which the store cannot hold" };
  // Of one bed and axis in one millisecond the number alone tells two events apart.
  const slot = seq % 1_000_000;
  const tags = {
    axis: change.axis,
    bed: tagText(bedId),
    gateway: tagText(gatewayId),
    hospital: tagText(hospitalId),
    journal: String(journalId),
  };
  const fields = { to: change.to, code: change.code, by: change.by };
  const timestamp = precision === "ns" ? nanoseconds(observedAtMs, slot) : String(observedAtMs);
  return { measurement: BED_STATE, tags, fields, timestamp };
}

function changeOf(event: BedEvent): Change | null {
  switch (event.kind) {
    case "occupancy-changed":
    case "readiness-changed":
    case "service-changed":
    case "infection-changed":
    case "staffing-changed": {
      const axis = event.kind.slice(0, -"-changed".length) as Exclude<keyof typeof AXIS_VALUES, "assignment">;
      return { axis, ...coded(AXIS_VALUES[axis], event.to), by: byText(event.by) };
    }
    case "room-condition-changed":
      return { axis: "room-condition", ...coded(ROOM_CONDITIONS, event.to), by: byText(event.by) };
    case "bed-commissioned":
      return { axis: "use", ...coded(SERVICE_VALUES, "in-use"), by: "declaration" };
    case "bed-decommissioned":
      return { axis: "use", ...coded(SERVICE_VALUES, "out-of-use"), by: "declaration" };
    case "occupancy-settling":
    case "sensor-findings-changed":
      return null;
  }
}

const coded = (values: readonly string[], to: string) => ({ to, code: values.indexOf(to) });

type By = Extract<BedEvent, { kind: "occupancy-changed" }>["by"];

/** A person who declared something is not named in a store of measurements. */
const byText = (by: By) => (by.kind === "declaration" ? by.kind : `${by.kind} ${by.deviceId}`);
