import { constants, gzip, gzipSync } from "node:zlib";
import { encodeSyncBatch } from "../../contracts/wire/encode-sync-batch.ts";
import type { LogBatch } from "../../contracts/wire/log-sync.ts";
import type { SyncBatch } from "../../contracts/wire/sync-batch.ts";
import type { EncodedBatch } from "./journal-port.ts";
import type { EncodedLogBatch } from "./log-port.ts";

/** Measured: higher levels cost three times the time and gain a fifth. */
const COMPRESSION = { level: constants.Z_BEST_SPEED };

/** Compresses on another thread, so that readings go on being written meanwhile. */
export function packBatch(batch: SyncBatch): Promise<EncodedBatch> {
  return new Promise((resolve, reject) => {
    gzip(encodeSyncBatch(batch), COMPRESSION, (error, body) => {
      if (error === null) resolve(encoded(batch, body));
      else reject(error);
    });
  });
}

export const packBatchSync = (batch: SyncBatch): EncodedBatch =>
  encoded(batch, gzipSync(encodeSyncBatch(batch), COMPRESSION));

/** JSON, since a stranger may look into it; there are a few leaves a second. */
export function packLogBatch(batch: LogBatch): EncodedLogBatch {
  const body = new Uint8Array(gzipSync(JSON.stringify(batch), COMPRESSION));
  return { firstIndex: batch.firstIndex, endIndex: batch.firstIndex + batch.leaves.length, body };
}

function encoded({ firstSeq, behindCount, content }: SyncBatch, body: Uint8Array): EncodedBatch {
  const lastSeq = content.kind === "tombstone" ? content.throughSeq : firstSeq + recordsOf(content) - 1;
  // A copy of its own: what zlib returns may lie in a pool, which cannot be handed to another thread.
  return { firstSeq, lastSeq, behindCount, body: new Uint8Array(body) };
}

const recordsOf = (content: Exclude<SyncBatch["content"], { kind: "tombstone" }>): number =>
  content.kind === "events" ? content.events.length : content.flags.length;
