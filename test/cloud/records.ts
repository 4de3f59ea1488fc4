/** Builders of what gateways send, through the real schemas. A test names only what it is about. */
import type * as z from "zod";
import type { Axis, AxisValue } from "../../contracts/bed/axes.ts";
import { BedEvent, EvidenceRef } from "../../contracts/wire/bed-event.ts";
import { Reading } from "../../contracts/wire/reading.ts";
import { flagsOf, numberOf, type SeriesFacts } from "../../contracts/wire/reading-columns.ts";
import { Heartbeat } from "../../contracts/wire/sync.ts";
import type {
  BatchContent,
  ReadingsContent,
  SyncBatch,
  TombstoneContent,
} from "../../contracts/wire/sync-batch.ts";

/** 10:00 on a Tuesday. */
export const START_MS = Date.UTC(2026, 0, 6, 10);
export const NORTH_EPOCH = "00000000000000a1";
export const SOUTH_EPOCH = "00000000000000b1";
/** Of the gateway's process. */
export const BOOT_ID = "b000000000000001";

type Fields<Schema extends z.ZodType> = Partial<z.input<Schema>>;
type EventFields<Kind extends BedEvent["kind"]> = Partial<
  Record<keyof Extract<BedEvent, { kind: Kind }>, unknown>
>;

const atStart = { bedId: "bed-1", observedAtMs: START_MS, receivedAtMs: START_MS };

export function commissioned(fields: EventFields<"bed-commissioned"> = {}): BedEvent {
  return BedEvent.parse({
    kind: "bed-commissioned",
    ...atStart,
    wardId: "intake",
    wardName: "Intake",
    roomId: "room-1",
    roomName: "Room 1",
    label: "1A",
    assignmentSource: "bookings",
    sources: [{ deviceId: "mat-1", expectedIntervalMs: 5_000, decides: "occupancy" }],
    ...fields,
  });
}

export function decommissioned(fields: EventFields<"bed-decommissioned"> = {}): BedEvent {
  return BedEvent.parse({ kind: "bed-decommissioned", ...atStart, ...fields });
}

export function changed<A extends Exclude<Axis, "assignment">>(
  axis: A,
  to: AxisValue<A>,
  fields: EventFields<"occupancy-changed"> = {},
): BedEvent {
  const by = { kind: "sensor", deviceId: "mat-1" };
  return BedEvent.parse({ kind: `${axis}-changed`, ...atStart, to, by, evidence: [], ...fields });
}

export function settling(fields: EventFields<"occupancy-settling"> = {}): BedEvent {
  const base = { kind: "occupancy-settling", ...atStart, candidate: "present", dueAtMs: START_MS + 5_000 };
  return BedEvent.parse({ ...base, evidence: [], ...fields });
}

export function roomCondition(fields: EventFields<"room-condition-changed"> = {}): BedEvent {
  const by = { kind: "sensor", deviceId: "climate-1" };
  const base = { kind: "room-condition-changed", ...atStart, to: "out-of-limits", by, evidence: [] };
  return BedEvent.parse({ ...base, ...fields });
}

export function findingsChanged(fields: EventFields<"sensor-findings-changed"> = {}): BedEvent {
  const stuck = { deviceId: "mat-1", metric: "occupancy", kind: "stuck", sinceMs: START_MS };
  const findings = [{ ...stuck, detail: "It stands still. Look at it.", evidence: [] }];
  return BedEvent.parse({ kind: "sensor-findings-changed", ...atStart, findings, ...fields });
}

export function evidence(fields: Fields<typeof EvidenceRef> = {}): EvidenceRef {
  return EvidenceRef.parse({
    lane: "vitals",
    seq: 1,
    deviceId: "mat-1",
    metric: "occupancy",
    value: true,
    unit: null,
    observedAtMs: START_MS,
    ...fields,
  });
}

/** Everything that makes a bed bookable, said of it. */
export function freeBed(bedId: string, fields: EventFields<"bed-commissioned"> = {}): BedEvent[] {
  return [
    commissioned({ bedId, ...fields }),
    changed("service", "open", { bedId }),
    changed("staffing", "staffed", { bedId }),
    changed("infection", "none", { bedId }),
    changed("readiness", "clean", { bedId }),
    changed("occupancy", "absent", { bedId }),
  ];
}

export function reading(fields: Fields<typeof Reading> = {}): Reading {
  return Reading.parse({
    kind: "reading",
    deviceId: "mat-1",
    bedId: "bed-1",
    roomId: null,
    metric: "load",
    value: 71.5,
    unit: "kg",
    quality: "good",
    badReason: null,
    observedAtMs: START_MS,
    observedBy: "gateway",
    receivedAtMs: START_MS,
    ...fields,
  });
}

type BatchFields = Partial<Record<keyof SyncBatch, unknown>>;

function envelope(content: BatchContent, fields: BatchFields): SyncBatch {
  return {
    version: 2,
    gatewayId: "gw-north",
    epoch: NORTH_EPOCH,
    bootId: BOOT_ID,
    lane: "beds",
    firstSeq: 1,
    sentAtMs: START_MS,
    behindCount: 0,
    content,
    ...fields,
  } as SyncBatch;
}

/** Bed events, or what passes for some; readings where the lane is another. */
export function batch(records: readonly unknown[], fields: BatchFields = {}): SyncBatch {
  const isBeds = (fields.lane ?? "beds") === "beds";
  const content = isBeds ? { kind: "events", events: records } : columns(records as Reading[]);
  return envelope(content as BatchContent, fields);
}

export function columns(readings: readonly Reading[]): ReadingsContent {
  const series: SeriesFacts[] = [];
  const seriesOf = readings.map(({ deviceId, bedId, roomId, metric, unit }) => {
    const facts = { deviceId, bedId, roomId, metric, unit };
    const at = series.findIndex((known) => JSON.stringify(known) === JSON.stringify(facts));
    return at >= 0 ? at : series.push(facts) - 1;
  });
  return {
    kind: "readings",
    series,
    seriesOf,
    receivedAtMs: readings.map(({ receivedAtMs }) => receivedAtMs),
    observedAtMs: readings.map(({ observedAtMs }) => observedAtMs),
    value: readings.map(({ value }) => numberOf(value)),
    flags: readings.map(flagsOf),
  };
}

/** Nothing is left of them, unless the test says so. */
export function tombstone(
  throughSeq: number,
  fields: BatchFields = {},
  change: Partial<Omit<TombstoneContent, "kind" | "throughSeq">> = {},
): SyncBatch {
  const none = { series: [], seriesOf: [], startAtMs: [], count: [], min: [], mean: [], max: [] };
  const aggregates = { everyMs: null, ...none };
  const content = { kind: "tombstone", throughSeq, reason: "disk-budget", aggregates, ...change } as const;
  return envelope(content, { lane: "vitals", ...fields });
}

export function heartbeat(fields: Fields<typeof Heartbeat> = {}): Heartbeat {
  return Heartbeat.parse({
    version: 2,
    gatewayId: "gw-north",
    epoch: NORTH_EPOCH,
    bootId: BOOT_ID,
    sentAtMs: START_MS,
    bedsHeadSeq: 0,
    sources: [{ bedId: "bed-1", deviceId: "mat-1", evidenceAgeMs: 0 }],
    ...fields,
  });
}

/** The south hospital's gateway sends it. */
export const south = { gatewayId: "gw-south", epoch: SOUTH_EPOCH } as const;
