/** Leaves of one transaction: what they make of the log becomes true with its commit. */

import { hash } from "node:crypto";
import type { Lane } from "../../../contracts/wire/ids.ts";
import { LEAF_PAYLOAD_BYTES_MAX } from "../../../contracts/wire/log-limits.ts";
import type { LaneDigest } from "./lane-digest.ts";
import { hashOfLeaf, type OpenLeaf } from "./leaf-bytes.ts";
import type { LeafRows } from "./leaf-rows.ts";
import type { LogState } from "./log-state.ts";
import type { Salts } from "./salts.ts";

export class LogEntry {
  readonly #rows: LeafRows;
  readonly #salts: Salts;
  readonly #closed: LaneDigest[] = [];
  #state: LogState;
  #hasLeaves = false;

  constructor(state: LogState, rows: LeafRows, salts: Salts) {
    this.#state = state;
    this.#rows = rows;
    this.#salts = salts;
  }

  get state(): LogState {
    return this.#state;
  }

  /** Whose digest has its leaf here. */
  get closed(): readonly LaneDigest[] {
    return this.#closed;
  }

  /** `body`: as it stands in the row of that number. */
  addEvent(seq: number, body: string): void {
    const isShort =
      body.length <= LEAF_PAYLOAD_BYTES_MAX / 3 || Buffer.byteLength(body) <= LEAF_PAYLOAD_BYTES_MAX;
    const payload = isShort ? body : inPlaceOf(body);
    this.#add(
      { kind: "bed-event", lane: "beds", firstSeq: seq, lastSeq: seq, salt: this.#salts.next(), payload },
      isShort,
    );
  }

  addReadings(lane: Lane, digest: LaneDigest): void {
    const stretch = digest.stretch();
    if (stretch === null) return;
    this.#add({ kind: "readings", lane, ...stretch, salt: this.#salts.next() }, false);
    this.#closed.push(digest);
  }

  /** Nothing of the lane is left up to here that could be covered. */
  passOver(lane: Lane, throughSeq: number): void {
    const { through } = this.#state;
    if (throughSeq > through[lane])
      this.#state = { ...this.#state, through: { ...through, [lane]: throughSeq } };
  }

  #add(leaf: OpenLeaf, isBody: boolean): void {
    const { tree, head: before, through } = this.#state;
    // The first of a transaction makes a copy of its own, which the next ones grow.
    const grown = this.#hasLeaves ? tree : tree.copy();
    this.#hasLeaves = true;
    const own = hashOfLeaf(leaf);
    const head = this.#rows.insert(grown.size, leaf, { leafHash: own, before, isBody });
    grown.append(own);
    this.#state = { ...this.#state, tree: grown, head, through: { ...through, [leaf.lane]: leaf.lastSeq } };
  }
}

/** Longer than the cloud takes a payload; no event of this program is. */
function inPlaceOf(body: string): string {
  return JSON.stringify({ bytes: Buffer.byteLength(body), sha256: hash("sha256", body) });
}
