/** What several gateways send, batch after batch, each a little later than the one before; and the same rows for a COPY. */
import { gzipSync } from "node:zlib";
import { encodeSyncBatch } from "../../../contracts/wire/encode-sync-batch.ts";
import { BootId, Epoch, GatewayId } from "../../../contracts/wire/ids.ts";
import { BATCH_RECORDS_MAX } from "../../../contracts/wire/sync.ts";
import type { ReadingsContent } from "../../../contracts/wire/sync-batch.ts";
import { realisticReadings } from "../../support/realistic-readings.ts";

export const READINGS_PER_BATCH = BATCH_RECORDS_MAX;
const { content } = realisticReadings(READINGS_PER_BATCH);
const BEGIN_MS = content.receivedAtMs[0] ?? 0;
const BATCH_MS = (content.receivedAtMs.at(-1) ?? 0) - BEGIN_MS + 1;

export class AdvancingGateway {
  readonly gatewayId: GatewayId;
  /** Of every batch, from the beginning of that of `realisticReadings`. */
  readonly #shiftMs: number;
  readonly #number: number;
  #batches = 0;

  constructor(number: number, fromMs: number) {
    this.gatewayId = GatewayId.parse(`gw-${number}`);
    this.#number = number;
    this.#shiftMs = fromMs - BEGIN_MS;
  }

  /** The same batches as bodies of requests, and as the text of a COPY. */
  next(count: number): { readonly bodies: readonly Uint8Array[]; readonly rows: readonly Uint8Array[] } {
    const made = Array.from({ length: count }, () => this.#batch());
    return { bodies: made.map(({ body }) => body), rows: made.map(({ rows }) => rows) };
  }

  #batch(): { body: Uint8Array; rows: Uint8Array } {
    const firstSeq = this.#batches * READINGS_PER_BATCH + 1;
    const shiftMs = this.#shiftMs + this.#batches * BATCH_MS;
    this.#batches += 1;
    const shifted: ReadingsContent = {
      ...content,
      receivedAtMs: content.receivedAtMs.map((atMs) => atMs + shiftMs),
      observedAtMs: content.observedAtMs.map((atMs) => atMs + shiftMs),
    };
    const bytes = encodeSyncBatch({
      version: 2,
      gatewayId: this.gatewayId,
      epoch: Epoch.parse("0123456789abcdef"),
      bootId: BootId.parse("00000000000000b1"),
      lane: "vitals",
      firstSeq,
      sentAtMs: BEGIN_MS + shiftMs,
      behindCount: 0,
      content: shifted,
    });
    return { body: gzipSync(bytes, { level: 1 }), rows: this.#copyText(shifted, firstSeq) };
  }

  /** seq, value, observed, received by the gateway and by the cloud, offset, journal, series, lane, flags */
  #copyText({ value, observedAtMs, receivedAtMs, seriesOf, flags }: ReadingsContent, firstSeq: number) {
    const lines = value.map((one, n) =>
      [
        firstSeq + n,
        one,
        observedAtMs[n],
        receivedAtMs[n],
        receivedAtMs[n],
        0,
        this.#number,
        seriesOf[n],
        1,
        flags[n],
      ].join("\t"),
    );
    return Buffer.from(`${lines.join("\n")}\n`);
  }
}
