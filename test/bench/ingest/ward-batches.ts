/** What several gateways send: batch after batch of one lane, encoded and compressed before anything is measured. */
import { gzipSync } from "node:zlib";
import { encodeSyncBatch } from "../../../contracts/wire/encode-sync-batch.ts";
import { BootId, Epoch, GatewayId } from "../../../contracts/wire/ids.ts";
import { BATCH_RECORDS_MAX } from "../../../contracts/wire/sync.ts";
import type { SyncBatch } from "../../../contracts/wire/sync-batch.ts";
import { BEGIN_MS } from "../../support/moments.ts";
import { realisticReadings } from "../../support/realistic-readings.ts";

export const READINGS_PER_BATCH = BATCH_RECORDS_MAX;
const { content, json } = realisticReadings(READINGS_PER_BATCH);
export const READINGS = content;

export class WardGateway {
  readonly gatewayId: GatewayId;
  #firstSeq = 1;

  constructor(name: string) {
    this.gatewayId = GatewayId.parse(name);
  }

  nextBodies(count: number): Uint8Array[] {
    return Array.from({ length: count }, () => {
      const body = gzipSync(encodeSyncBatch(this.#batch()), { level: 1 });
      this.#firstSeq += READINGS_PER_BATCH;
      return body;
    });
  }

  #batch(): SyncBatch {
    return {
      version: 2,
      gatewayId: this.gatewayId,
      epoch: Epoch.parse("0123456789abcdef"),
      bootId: BootId.parse("00000000000000b1"),
      lane: "vitals",
      firstSeq: this.#firstSeq,
      sentAtMs: BEGIN_MS,
      behindCount: 0,
      content,
    };
  }
}

export function bytesPerReading() {
  const wire = new WardGateway("bytes").nextBodies(1)[0]?.byteLength ?? Number.NaN;
  const plain = Buffer.byteLength(json);
  return {
    wire: Number((wire / READINGS_PER_BATCH).toFixed(2)),
    plainJson: Number((plain / READINGS_PER_BATCH).toFixed(2)),
    ratio: Number((wire / plain).toFixed(4)),
  };
}
