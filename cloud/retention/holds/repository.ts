/** Legal holds in the database. Rows are added and released once, and never changed otherwise or removed. */
import { sql } from "kysely";
import * as z from "zod";
import { RETENTION_CLASSES } from "../../../config/history.ts";
import { BedId, DeviceId, HospitalId } from "../../../contracts/wire/ids.ts";
import { PersonRole } from "../../../contracts/wire/roles.ts";
import type { PersonCaller, Scope } from "../../access/scope.ts";
import type { Database, DatabaseTransaction } from "../../database/schema.ts";
import type { Hold } from "./hold.ts";

const Named = {
  hospitalId: HospitalId,
  bedId: BedId.nullable(),
  deviceId: DeviceId.nullable(),
  class: z.enum(RETENTION_CLASSES).nullable(),
  fromMs: z.int(),
  toMs: z.int().nullable(),
};
const ActiveHold = z.object(Named) satisfies z.ZodType<Hold>;

const StoredHold = z.object({
  holdId: z.uuid(),
  ...Named,
  reason: z.string(),
  createdAtMs: z.int(),
  createdRole: PersonRole,
  requestSha256: z.string(),
  releasedAtMs: z.int().nullable(),
  releasedRole: PersonRole.nullable(),
  releaseReason: z.string().nullable(),
});
export type StoredHold = z.infer<typeof StoredHold>;

/** Newest first; more than anybody reads. */
const LISTED_MAX = 1_000;

export type NewHold = Hold & {
  readonly reason: string;
  readonly requestSha256: string;
  readonly idempotencyKey: string | null;
  readonly by: PersonCaller;
  readonly atMs: number;
};

const seen = (scope: Scope) =>
  scope.kind === "network" ? sql`true` : sql`hospital_id = ${scope.hospitalId}`;

/** Undefined: this session has used the key before. */
export async function insertHold(
  db: Database,
  { by, atMs, class: dataClass, ...hold }: NewHold,
): Promise<StoredHold | undefined> {
  const { rows } = await sql`
    INSERT INTO legal_holds (hold_id, hospital_id, bed_id, device_id, class, from_ms, to_ms, reason, created_at_ms,
      created_role, created_session_sha256, idempotency_key, request_sha256)
    VALUES (gen_random_uuid(), ${hold.hospitalId}, ${hold.bedId}, ${hold.deviceId}, ${dataClass}, ${hold.fromMs},
      ${hold.toMs}, ${hold.reason}, ${atMs}, ${by.role}, ${by.sessionSha256}, ${hold.idempotencyKey},
      ${hold.requestSha256})
    ON CONFLICT (created_session_sha256, idempotency_key) DO NOTHING
    RETURNING *`.execute(db);
  return rows[0] === undefined ? undefined : StoredHold.parse(rows[0]);
}

export async function holdWithKey(
  db: Database,
  { sessionSha256 }: PersonCaller,
  idempotencyKey: string,
): Promise<StoredHold | undefined> {
  const { rows } = await sql`
    SELECT * FROM legal_holds
    WHERE created_session_sha256 = ${sessionSha256} AND idempotency_key = ${idempotencyKey}`.execute(db);
  return rows[0] === undefined ? undefined : StoredHold.parse(rows[0]);
}

export async function listHolds(db: Database, scope: Scope): Promise<StoredHold[]> {
  const { rows } = await sql`
    SELECT * FROM legal_holds WHERE ${seen(scope)}
    ORDER BY created_at_ms DESC, hold_id LIMIT ${LISTED_MAX}`.execute(db);
  return StoredHold.array().parse(rows);
}

export async function findHold(db: Database, scope: Scope, holdId: string): Promise<StoredHold | undefined> {
  const { rows } = await sql`
    SELECT * FROM legal_holds WHERE hold_id = ${holdId} AND ${seen(scope)}`.execute(db);
  return rows[0] === undefined ? undefined : StoredHold.parse(rows[0]);
}

/** Undefined: it is released already. */
export async function releaseHold(
  db: Database,
  holdId: string,
  { by, atMs, reason }: { readonly by: PersonCaller; readonly atMs: number; readonly reason: string },
): Promise<StoredHold | undefined> {
  const { rows } = await sql`
    UPDATE legal_holds SET released_at_ms = ${atMs}, released_role = ${by.role},
      released_session_sha256 = ${by.sessionSha256}, release_reason = ${reason}
    WHERE hold_id = ${holdId} AND released_at_ms IS NULL
    RETURNING *`.execute(db);
  return rows[0] === undefined ? undefined : StoredHold.parse(rows[0]);
}

/** What keeps data now: holds that are not released, and archives that were put back for a while. */
export async function activeHolds(db: Database, nowMs: number): Promise<Hold[]> {
  const { rows } = await sql`
    SELECT hospital_id, bed_id, device_id, class, from_ms, to_ms FROM legal_holds WHERE released_at_ms IS NULL
    UNION ALL
    SELECT hospital_id, NULL, NULL, class, from_ms, to_ms FROM archives WHERE restored_until_ms > ${nowMs}`.execute(
    db,
  );
  return ActiveHold.array().parse(rows);
}

/** Until this transaction ends nobody adds a hold: what is removed in it was not held. */
export async function lockHolds(trx: DatabaseTransaction, nowMs: number): Promise<Hold[]> {
  await sql`LOCK TABLE legal_holds IN SHARE MODE`.execute(trx);
  return await activeHolds(trx, nowMs);
}

/** As `lockHolds`, without archives that were put back: for those nobody has to keep what is erased. */
export async function lockLegalHolds(trx: DatabaseTransaction): Promise<Hold[]> {
  await sql`LOCK TABLE legal_holds IN SHARE MODE`.execute(trx);
  const { rows } = await sql`
    SELECT hospital_id, bed_id, device_id, class, from_ms, to_ms FROM legal_holds WHERE released_at_ms IS NULL`.execute(
    trx,
  );
  return ActiveHold.array().parse(rows);
}

export async function bedIsOf(db: Database, bedId: BedId, hospitalId: HospitalId): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM beds WHERE bed_id = ${bedId} AND hospital_id = ${hospitalId}`.execute(db);
  return rows.length > 0;
}

export async function deviceIsOf(db: Database, deviceId: DeviceId, hospitalId: HospitalId): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM series JOIN gateways USING (gateway_id)
    WHERE device_id = ${deviceId} AND hospital_id = ${hospitalId} LIMIT 1`.execute(db);
  return rows.length > 0;
}
