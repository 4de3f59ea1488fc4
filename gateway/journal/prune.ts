import type Database from "better-sqlite3";
import type { Lane } from "../../contracts/wire/ids.ts";
import type { LaneMarks } from "./journal-port.ts";

/** Of what the cloud has, the newest stay: by them repetitions are known after a restart, … */
export const RECENT_ROWS = 200_000;
/**
 * … as far as they came within this before the newest. Not before now: a start with a wrong clock would forget them all,
 * and count again what a device then repeats.
 */
export const RECENT_MS = 10 * 60_000;
/** Bed events are few, and what somebody looks for when a bed's history is in doubt. */
const RECENT_EVENTS = 100_000;

export const oldestOf = (lane: Lane) => `SELECT min(seq) AS seq FROM ${lane}`;
export const newestOf = (lane: Lane) =>
  `SELECT received_at_ms AS atMs FROM ${lane} ORDER BY seq DESC LIMIT 1`;
export const firstSince = (lane: Lane) =>
  `SELECT seq FROM ${lane} WHERE seq <= ? AND received_at_ms >= ? ORDER BY seq LIMIT 1`;
export const removeThrough = (lane: Lane) => `DELETE FROM ${lane} WHERE seq <= ?`;

/** Lets go of what the cloud has, oldest first, within a transaction of the caller's. */
export class Pruner {
  readonly #rowsKept: number;
  readonly #keptMs: number;
  readonly #oldest: Database.Statement<[], { seq: number | null }>;
  readonly #newest: Database.Statement<[], { atMs: number }>;
  readonly #firstSince: Database.Statement<[number, number], { seq: number }>;
  readonly #removeThrough: Database.Statement<[number]>;

  constructor(database: Database.Database, lane: Lane) {
    this.#rowsKept = lane === "beds" ? RECENT_EVENTS : RECENT_ROWS;
    this.#keptMs = lane === "beds" ? Number.POSITIVE_INFINITY : RECENT_MS;
    this.#oldest = database.prepare(oldestOf(lane));
    this.#newest = database.prepare(newestOf(lane));
    this.#firstSince = database.prepare(firstSince(lane));
    this.#removeThrough = database.prepare(removeThrough(lane));
  }

  /** Returns how many rows went, at most `rowsMax`. */
  step({ headSeq, acknowledgedSeq }: LaneMarks, rowsMax: number): number {
    const oldest = this.#oldest.get()?.seq;
    if (oldest === undefined || oldest === null || oldest > acknowledgedSeq) return 0;
    const last = Math.min(acknowledgedSeq, oldest + rowsMax - 1);
    const through = Math.max(Math.min(last, headSeq - this.#rowsKept), this.#lastOld(last));
    return through < oldest ? 0 : this.#removeThrough.run(through).changes;
  }

  /** Number of the row before the first one that is young, as far as `last`. */
  #lastOld(last: number): number {
    const newestAtMs = this.#newest.get()?.atMs;
    if (this.#keptMs === Number.POSITIVE_INFINITY || newestAtMs === undefined) return 0;
    const young = this.#firstSince.get(last, newestAtMs - this.#keptMs);
    return young === undefined ? last : young.seq - 1;
  }
}
