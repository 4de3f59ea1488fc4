/** Erasures in the database: rows are added, and never changed or removed. */
import { type RawBuilder, sql } from "kysely";
import * as z from "zod";
import { ERASURES_LISTED_MAX, ErasureView } from "../../contracts/wire/documents.ts";
import { HospitalId } from "../../contracts/wire/ids.ts";
import { PersonRole } from "../../contracts/wire/roles.ts";
import type { Scope } from "../access/scope.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import { rfc3339 } from "../registry/bed-view.ts";

const StoredErasure = z
  .object({
    erasureId: z.uuid(),
    kind: ErasureView.shape.kind,
    hospitalId: HospitalId,
    reason: z.string(),
    atMs: z.int(),
    role: PersonRole,
    leaves: ErasureView.shape.leaves,
  })
  .transform(({ atMs, role, ...erasure }) => ({ ...erasure, at: rfc3339(atMs), by: role }));

async function select(
  db: Database | DatabaseTransaction,
  where: RawBuilder<unknown>,
): Promise<ErasureView[]> {
  const { rows } = await sql`
    SELECT erasure.erasure_id, erasure.kind, erasure.hospital_id, erasure.reason, erasure.at_ms, erasure.role,
      jsonb_agg(jsonb_build_object('origin', erasure.origin, 'index', erasure.index, 'logged',
        CASE WHEN log.log_id IS NULL THEN NULL ELSE jsonb_build_object('origin', log.origin, 'index', leaf.index) END)
        ORDER BY erasure.origin, erasure.index) AS leaves
    FROM erasures erasure
      LEFT JOIN evidence_leaves leaf ON leaf.entry_id = erasure.entry_id
      LEFT JOIN evidence_logs log ON log.log_id = leaf.log_id
    WHERE ${where}
    GROUP BY erasure.erasure_id, erasure.kind, erasure.hospital_id, erasure.reason, erasure.at_ms, erasure.role
    ORDER BY erasure.at_ms DESC, erasure.erasure_id LIMIT ${ERASURES_LISTED_MAX}`.execute(db);
  return StoredErasure.array().parse(rows);
}

export async function listErasures(db: Database, scope: Scope): Promise<ErasureView[]> {
  return await select(
    db,
    scope.kind === "network" ? sql`true` : sql`erasure.hospital_id = ${scope.hospitalId}`,
  );
}

export async function erasureById(trx: DatabaseTransaction, erasureId: string): Promise<ErasureView> {
  const [found] = await select(trx, sql`erasure.erasure_id = ${erasureId}`);
  if (found === undefined) throw new Error(`erasure ${erasureId} was to be there by now`);
  return found;
}

/** Keys of archives that were written with what was said at that moment, and may hold it still. */
export async function archivesOver(
  trx: DatabaseTransaction,
  hospitalId: HospitalId,
  atMs: number,
): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    SELECT key FROM archives WHERE hospital_id = ${hospitalId} AND class = 'bed-events'
      AND from_ms <= ${atMs} AND to_ms > ${atMs} ORDER BY key`.execute(trx);
  return rows.map(({ key }) => key);
}
