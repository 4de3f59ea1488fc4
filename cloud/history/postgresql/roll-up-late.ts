/** For who stores a reading under a number that the others of its lane have passed, inside the transaction that does so. */
import type { DatabaseTransaction } from "../../database/schema.ts";
import type { LaneOfJournal } from "./plan-stretches.ts";
import { rollUp } from "./roll-up.ts";
import { holdCursor } from "./rollup-cursors.ts";

export async function rollUpLate(trx: DatabaseTransaction, lane: LaneOfJournal, seq: number): Promise<void> {
  // Whoever rolls up this lane waits for the commit, or is waited for: it is theirs to roll up, or it is ours.
  const throughSeq = await holdCursor(trx, lane);
  if (seq <= throughSeq) await rollUp(trx, [{ ...lane, afterSeq: seq - 1, throughSeq: seq }]);
}
