/** Looks at the log's rows: does each leaf say what was hashed, and does the chain lead from one to the next? */
import type Database from "better-sqlite3";
import { continuesChain, LEAVES_FORWARD, type LeafRow, NEWEST_LEAVES, openLeafOf } from "./leaf-rows.ts";
import { FIRST_HEAD, type LogState, type LogStateRow, READ_LOG_STATE, stateOf } from "./log-state.ts";

const LEAVES_A_STEP = 200;

/** The newest leaf and the state, which the same commit wrote; in the same few reads however long the log is. */
export function checkLogTail(database: Database.Database): string | null {
  const row = database.prepare<[], LogStateRow>(READ_LOG_STATE).get();
  const [newest, before] = database.prepare<[number], LeafRow>(NEWEST_LEAVES).all(2);
  if (row === undefined) return newest === undefined ? null : "the log has leaves and no state";
  const state = stateOf(row);
  if (state === null) return "the state of the log is wrong";
  return isTailOf(state, newest, before)
    ? null
    : "the newest leaf of the log is not the one that its state tells of";
}

function isTailOf({ tree, head }: LogState, newest?: LeafRow, before?: LeafRow): boolean {
  if (newest === undefined) return tree.size === 0 && isSame(head, FIRST_HEAD);
  const headBefore = newest.place === 0 ? FIRST_HEAD : before?.head;
  if (newest.place !== tree.size - 1 || headBefore === undefined || !isSame(newest.head, head)) return false;
  if (newest.place > 0 && before?.place !== newest.place - 1) return false;
  const last = tree.hashes.at(-1);
  // Of an odd number of leaves the last is a subtree of its own.
  const isInTree = tree.size % 2 === 0 || (last !== undefined && isSame(last, newest.hash));
  return isInTree && continuesChain(headBefore, newest);
}

/** Each yield is a place to stop; leaves come and go between them. */
export function* checkLeaves(database: Database.Database): Generator<string | null> {
  const read = database.prepare<[number, number], LeafRow>(LEAVES_FORWARD);
  let before: LeafRow | undefined;
  for (;;) {
    const place = before === undefined ? 0 : before.place + 1;
    const rows = read.all(place, LEAVES_A_STEP);
    // The oldest go once the cloud has them, and the events that those told of may be gone.
    const storedSize = database.prepare<[], LogStateRow>(READ_LOG_STATE).get()?.stored_size ?? 0;
    for (const [n, row] of rows.entries()) {
      if (n > 0 || row.place === place) {
        const headBefore: Uint8Array | undefined = row.place === 0 ? FIRST_HEAD : before?.head;
        if (before !== undefined && row.place !== before.place + 1)
          yield `leaf ${before.place + 1} of the log is missing`;
        else if (headBefore !== undefined && !continuesChain(headBefore, row))
          yield `leaf ${row.place} of the log does not continue the chain`;
      } else if (row.place >= storedSize) yield `leaf ${place} of the log is missing`;
      if (row.place >= storedSize && openLeafOf(row) === null) yield `leaf ${row.place} of the log is wrong`;
      before = row;
    }
    if (rows.length < LEAVES_A_STEP) return;
    yield null;
  }
}

const isSame = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0;
