/**
 * A batch of one lane on its way to the cloud, version 2: msgpack, gzip. Bed events go as they are; readings go as
 * columns, each source's unchanging facts once; what a gateway had to give up goes as a tombstone, so that a lane has
 * no gap that nobody answers for.
 */
import type { BedEvent } from "./bed-event.ts";
import type { BootId, Epoch, GatewayId, Lane } from "./ids.ts";
import type { SeriesFacts } from "./reading-columns.ts";

export type EventsContent = { readonly kind: "events"; readonly events: readonly BedEvent[] };

/** Record i is of `series[seriesOf[i]]`; times are whole milliseconds since 1970. */
export type ReadingsContent = {
  readonly kind: "readings";
  readonly series: readonly SeriesFacts[];
  readonly seriesOf: readonly number[];
  readonly receivedAtMs: readonly number[];
  readonly observedAtMs: readonly number[];
  readonly value: readonly number[];
  /** See reading-columns.ts. */
  readonly flags: readonly number[];
};

/**
 * `disk-budget`: let go so that the disk does not fill. `damaged`: the file was, and they could not be read any more.
 * `acknowledged`: the cloud had them once and asks again, since it was restored from an older copy.
 */
export const TOMBSTONE_REASONS = ["disk-budget", "damaged", "acknowledged"] as const;
export type TombstoneReason = (typeof TOMBSTONE_REASONS)[number];

/** In place of the records from `firstSeq` through `throughSeq`; `aggregates` is what is left of them. */
export type TombstoneContent = {
  readonly kind: "tombstone";
  readonly throughSeq: number;
  readonly reason: TombstoneReason;
  readonly aggregates: {
    readonly everyMs: number | null;
    readonly series: readonly SeriesFacts[];
    readonly seriesOf: readonly number[];
    readonly startAtMs: readonly number[];
    readonly count: readonly number[];
    readonly min: readonly number[];
    readonly mean: readonly number[];
    readonly max: readonly number[];
  };
};

export type BatchContent = EventsContent | ReadingsContent | TombstoneContent;

export type SyncBatch = {
  readonly version: 2;
  readonly gatewayId: GatewayId;
  readonly epoch: Epoch;
  readonly bootId: BootId;
  readonly lane: Lane;
  readonly firstSeq: number;
  readonly sentAtMs: number;
  /** Records of this lane that the gateway still has behind this batch. */
  readonly behindCount: number;
  readonly content: BatchContent;
};
