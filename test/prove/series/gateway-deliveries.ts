/**
 * What one gateway sends, batch after batch: two lanes in turn, journals of several epochs one after the other. Some
 * batches come twice, and some begin with what the one before brought already, as after a reply that was lost.
 */
import { gzipSync } from "node:zlib";
import { encodeSyncBatch } from "../../../contracts/wire/encode-sync-batch.ts";
import { BootId, Epoch, GatewayId } from "../../../contracts/wire/ids.ts";
import type { ReadingsContent } from "../../../contracts/wire/sync-batch.ts";
import { LaneSource } from "./lane-source.ts";
import type { Tallies } from "./tally.ts";

export type DeliveriesParts = {
  readonly gatewayId: string;
  readonly epochs: number;
  readonly readings: number;
  readonly readingsPerBatch: number;
  readonly beginMs: number;
  readonly seed: number;
  readonly tallies: Tallies;
};

/** Every so manieth batch comes twice, or overlaps with the one before. */
const TWICE_EVERY = 9;
const OVERLAP_EVERY = 7;
const ENVIRONMENT_EVERY = 5;

type Batch = { readonly firstSeq: number; readonly content: ReadingsContent };

export class GatewayDeliveries {
  readonly #parts: DeliveriesParts;
  #repeated = 0;
  #unkeepable = 0;

  constructor(parts: DeliveriesParts) {
    this.#parts = parts;
  }

  /** Readings that were sent more than once. */
  get repeated(): number {
    return this.#repeated;
  }

  /** Readings that no cloud can keep: they are parked, and in no tally. */
  get unkeepable(): number {
    return this.#unkeepable;
  }

  /** Bodies in the order in which they are to be acknowledged. */
  *bodies(): Generator<Uint8Array> {
    const { epochs, readings, readingsPerBatch } = this.#parts;
    const ofEpoch = Math.ceil(readings / epochs / readingsPerBatch);
    for (let epoch = 1; epoch <= epochs; epoch++) yield* this.#journal(epoch, ofEpoch);
  }

  *#journal(epoch: number, batches: number): Generator<Uint8Array> {
    const { readingsPerBatch, seed, ...parts } = this.#parts;
    const lanes = (["vitals", "environment"] as const).map((lane, n) => ({
      lane,
      source: new LaneSource({ ...parts, lane, seed: seed * 100 + epoch * 10 + n }),
      nextSeq: 1,
      last: null as Batch | null,
    }));
    for (let n = 1; n <= batches; n++) {
      const [vitals, environment] = lanes;
      const lane = n % ENVIRONMENT_EVERY === 0 ? environment : vitals;
      if (lane === undefined) continue;
      const before = lane.source.unkeepable;
      const fresh = { firstSeq: lane.nextSeq, content: lane.source.next(readingsPerBatch) };
      this.#unkeepable += lane.source.unkeepable - before;
      lane.nextSeq += readingsPerBatch;
      const doesOverlap = n % OVERLAP_EVERY === 0 && lane.last !== null;
      const batch = doesOverlap && lane.last !== null ? overlapping(lane.last, fresh) : fresh;
      if (doesOverlap) this.#repeated += batch.content.flags.length - readingsPerBatch;
      lane.last = fresh;
      const body = this.#encoded(epoch, lane.lane, batch);
      yield body;
      if (n % TWICE_EVERY !== 0) continue;
      this.#repeated += batch.content.flags.length;
      yield body;
    }
  }

  #encoded(epoch: number, lane: "vitals" | "environment", { firstSeq, content }: Batch): Uint8Array {
    const sixteenDigits = epoch.toString(16).padStart(16, "0");
    const bytes = encodeSyncBatch({
      version: 2,
      gatewayId: GatewayId.parse(this.#parts.gatewayId),
      epoch: Epoch.parse(sixteenDigits),
      bootId: BootId.parse(sixteenDigits),
      lane,
      firstSeq,
      sentAtMs: content.receivedAtMs.at(-1) ?? this.#parts.beginMs,
      behindCount: 0,
      content,
    });
    return gzipSync(bytes, { level: 1 });
  }
}

/** The second half of what is known, and what is new. */
function overlapping(known: Batch, fresh: Batch): Batch {
  const from = Math.floor(known.content.flags.length / 2);
  const column = (name: "seriesOf" | "receivedAtMs" | "observedAtMs" | "value" | "flags") => [
    ...known.content[name].slice(from),
    ...fresh.content[name],
  ];
  return {
    firstSeq: known.firstSeq + from,
    content: {
      kind: "readings",
      series: fresh.content.series,
      seriesOf: column("seriesOf"),
      receivedAtMs: column("receivedAtMs"),
      observedAtMs: column("observedAtMs"),
      value: column("value"),
      flags: column("flags"),
    },
  };
}
