/**
 * The sync between a gateway and the cloud, version 1: JSON, gzip, HTTPS.
 *
 *   gateway ── POST /api/v1/sync/batches ───▶ cloud   one in flight a lane; 200 {highWaterMarkSeq} after the commit
 *           ── POST /api/v1/sync/heartbeats ▶         every few seconds: how old each source's newest evidence is
 *
 * Wire schemas ignore unknown fields, so that a newer gateway is not refused by an older cloud.
 */
import * as z from "zod";
import { BedEvent } from "./bed-event.ts";
import { Problem } from "./board.ts";
import { AtMs, BedId, DeviceId, Epoch, GatewayId, Lane, Seq } from "./ids.ts";
import { Reading } from "./reading.ts";

export const SYNC_VERSION = 1;
/** Records in one batch; a longer backlog takes more batches. */
export const BATCH_RECORDS_MAX = 2_000;
/** Beds one gateway may speak for. */
export const HEARTBEAT_SOURCES_MAX = 20_000;

export const SyncRecord = z.union([BedEvent, Reading]);
export type SyncRecord = z.infer<typeof SyncRecord>;

/**
 * The envelope is checked first and each record by itself: one that does not fit is parked with its reason and
 * does not stop the lane. Record i has the sequence number `firstSeq + i`.
 */
export const SyncBatch = z.object({
  version: z.literal(SYNC_VERSION),
  gatewayId: GatewayId,
  epoch: Epoch,
  lane: Lane,
  firstSeq: Seq,
  /**
   * Records right before `firstSeq` that this gateway no longer has, because the cloud had acknowledged them: a cloud
   * restored from an older copy asks for them again. It notes the gap and goes on.
   */
  missing: z.object({ fromSeq: Seq, throughSeq: Seq }).nullable().default(null),
  records: z.array(z.unknown()).min(1).max(BATCH_RECORDS_MAX),
  sentAtMs: AtMs,
});
export type SyncBatch = z.infer<typeof SyncBatch>;

export const SyncReply = z.object({
  /** Everything up to this is stored; 0 where nothing is yet. */
  highWaterMarkSeq: z.int().nonnegative(),
  storedCount: z.int().nonnegative(),
  duplicateCount: z.int().nonnegative(),
  parked: z.array(z.object({ seq: Seq, reason: z.string() })),
  serverTimeMs: AtMs,
});
export type SyncReply = z.infer<typeof SyncReply>;

/** 409: `SYNC_GAP` says where to go on; `SYNC_EPOCH_SUPERSEDED` says that a newer journal has taken over. */
export const SyncConflict = Problem.extend({ expectedSeq: Seq.optional() });
export type SyncConflict = z.infer<typeof SyncConflict>;

/** Ages are durations on the gateway's clock, so that its offset from the cloud's cancels out. */
export const SourceAge = z.object({
  bedId: BedId,
  deviceId: DeviceId,
  /** Age of the newest usable reading when the heartbeat was sent; null: none since the gateway started. */
  evidenceAgeMs: z.int().nonnegative().nullable(),
});
export type SourceAge = z.infer<typeof SourceAge>;

export const Heartbeat = z.object({
  version: z.literal(SYNC_VERSION),
  gatewayId: GatewayId,
  epoch: Epoch,
  sentAtMs: AtMs,
  /**
   * Newest sequence number of the `beds` lane when the ages were read. Ages count only where the cloud has stored up
   * to here: fresh evidence behind a backlog must not make an old status look fresh.
   */
  bedsHeadSeq: z.int().nonnegative(),
  sources: z.array(SourceAge).max(HEARTBEAT_SOURCES_MAX),
});
export type Heartbeat = z.infer<typeof Heartbeat>;

export const HeartbeatReply = z.object({ serverTimeMs: AtMs, bedsBehind: z.boolean() });
export type HeartbeatReply = z.infer<typeof HeartbeatReply>;
