/** What a journal says of itself, read as the cloud reads it: out of the bytes of its batches. */
import { gunzipSync } from "node:zlib";
import { type BootId, GatewayId, type Lane } from "../../contracts/wire/ids.ts";
import { decodeSyncBatch, type RawBatch } from "../../contracts/wire/sync-codec.ts";
import type { BatchEnvelope, Journal } from "../../gateway/journal/journal-port.ts";
import { BEGIN_MS } from "./moments.ts";

export const envelope: BatchEnvelope = {
  gatewayId: GatewayId.parse("gateway-1"),
  bootId: "00000000000000b0" as BootId,
  sentAtMs: BEGIN_MS,
};
const RECORDS_MAX = 2_000;

export async function readBatch(
  journal: Journal,
  lane: Lane,
  afterSeq: number,
  recordsMax = RECORDS_MAX,
): Promise<RawBatch | null> {
  const encoded = await journal.encodeBatch(lane, afterSeq, recordsMax, envelope);
  if (encoded === null) return null;
  const decoded = decodeSyncBatch(gunzipSync(encoded.body));
  if ("error" in decoded) throw new Error(decoded.error);
  return decoded.batch;
}

/** Every value of a lane of readings behind `afterSeq`; what a tombstone stands for is told by its reason. */
export async function valuesOf(
  journal: Journal,
  lane: Lane = "vitals",
  afterSeq = 0,
): Promise<(number | string)[]> {
  const values: (number | string)[] = [];
  for (let after = afterSeq; ; ) {
    const batch = await readBatch(journal, lane, after);
    if (batch === null) return values;
    const { firstSeq, content } = batch;
    if (firstSeq !== after + 1) throw new Error(`expected a batch from ${after + 1}, got ${firstSeq}`);
    if (content.kind === "readings") values.push(...content.value);
    if (content.kind === "tombstone") values.push(`${content.reason} ${firstSeq}-${content.throughSeq}`);
    after =
      content.kind === "tombstone"
        ? content.throughSeq
        : after + (content.kind === "events" ? content.events.length : content.value.length);
  }
}
