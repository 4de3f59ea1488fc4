/**
 * A cloud after the rules of contracts/wire/sync.ts and nothing else: a lane has a mark, what lies at or below it is
 * known, what begins right after it is stored, anything else is a gap.
 */
import { BedEvent } from "../../contracts/wire/bed-event.ts";
import type { Epoch, Lane } from "../../contracts/wire/ids.ts";
import { Reading } from "../../contracts/wire/reading.ts";
import { readFlags } from "../../contracts/wire/reading-columns.ts";
import type { SyncReply } from "../../contracts/wire/sync.ts";
import { decodeSyncBatch, type RawBatch, type RawReadings } from "../../contracts/wire/sync-codec.ts";
import { BEGIN_MS } from "./moments.ts";

type StoredLane = { markSeq: number; readonly records: Map<number, unknown>; readonly missing: Set<number> };
export type CloudAnswer =
  | { readonly kind: "stored"; readonly reply: SyncReply }
  | { readonly kind: "gap"; readonly expectedSeq: number };

export class ModelCloud {
  readonly #lanes = new Map<string, StoredLane>();

  lane(epoch: Epoch, lane: Lane): StoredLane {
    const key = `${epoch} ${lane}`;
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const fresh: StoredLane = { markSeq: 0, records: new Map(), missing: new Set() };
    this.#lanes.set(key, fresh);
    return fresh;
  }

  /** Takes the bytes of one batch, after its compression. */
  receive(body: Uint8Array): CloudAnswer {
    const decoded = decodeSyncBatch(body);
    if ("error" in decoded) throw new Error(decoded.error);
    const { batch } = decoded;
    const stored = this.lane(batch.epoch, batch.lane);
    if (batch.firstSeq > stored.markSeq + 1) return { kind: "gap", expectedSeq: stored.markSeq + 1 };
    return batch.content.kind === "tombstone"
      ? giveUp(stored, batch.firstSeq, batch.content.throughSeq)
      : store(stored, batch.firstSeq, recordsOf(batch));
  }

  /** Put back to an older copy of itself. */
  restore(epoch: Epoch, lane: Lane, markSeq: number): void {
    const stored = this.lane(epoch, lane);
    for (const seq of [...stored.records.keys()]) if (seq > markSeq) stored.records.delete(seq);
    for (const seq of [...stored.missing]) if (seq > markSeq) stored.missing.delete(seq);
    stored.markSeq = markSeq;
  }
}

function store(stored: StoredLane, firstSeq: number, records: readonly unknown[]): CloudAnswer {
  const parked: SyncReply["parked"] = [];
  let storedCount = 0;
  for (const [index, record] of records.entries()) {
    const seq = firstSeq + index;
    if (seq <= stored.markSeq) continue;
    stored.markSeq = seq;
    stored.records.set(seq, record);
    if (BedEvent.safeParse(record).success || Reading.safeParse(record).success) storedCount += 1;
    else parked.push({ seq, reason: "does not fit" });
  }
  return answer(stored, storedCount, records.length, parked);
}

function giveUp(stored: StoredLane, firstSeq: number, throughSeq: number): CloudAnswer {
  const before = stored.missing.size;
  for (let seq = Math.max(firstSeq, stored.markSeq + 1); seq <= throughSeq; seq++) stored.missing.add(seq);
  stored.markSeq = Math.max(stored.markSeq, throughSeq);
  return answer(stored, stored.missing.size - before, throughSeq - firstSeq + 1, []);
}

function answer(
  { markSeq }: StoredLane,
  storedCount: number,
  count: number,
  parked: SyncReply["parked"],
): CloudAnswer {
  const duplicateCount = count - storedCount - parked.length;
  const reply = { highWaterMarkSeq: markSeq, storedCount, duplicateCount, parked, serverTimeMs: BEGIN_MS };
  return { kind: "stored", reply };
}

/** Each as it was before it was encoded. */
export function recordsOf({ content }: Pick<RawBatch, "content">): readonly unknown[] {
  if (content.kind === "events") return content.events;
  if (content.kind === "tombstone") return [];
  return content.flags.map((_flags, index) => readingOf(content, index));
}

function readingOf(content: RawReadings, index: number): unknown {
  const facts = content.series[content.seriesOf[index] ?? -1];
  const said = readFlags(content.flags[index] ?? -1, content.value[index] ?? 0);
  const times = { receivedAtMs: content.receivedAtMs[index], observedAtMs: content.observedAtMs[index] };
  return { kind: "reading", ...Object(facts), ...said, ...times };
}
