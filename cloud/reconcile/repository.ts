/** Conflicts as they are stored. At most one of a kind and bed is open: the database sees to that. */
import { randomUUID } from "node:crypto";
import { type RawBuilder, sql } from "kysely";
import * as z from "zod";
import { DISCREPANCY_KINDS, type DiscrepancyKind } from "../../contracts/booking/states.ts";
import { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import { PersonRole } from "../../contracts/wire/roles.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import type { Saying } from "./says.ts";

export const StoredConflict = z.object({
  conflictId: z.uuid(),
  bedId: BedId,
  bedLabel: z.string(),
  wardName: z.string(),
  hospitalId: HospitalId,
  kind: z.enum(DISCREPANCY_KINDS),
  bookingId: z.uuid().nullable(),
  sinceMs: z.int(),
  openedAtMs: z.int(),
  closedAtMs: z.int().nullable(),
  says: z.array(z.object({ who: z.string(), what: z.string(), atMs: z.int() })),
  ownerRole: PersonRole.nullable(),
  ownerHospitalId: HospitalId.nullable(),
  ownerSessionSha256: z.string().nullable(),
  ownedSinceMs: z.int().nullable(),
  resolution: z.string().nullable(),
  version: z.int(),
});
export type StoredConflict = z.infer<typeof StoredConflict>;

/** `where` and `order` speak of `conflict` and `bed`. */
export async function selectConflicts(
  db: Database | DatabaseTransaction,
  where: RawBuilder<unknown>,
  order: RawBuilder<unknown> = sql`conflict.opened_at_ms, conflict.conflict_id`,
): Promise<StoredConflict[]> {
  const { rows } = await sql`
    SELECT conflict.*, bed.label AS bed_label, bed.ward_name
    FROM conflicts conflict JOIN beds bed ON bed.bed_id = conflict.bed_id
    WHERE ${where} ORDER BY ${order}`.execute(db);
  return StoredConflict.array().parse(rows);
}

export const openOf = (bedId: BedId) => sql`conflict.closed_at_ms IS NULL AND conflict.bed_id = ${bedId}`;

export type NewConflict = {
  readonly bedId: BedId;
  readonly hospitalId: HospitalId;
  readonly kind: DiscrepancyKind;
  readonly bookingId: string | null;
  readonly sinceMs: number;
  readonly says: readonly Saying[];
};

/** Null: one is open already. */
export async function insertConflict(
  trx: DatabaseTransaction,
  { bedId, hospitalId, kind, bookingId, sinceMs, says }: NewConflict,
  nowMs: number,
): Promise<string | null> {
  const conflictId = randomUUID();
  const { rows } = await sql`
    INSERT INTO conflicts (conflict_id, bed_id, hospital_id, kind, booking_id, since_ms, opened_at_ms, says, version)
    VALUES (${conflictId}, ${bedId}, ${hospitalId}, ${kind}, ${bookingId}, ${sinceMs}, ${nowMs},
      ${JSON.stringify(says)}::jsonb, 1)
    ON CONFLICT (bed_id, kind) WHERE closed_at_ms IS NULL DO NOTHING RETURNING 1`.execute(trx);
  return rows.length === 1 ? conflictId : null;
}

export async function closeConflict(
  trx: DatabaseTransaction,
  conflictId: string,
  { resolution, nowMs }: { readonly resolution: string; readonly nowMs: number },
): Promise<void> {
  await trx
    .updateTable("conflicts")
    .set({ closedAtMs: nowMs, resolution, version: sql`version + 1` })
    .where("conflictId", "=", conflictId)
    .where("closedAtMs", "is", null)
    .execute();
}

export type Owner = {
  readonly role: PersonRole;
  readonly hospitalId: HospitalId | null;
  readonly sessionSha256: string;
};

export async function setOwner(
  trx: DatabaseTransaction,
  conflictId: string,
  owner: Owner | null,
  nowMs: number,
): Promise<void> {
  await trx
    .updateTable("conflicts")
    .set({
      ownerRole: owner?.role ?? null,
      ownerHospitalId: owner?.hospitalId ?? null,
      ownerSessionSha256: owner?.sessionSha256 ?? null,
      ownedSinceMs: owner === null ? null : nowMs,
      version: sql`version + 1`,
    })
    .where("conflictId", "=", conflictId)
    .execute();
}
