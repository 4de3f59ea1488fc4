/**
 * A batch from bytes. Who decodes does not trust: the envelope is checked here and is right or the batch is
 * refused; records are handed on as they came, to be judged one by one, so that a bad one stops no other.
 */
import * as z from "zod";
import { AtMs, BootId, Epoch, GatewayId, Lane, Seq } from "./ids.ts";
import { unpackDeltas, unpackValues } from "./packed-columns.ts";
import { unpackPlain } from "./plain-msgpack.ts";
import type { SeenItems } from "./seen-items.ts";
import { BATCH_RECORDS_MAX, SYNC_VERSION } from "./sync.ts";
import {
  type ReadingsContent,
  type SyncBatch,
  TOMBSTONE_REASONS,
  type TombstoneContent,
} from "./sync-batch.ts";

/** Aggregates in one tombstone. A longer one goes as several. */
export const TOMBSTONE_AGGREGATES_MAX = 20_000;

/** Columns of one length; what stands in them may be wrong. `series` and `events` are not looked at yet. */
export type RawReadings = Omit<ReadingsContent, "series"> & { readonly series: readonly unknown[] };
export type RawEvents = { readonly kind: "events"; readonly events: readonly unknown[] };
export type RawTombstone = Omit<TombstoneContent, "aggregates"> & {
  readonly aggregates: Omit<TombstoneContent["aggregates"], "series"> & {
    readonly series: readonly unknown[];
  };
};
export type RawContent = RawEvents | RawReadings | RawTombstone;
export type RawBatch = Omit<SyncBatch, "content"> & { readonly content: RawContent };
export type DecodedBatch = { readonly batch: RawBatch } | { readonly error: string };

/** What stands in a column is looked at later, by a loop: a schema for each number would cost more than all the rest. */
const column = (min: number, max: number) =>
  z.custom<unknown[]>(
    (value) => Array.isArray(value) && value.length >= min && value.length <= max,
    `expected an array of ${min} to ${max}`,
  );
const records = column(1, BATCH_RECORDS_MAX);
const aggregates = column(0, TOMBSTONE_AGGREGATES_MAX);
const series = column(0, BATCH_RECORDS_MAX);

const PackedReadings = z.object({
  kind: z.literal("readings"),
  series,
  places: series,
  seriesOf: records,
  received: records,
  /** Observed minus received. */
  observed: records,
  value: records,
  flags: records,
});
const PackedTombstone = z.object({
  kind: z.literal("tombstone"),
  throughSeq: Seq,
  reason: z.enum(TOMBSTONE_REASONS),
  everyMs: z.int().positive().max(86_400_000).nullable(),
  series: aggregates,
  seriesOf: aggregates,
  start: aggregates,
  count: aggregates,
  min: aggregates,
  mean: aggregates,
  max: aggregates,
});
const PackedEvents = z.object({ kind: z.literal("events"), events: records });

const Envelope = z.object({
  version: z.literal(SYNC_VERSION),
  gatewayId: GatewayId,
  epoch: Epoch,
  bootId: BootId,
  lane: Lane,
  firstSeq: Seq,
  sentAtMs: AtMs,
  behindCount: z.int().nonnegative(),
  content: z.discriminatedUnion("kind", [PackedEvents, PackedReadings, PackedTombstone]),
});
export type PackedContent = z.input<typeof Envelope>["content"];

/** Where the first time of a batch is counted from: differences to it are small. */
export type TimeBase = { readonly sentAtMs: number };

const SERIES_PATH = ["content", "series"];

/** `seenSeries`: of whoever decodes many; a series that was seen before is the same object again. */
export function decodeSyncBatch(bytes: Uint8Array, seenSeries?: SeenItems): DecodedBatch {
  const repeating = seenSeries === undefined ? undefined : { path: SERIES_PATH, seen: seenSeries };
  const unpacked = unpackPlain(bytes, repeating);
  if ("error" in unpacked) return unpacked;
  const parsed = Envelope.safeParse(unpacked.value);
  if (!parsed.success) return { error: describe(parsed.error) };
  const { content: packed, ...envelope } = parsed.data;
  const content = unpackContent(packed, envelope);
  if (typeof content === "string") return { error: content };
  if (content.kind !== "tombstone" && (content.kind === "events") !== (envelope.lane === "beds"))
    return { error: "content: expected events in the lane beds and readings in any other" };
  const count = content.kind === "tombstone" ? content.throughSeq - envelope.firstSeq + 1 : countOf(content);
  if (count < 1) return { error: "content.throughSeq: expected firstSeq or later" };
  if (!Number.isSafeInteger(envelope.firstSeq + count)) return { error: "firstSeq: too large" };
  return { batch: { ...envelope, content } };
}

const countOf = (content: RawEvents | RawReadings) =>
  content.kind === "events" ? content.events.length : content.flags.length;

/** A text says what is wrong. */
function unpackContent(packed: PackedContent, { sentAtMs }: TimeBase): RawContent | string {
  if (packed.kind === "events") return packed;
  if (packed.kind === "readings") {
    const { series, places, seriesOf, received, observed, value, flags } = packed;
    if (places.length !== series.length) return "content.places: expected one for each series";
    if (!areOfLength(seriesOf.length, [received, observed, value, flags])) return UNEQUAL;
    const receivedAtMs = unpackDeltas(received, sentAtMs);
    if (receivedAtMs === null) return "content.received: expected whole numbers";
    return {
      kind: "readings",
      series,
      seriesOf: numbers(seriesOf),
      receivedAtMs,
      observedAtMs: sums(receivedAtMs, numbers(observed)),
      value: unpackValues({ places, value }, seriesOf),
      flags: numbers(flags),
    };
  }
  const { throughSeq, reason, everyMs, series, seriesOf, start, count, min, mean, max } = packed;
  if (!areOfLength(seriesOf.length, [start, count, min, mean, max])) return UNEQUAL;
  const startAtMs = unpackDeltas(start, sentAtMs);
  if (startAtMs === null) return "content.start: expected whole numbers";
  const columns = { count: numbers(count), min: numbers(min), mean: numbers(mean), max: numbers(max) };
  return {
    kind: "tombstone",
    throughSeq,
    reason,
    aggregates: { everyMs, series, seriesOf: numbers(seriesOf), startAtMs, ...columns },
  };
}

const UNEQUAL = "content: expected columns of one length";
const areOfLength = (length: number, columns: readonly (readonly unknown[])[]) =>
  columns.every((column) => column.length === length);

/** NaN for what is none: it is found with its record. */
function numbers(column: readonly unknown[]): readonly number[] {
  return areNumbers(column)
    ? column
    : column.map((value) => (typeof value === "number" ? value : Number.NaN));
}

/** A loop: a function called for each takes three times as long, for five columns of each batch. */
function areNumbers(column: readonly unknown[]): column is readonly number[] {
  for (let index = 0; index < column.length; index++) if (typeof column[index] !== "number") return false;
  return true;
}

function sums(left: readonly number[], right: readonly number[]): number[] {
  const column = new Array<number>(left.length);
  for (let index = 0; index < left.length; index++) column[index] = (left[index] ?? 0) + (right[index] ?? 0);
  return column;
}

/** Names fields and what was expected of them, not what came: that may be a patient's name. */
function describe(error: z.ZodError): string {
  return error.issues
    .slice(0, 10)
    .map(({ path, message }) => `${path.join(".") || "batch"}: ${message}`)
    .join("; ");
}
