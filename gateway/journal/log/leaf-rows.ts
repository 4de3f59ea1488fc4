/** The leaves that are kept: those that the cloud has not stored yet, and the newest that it has. */
import type Database from "better-sqlite3";
import { GATEWAY_LEAF_KINDS } from "../../../contracts/log/leaf.ts";
import { LANES } from "../../../contracts/wire/lanes.ts";
import { LANE_NUMBERS } from "../lane-numbers.ts";
import { hashOfLeaf, headAfter, type OpenLeaf } from "./leaf-bytes.ts";

/** As it stands in the file; `payload` of a bed event is taken from the event's own row. Null: that row is gone. */
export type LeafRow = {
  readonly place: number;
  readonly kind: number;
  readonly lane: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly hash: Uint8Array;
  readonly salt: Uint8Array;
  readonly payload: string | null;
  readonly head: Uint8Array;
};

const COLUMNS =
  "place, kind, lane, first_seq AS firstSeq, last_seq AS lastSeq, hash, salt, coalesce(payload, (SELECT body FROM beds WHERE seq = first_seq)) AS payload, head";
export const LEAVES_FORWARD = `SELECT ${COLUMNS} FROM log_leaf WHERE place >= ? ORDER BY place LIMIT ?`;
export const NEWEST_LEAVES = `SELECT ${COLUMNS} FROM log_leaf ORDER BY place DESC LIMIT ?`;

/** Null where the row does not say what was hashed. */
export function openLeafOf({ kind, lane, payload, ...row }: LeafRow): OpenLeaf | null {
  const kindName = GATEWAY_LEAF_KINDS[kind];
  const laneName = LANES.find((one) => LANE_NUMBERS[one] === lane);
  if (kindName === undefined || laneName === undefined || payload === null) return null;
  const { firstSeq, lastSeq, salt } = row;
  const leaf = { kind: kindName, lane: laneName, firstSeq, lastSeq, salt, payload };
  return Buffer.compare(hashOfLeaf(leaf), row.hash) === 0 ? leaf : null;
}

export const continuesChain = (before: Uint8Array, { hash: leaf, head }: LeafRow): boolean =>
  Buffer.compare(headAfter(before, leaf), head) === 0;

export class LeafRows {
  readonly #insert: Database.Statement;
  readonly #forward: Database.Statement<[number, number], LeafRow>;
  readonly #oldest: Database.Statement<[], { place: number | null }>;
  readonly #removeBefore: Database.Statement<[number]>;
  readonly #newestBed: Database.Statement<[number, number], { lastSeq: number }>;

  constructor(database: Database.Database) {
    this.#insert = database.prepare("INSERT INTO log_leaf VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    this.#forward = database.prepare(LEAVES_FORWARD);
    this.#oldest = database.prepare("SELECT min(place) AS place FROM log_leaf");
    this.#removeBefore = database.prepare("DELETE FROM log_leaf WHERE place < ?");
    this.#newestBed = database.prepare(
      "SELECT last_seq AS lastSeq FROM log_leaf WHERE kind = 0 AND place >= ? AND place < ? ORDER BY place DESC LIMIT 1",
    );
  }

  /** Within a transaction of the caller's. Returns the chain's head with it. */
  insert(
    place: number,
    leaf: OpenLeaf,
    { leafHash: own, before, isBody }: { leafHash: Uint8Array; before: Uint8Array; isBody: boolean },
  ): Uint8Array {
    const head = headAfter(before, own);
    const { kind, lane, firstSeq, lastSeq, salt, payload } = leaf;
    const kindNumber = GATEWAY_LEAF_KINDS.indexOf(kind);
    const written = isBody ? null : payload;
    this.#insert.run(place, kindNumber, LANE_NUMBERS[lane], firstSeq, lastSeq, own, salt, written, head);
    return head;
  }

  from(place: number, leavesMax: number): readonly LeafRow[] {
    return this.#forward.all(place, leavesMax);
  }

  /** Undefined where none of those leaves is of a bed event. */
  newestBedWithin(fromPlace: number, endPlace: number): number | undefined {
    return this.#newestBed.get(fromPlace, endPlace)?.lastSeq;
  }

  /** The oldest that stand before `place`, at most so many; returns how many went. */
  prune(place: number, leavesMax: number): number {
    const oldest = this.#oldest.get()?.place ?? place;
    return oldest >= place ? 0 : this.#removeBefore.run(Math.min(place, oldest + leavesMax)).changes;
  }
}
