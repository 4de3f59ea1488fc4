/**
 * A cloud after the rules of contracts/wire/sync.ts and nothing else: a lane has a mark; what lies at or below it is
 * known, and must say the same; what begins right after it is stored; anything else is a gap.
 */
import { isDeepStrictEqual } from "node:util";
import type { Epoch, Lane } from "../../contracts/wire/ids.ts";
import type { SyncRecord, SyncReply } from "../../contracts/wire/sync.ts";
import type { SendResult } from "../../gateway/sync/uplink.ts";
import { BEGIN_MS } from "../support/moments.ts";
import { type ReadBatch, readBatch } from "../support/read-batch.ts";

export type StoredLane = {
  markSeq: number;
  readonly records: Map<number, SyncRecord>;
  /** Numbers that a tombstone stands for. */
  readonly tombstoned: Set<number>;
};

/** One thing done wrong, to prove the checker. */
export type CloudMistake = "answers-before-it-stores" | "skips-known-unseen";

export class SimCloud {
  readonly #lanes = new Map<string, StoredLane>();
  readonly #mistake: CloudMistake | null;

  constructor(mistake: CloudMistake | null = null) {
    this.#mistake = mistake;
  }

  lane(epoch: Epoch, lane: Lane): StoredLane {
    const key = `${epoch} ${lane}`;
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const fresh: StoredLane = { markSeq: 0, records: new Map(), tombstoned: new Set() };
    this.#lanes.set(key, fresh);
    return fresh;
  }

  /** What it has of a lane under any epoch. */
  everyRecordOf(lane: Lane): SyncRecord[] {
    const lanes = [...this.#lanes].filter(([key]) => key.endsWith(` ${lane}`));
    return lanes.flatMap(([, { records }]) => [...records.values()]);
  }

  /** Takes the bytes of one batch. */
  receive(body: Uint8Array): SendResult<SyncReply> {
    const batch = readBatch(body);
    const stored = this.lane(batch.epoch, batch.lane);
    const { markSeq } = stored;
    if (batch.firstSeq > markSeq + 1) return { kind: "gap", expectedSeq: markSeq + 1 };
    if (this.#mistake !== "skips-known-unseen") {
      const differing = firstDifference(batch, stored);
      if (differing !== null)
        return { kind: "refused", scope: "all", reason: `record ${differing} says something else here` };
    }
    for (let seq = markSeq + 1; seq <= batch.lastSeq; seq++) {
      stored.markSeq = seq;
      const record = batch.records?.[seq - batch.firstSeq];
      if (record === undefined) stored.tombstoned.add(seq);
      else if (this.#mistake !== "answers-before-it-stores" || seq < batch.lastSeq)
        stored.records.set(seq, record);
    }
    const storedCount = Math.max(0, batch.lastSeq - markSeq);
    const duplicateCount = batch.lastSeq - batch.firstSeq + 1 - storedCount;
    const reply = { highWaterMarkSeq: stored.markSeq, storedCount, duplicateCount, parked: [] };
    return { kind: "stored", reply: { ...reply, serverTimeMs: BEGIN_MS } };
  }
}

function firstDifference({ firstSeq, records }: ReadBatch, stored: StoredLane): number | null {
  for (const [index, record] of (records ?? []).entries()) {
    const known = stored.records.get(firstSeq + index);
    if (known !== undefined && !isDeepStrictEqual(known, record)) return firstSeq + index;
  }
  return null;
}
