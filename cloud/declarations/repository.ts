/** Words of people on beds, as they are stored. */
import { sql } from "kysely";
import * as z from "zod";
import { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import type { KnownBed } from "../registry/bed.ts";
import { selectBeds } from "../registry/bed-rows.ts";

const StandingWord = z.object({
  declarationId: z.uuid(),
  bedId: BedId,
  hospitalId: HospitalId,
  sinceMs: z.int(),
  sessionSha256: z.string().nullable(),
});
export type StandingWord = z.infer<typeof StandingWord>;

export async function wordById(
  db: Database | DatabaseTransaction,
  declarationId: string,
): Promise<StandingWord | undefined> {
  const row = await db
    .selectFrom("declarations")
    .select(["declarationId", "bedId", "hospitalId", "sinceMs", "sessionSha256"])
    .where("declarationId", "=", declarationId)
    .executeTakeFirst();
  return row === undefined ? undefined : StandingWord.parse(row);
}

/** The bed with its row locked to the transaction's end; undefined: it is not in service. */
export async function lockBed(trx: DatabaseTransaction, bedId: BedId): Promise<KnownBed | undefined> {
  await sql`SELECT bed_id FROM beds WHERE bed_id = ${bedId} FOR UPDATE`.execute(trx);
  const [known] = await selectBeds(trx, sql`bed.bed_id = ${bedId} AND NOT bed.removed`);
  return known;
}

/** What was said of a bed and taken back, newest first. */
export async function declarationEvents(db: Database, bedId: BedId, limit: number) {
  return await db
    .selectFrom("deskEvents")
    .select(["atMs", "kind", "subjectId", "body", "role"])
    .where("bedId", "=", bedId)
    .where("topic", "=", "declarations")
    .orderBy("position", "desc")
    .limit(limit)
    .execute();
}

/**
 * Words whose time is over, of beds that nobody has in hand; whoever has one tells of it anyway. A word that a bed is
 * empty stays: that somebody looked, and when, is still worth telling.
 */
export async function removeLapsed(
  trx: DatabaseTransaction,
  nowMs: number,
  limit: number,
): Promise<{ declarationId: string; bedId: BedId; hospitalId: HospitalId; axis: string; value: string }[]> {
  const { rows } = await sql`
    WITH bed AS (
      SELECT beds.bed_id FROM beds WHERE beds.bed_id IN
        (SELECT bed_id FROM declarations WHERE until_ms <= ${nowMs} AND axis <> 'vacancy')
      ORDER BY beds.bed_id LIMIT ${limit} FOR UPDATE SKIP LOCKED
    )
    DELETE FROM declarations USING bed
    WHERE declarations.bed_id = bed.bed_id AND declarations.until_ms <= ${nowMs} AND declarations.axis <> 'vacancy'
    RETURNING declaration_id, declarations.bed_id, hospital_id, axis, value`.execute(trx);
  return LapsedWord.array().parse(rows);
}

const LapsedWord = StandingWord.pick({ declarationId: true, bedId: true, hospitalId: true }).extend({
  axis: z.string(),
  value: z.string(),
});
