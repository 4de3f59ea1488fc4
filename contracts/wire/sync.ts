/**
 * The sync between a gateway and the cloud, version 2, over HTTPS.
 *
 *   gateway ── POST /api/v1/sync/batches ───▶ cloud   msgpack in gzip (sync-codec.ts); one in flight a lane;
 *                                                     200 {highWaterMarkSeq} after the commit
 *           ── POST /api/v1/sync/heartbeats ▶         JSON, every few seconds: how old each source's newest evidence
 *                                                     is, and while a lane is behind, what its newest values are
 *
 * Wire schemas ignore unknown fields, so that a newer gateway is not refused by an older cloud.
 */
import * as z from "zod";
import { BedEvent } from "./bed-event.ts";
import { Problem } from "./board.ts";
import { AtMs, BedId, BootId, DeviceId, Epoch, GatewayId, Seq } from "./ids.ts";
import { Reading } from "./reading.ts";

export const SYNC_VERSION = 2;
export const SYNC_BATCH_TYPE = "application/x-msgpack";
/** Records in one batch; a longer backlog takes more batches. */
export const BATCH_RECORDS_MAX = 2_000;
/** Beds one gateway may speak for. */
export const HEARTBEAT_SOURCES_MAX = 20_000;
export const LIVE_VALUES_MAX = 2_000;

export const SyncRecord = z.union([BedEvent, Reading]);
export type SyncRecord = z.infer<typeof SyncRecord>;

export const SyncReply = z.object({
  /** Everything up to this is stored; 0 where nothing is yet. */
  highWaterMarkSeq: z.int().nonnegative(),
  storedCount: z.int().nonnegative(),
  duplicateCount: z.int().nonnegative(),
  parked: z.array(z.object({ seq: Seq, reason: z.string() })),
  serverTimeMs: AtMs,
});
export type SyncReply = z.infer<typeof SyncReply>;

/**
 * 409: `SYNC_GAP` says in `expectedSeq` where to go on. `SYNC_EPOCH_SUPERSEDED`: a newer journal has taken over.
 * `SYNC_EQUIVOCATION`: record `differingSeq` of `epoch` says something else here, so one of two journals is a copy.
 * `SYNC_SECOND_INSTANCE`: a process that started later runs on this journal as well. After any but the first, stop.
 */
export const SyncConflict = Problem.extend({
  expectedSeq: Seq.optional(),
  differingSeq: Seq.optional(),
  epoch: Epoch.optional(),
});
export type SyncConflict = z.infer<typeof SyncConflict>;

/** Ages are durations on the gateway's clock, so that its offset from the cloud's cancels out. */
export const SourceAge = z.object({
  bedId: BedId,
  deviceId: DeviceId,
  /** Age of the newest usable reading when the heartbeat was sent; null: none since the gateway started. */
  evidenceAgeMs: z.int().nonnegative().nullable(),
});
export type SourceAge = z.infer<typeof SourceAge>;

/** The newest value of one series, sent ahead of its lane's backlog; it shows and is not kept. */
export const LiveValue = Reading.omit({ kind: true, quality: true });
export type LiveValue = z.infer<typeof LiveValue>;

export const Heartbeat = z.object({
  version: z.literal(SYNC_VERSION),
  gatewayId: GatewayId,
  epoch: Epoch,
  bootId: BootId,
  sentAtMs: AtMs,
  /**
   * Newest sequence number of the `beds` lane when the ages were read. Ages count only where the cloud has stored up
   * to here: fresh evidence behind a backlog must not make an old status look fresh.
   */
  bedsHeadSeq: z.int().nonnegative(),
  sources: z.array(SourceAge).max(HEARTBEAT_SOURCES_MAX),
  /** Of the series that changed since the last heartbeat, while their lane is behind. */
  live: z.array(LiveValue).max(LIVE_VALUES_MAX).optional(),
  /**
   * All beds that this gateway speaks for: after a start, and every hour. Where the cloud has stored up to `bedsHeadSeq`,
   * it takes this gateway's other beds out of service.
   */
  beds: z.array(BedId).max(HEARTBEAT_SOURCES_MAX).optional(),
});
export type Heartbeat = z.infer<typeof Heartbeat>;

export const HeartbeatReply = z.object({ serverTimeMs: AtMs, bedsBehind: z.boolean() });
export type HeartbeatReply = z.infer<typeof HeartbeatReply>;
