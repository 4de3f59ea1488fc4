/** A batch's body, read by whoever receives it: each record with its number, as the wire's schemas read it. */
import { gunzipSync } from "node:zlib";
import type { Epoch, Lane } from "../../contracts/wire/ids.ts";
import { readFlags } from "../../contracts/wire/reading-columns.ts";
import { SyncRecord } from "../../contracts/wire/sync.ts";
import { decodeSyncBatch, type RawReadings } from "../../contracts/wire/sync-codec.ts";

export type ReadBatch = {
  readonly epoch: Epoch;
  readonly lane: Lane;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Null: a tombstone stands in their place. */
  readonly records: readonly SyncRecord[] | null;
};

export function readBatch(body: Uint8Array): ReadBatch {
  const decoded = decodeSyncBatch(gunzipSync(body));
  if ("error" in decoded) throw new Error(`a batch cannot be read: ${decoded.error}`);
  const { epoch, lane, firstSeq, content } = decoded.batch;
  if (content.kind === "tombstone")
    return { epoch, lane, firstSeq, lastSeq: content.throughSeq, records: null };
  const raw = content.kind === "events" ? content.events : readingsOf(content);
  const records = SyncRecord.array().parse(raw);
  return { epoch, lane, firstSeq, lastSeq: firstSeq + records.length - 1, records };
}

const readingsOf = ({ series, seriesOf, receivedAtMs, observedAtMs, value, flags }: RawReadings) =>
  seriesOf.map((place, index) => ({
    kind: "reading",
    ...(series[place] as object),
    ...readFlags(flags[index] ?? -1, value[index] ?? Number.NaN),
    receivedAtMs: receivedAtMs[index],
    observedAtMs: observedAtMs[index],
  }));
