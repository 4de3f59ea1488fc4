/**
 * A record at which the database itself fails must not stop its lane: the batch comes a second time, and what was to
 * be stored together is stored in halves, and in halves of those, until the one at fault stands alone and is parked.
 */
import { sql } from "kysely";
import type { DatabaseTransaction } from "../database/schema.ts";
import { errorCode } from "../start-error.ts";
import { type Parked, park } from "./fit-records.ts";
import type { LaneContent, Places } from "./lane-content.ts";
import type { LaneRow } from "./lane-rows.ts";

/** Data exceptions and broken constraints: they come again with the same records, for ever. */
const POISON_SQLSTATES = /^2[23]...$/;

export const isPoison = (error: unknown): boolean => POISON_SQLSTATES.test(errorCode(error) ?? "");

export async function storeOrPark(
  trx: DatabaseTransaction,
  { content, lane, firstSeq }: { content: LaneContent; lane: LaneRow; firstSeq: number },
  { from, to }: Places,
): Promise<readonly Parked[]> {
  await sql`SAVEPOINT records`.execute(trx);
  try {
    const parked = await content.store(trx, lane, { from, to });
    await sql`RELEASE SAVEPOINT records`.execute(trx);
    return parked;
  } catch (error) {
    if (!isPoison(error)) throw error;
    await sql`ROLLBACK TO SAVEPOINT records`.execute(trx);
    // Not the database's own words, which quote the record.
    const reason = `the database refused it (${errorCode(error)})`;
    if (to - from === 1) return [park(firstSeq + from, content.raw(from), reason)];
  }
  const middle = Math.floor((from + to) / 2);
  const batch = { content, lane, firstSeq };
  const left = await storeOrPark(trx, batch, { from, to: middle });
  return [...left, ...(await storeOrPark(trx, batch, { from: middle, to }))];
}
