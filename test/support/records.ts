/** Records as they cross the wire, each through its real schema. */
import type { MetricName } from "../../contracts/metrics/catalogue.ts";
import { BedEvent, EvidenceRef } from "../../contracts/wire/bed-event.ts";
import { Reading } from "../../contracts/wire/reading.ts";
import { BEGIN_MS } from "./moments.ts";
import { BED, BED_DEVICE } from "./wards.ts";

export function aReading(change: Partial<Record<keyof Reading, unknown>> = {}): Reading {
  return Reading.parse({
    kind: "reading",
    deviceId: BED_DEVICE,
    bedId: BED,
    roomId: null,
    metric: "load",
    value: 71.4,
    unit: "kg",
    quality: "good",
    badReason: null,
    observedAtMs: BEGIN_MS,
    observedBy: "gateway",
    receivedAtMs: BEGIN_MS,
    ...change,
  });
}

export function anOccupancyChange(to: "present" | "absent" | "unknown", atMs = BEGIN_MS): BedEvent {
  return BedEvent.parse({
    kind: "occupancy-changed",
    bedId: BED,
    observedAtMs: atMs,
    receivedAtMs: atMs,
    to,
    by: { kind: "sensor", deviceId: BED_DEVICE },
    evidence: [],
  });
}

let seq = 0;

/** A usable reading as the interpreter sees it; each has a number of its own. */
export function evidence(
  metric: MetricName,
  value: number | boolean | null,
  atMs: number,
  deviceId: string = BED_DEVICE,
): EvidenceRef {
  seq += 1;
  return EvidenceRef.parse({ lane: "vitals", seq, deviceId, metric, value, unit: null, observedAtMs: atMs });
}
