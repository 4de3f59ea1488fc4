/**
 * A cloud after the rules of contracts/wire/sync.ts and nothing else: a lane has a mark, what lies at or below it is
 * known, what begins right after it is stored, anything else is a gap.
 */
import type { Epoch, Lane } from "../../contracts/wire/ids.ts";
import { SyncBatch, SyncRecord, type SyncReply } from "../../contracts/wire/sync.ts";
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

  /** Takes the bytes of one batch. */
  receive(body: string): CloudAnswer {
    const { epoch, lane, firstSeq, records, missing } = SyncBatch.parse(JSON.parse(body));
    const stored = this.lane(epoch, lane);
    if (missing?.fromSeq === stored.markSeq + 1 && missing.throughSeq === firstSeq - 1) {
      for (let seq = missing.fromSeq; seq <= missing.throughSeq; seq++) stored.missing.add(seq);
      stored.markSeq = missing.throughSeq;
    }
    if (firstSeq > stored.markSeq + 1) return { kind: "gap", expectedSeq: stored.markSeq + 1 };
    const parked: SyncReply["parked"] = [];
    let storedCount = 0;
    for (const [index, record] of records.entries()) {
      const seq = firstSeq + index;
      if (seq <= stored.markSeq) continue;
      stored.markSeq = seq;
      stored.records.set(seq, record);
      if (SyncRecord.safeParse(record).success) storedCount += 1;
      else parked.push({ seq, reason: "does not fit" });
    }
    const duplicateCount = records.length - storedCount - parked.length;
    return {
      kind: "stored",
      reply: {
        highWaterMarkSeq: stored.markSeq,
        storedCount,
        duplicateCount,
        parked,
        serverTimeMs: BEGIN_MS,
      },
    };
  }

  /** Put back to an older copy of itself. */
  restore(epoch: Epoch, lane: Lane, markSeq: number): void {
    const stored = this.lane(epoch, lane);
    for (const seq of [...stored.records.keys()]) if (seq > markSeq) stored.records.delete(seq);
    stored.markSeq = markSeq;
  }
}
