/**
 * How a gateway's log reaches the cloud, and how gateways witness the cloud's.
 *
 *   gateway ── POST /api/v1/sync/log ──────────▶ cloud   LogBatch, JSON in gzip; one in flight;
 *                                                        200 LogReply after the commit
 *           ── POST /api/v1/sync/cosignatures ─▶ cloud   JSON, once the gateway's own memory of it is on disk
 *
 * A batch without leaves asks only for the network's newest checkpoint.
 */
import * as z from "zod";
import { utf8 } from "../log/bytes.ts";
import { GATEWAY_LEAF_KINDS } from "../log/leaf.ts";
import { NOTE_BYTES_MAX } from "../log/note.ts";
import { Problem } from "./board.ts";
import { AtMs, BootId, Epoch, GatewayId, Lane, Seq } from "./ids.ts";
import { LEAF_PAYLOAD_BYTES_MAX, LOG_BATCH_LEAVES_MAX, LOG_BATCH_VERSION } from "./log-limits.ts";

const TreeSize = z.int().nonnegative();
const Base64Of32 = z.string().regex(/^[A-Za-z0-9+/]{43}=$/, "expected 32 bytes in base64");
const Base64Of64 = z.string().regex(/^[A-Za-z0-9+/]{86}==$/, "expected 64 bytes in base64");

/** A character has three bytes at most, so that short texts need not be encoded to know it. */
function isShortInBytes(text: string): boolean {
  return text.length <= LEAF_PAYLOAD_BYTES_MAX / 3 || utf8(text).length <= LEAF_PAYLOAD_BYTES_MAX;
}

/** A leaf with what it commits to; the cloud makes the leaf's bytes itself. */
export const LoggedLeaf = z.object({
  kind: z.enum(GATEWAY_LEAF_KINDS),
  lane: Lane,
  firstSeq: Seq,
  lastSeq: Seq,
  salt: Base64Of32,
  /** JSON, as the gateway wrote it. */
  payload: z
    .string()
    .max(LEAF_PAYLOAD_BYTES_MAX)
    .refine(isShortInBytes, `expected at most ${LEAF_PAYLOAD_BYTES_MAX} bytes`),
});
export type LoggedLeaf = z.infer<typeof LoggedLeaf>;

/** A new key of a gateway, said by the old one: see docs/evidence.md. */
export const KeyRotation = z.object({ oldPublicKey: Base64Of32, signature: Base64Of64 });
export type KeyRotation = z.infer<typeof KeyRotation>;

export const LogBatch = z.object({
  version: z.literal(LOG_BATCH_VERSION),
  gatewayId: GatewayId,
  epoch: Epoch,
  bootId: BootId,
  sentAtMs: AtMs,
  /** That signs this log's checkpoints, and cosigns the network's. */
  publicKey: Base64Of32,
  rotation: KeyRotation.nullish(),
  /** Index of the first of `leaves`; without leaves, the log's size. */
  firstIndex: TreeSize,
  leaves: z.array(LoggedLeaf).max(LOG_BATCH_LEAVES_MAX),
  /** The signed note of the log as far as `leaves` end; null where none was signed at just that size. */
  checkpoint: z.string().max(NOTE_BYTES_MAX).nullable(),
  /** Size of the network's checkpoint that this gateway cosigned last; 0: none yet. */
  cosignedSize: TreeSize,
});
export type LogBatch = z.infer<typeof LogBatch>;

export const LogReply = z.object({
  /** Leaves of this log that are stored. */
  logSize: TreeSize,
  /** The network's newest checkpoint, where it is newer than the one cosigned last, and the way from that one to it. */
  network: z
    .object({
      checkpoint: z.string().max(NOTE_BYTES_MAX),
      consistency: z.array(Base64Of32).max(64),
      /** Of the network's log: a gateway for which none is configured keeps the first that it sees, and no other after it. */
      publicKey: Base64Of32,
    })
    .nullable(),
  serverTimeMs: AtMs,
});
export type LogReply = z.infer<typeof LogReply>;

/** `line`: as it stands below the note. */
export const Cosignature = z.object({
  gatewayId: GatewayId,
  publicKey: Base64Of32,
  size: TreeSize,
  root: Base64Of32,
  line: z.string().max(1_000),
});
export type Cosignature = z.infer<typeof Cosignature>;

/**
 * 409: `LOG_GAP` says in `expectedIndex` where to go on. `LOG_FORK`: what is stored of this log says something else, or
 * it has more leaves than this one will have: nothing more is taken of it. `LOG_KEY_UNKNOWN`: another key is in force for this gateway.
 */
export const LogConflict = Problem.extend({ expectedIndex: TreeSize.optional() });
export type LogConflict = z.infer<typeof LogConflict>;
