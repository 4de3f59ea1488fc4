/** Encounters and identities in the database. */
import { sql } from "kysely";
import * as z from "zod";
import { HospitalId } from "../../contracts/wire/ids.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import type { SealedIdentity } from "./sealed-identity.ts";

/** Merges of merges; more would be a circle, which none makes. */
const MERGES_MAX = 100;

const Encounter = z.object({ encounterId: z.uuid(), hospitalId: HospitalId.nullable() });
export type Encounter = z.infer<typeof Encounter>;

/** What it was merged into, where it was; undefined: there is none of that id. */
export async function encounterById(
  db: Database | DatabaseTransaction,
  encounterId: string,
): Promise<Encounter | undefined> {
  const { rows } = await sql`
    WITH RECURSIVE merged AS (
      SELECT encounter_id, hospital_id, merged_into, 1 AS depth FROM encounters WHERE encounter_id = ${encounterId}
      UNION ALL
      SELECT next.encounter_id, next.hospital_id, next.merged_into, depth + 1
      FROM merged JOIN encounters next ON next.encounter_id = merged.merged_into WHERE depth < ${MERGES_MAX}
    )
    SELECT encounter_id, hospital_id FROM merged WHERE merged_into IS NULL`.execute(db);
  return rows[0] === undefined ? undefined : Encounter.parse(rows[0]);
}

/** Nobody else merges it, moves it to another hospital, or says who it is, to the transaction's end. */
export async function lockEncounters(
  trx: DatabaseTransaction,
  encounterIds: readonly string[],
): Promise<void> {
  await sql`SELECT 1 FROM encounters WHERE encounter_id = ANY(${[...encounterIds]}::uuid[])
    ORDER BY encounter_id FOR UPDATE`.execute(trx);
}

const bytes = z.instanceof(Uint8Array);
const Row = z
  .object({
    encounterId: z.uuid(),
    hospitalId: HospitalId,
    keyId: z.string(),
    wrappedKey: bytes,
    familyName: bytes,
    givenName: bytes,
    patientNumber: bytes,
    birthDate: bytes.nullable(),
    storedAtMs: z.int(),
    version: z.int(),
  })
  .transform(({ keyId, wrappedKey, ...row }) => ({ ...row, key: { keyId, wrapped: wrappedKey } }));
export type StoredIdentity = SealedIdentity & { readonly storedAtMs: number };

type IdentityKey = { readonly encounterId: string; readonly hospitalId: HospitalId };

export async function identityOf(
  db: Database | DatabaseTransaction,
  { encounterId, hospitalId }: IdentityKey,
): Promise<StoredIdentity | undefined> {
  const row = await db
    .selectFrom("identities")
    .selectAll()
    .where("encounterId", "=", encounterId)
    .where("hospitalId", "=", hospitalId)
    .executeTakeFirst();
  return row === undefined ? undefined : Row.parse(row);
}

/** In the place of the version before. */
export async function storeIdentity(
  trx: DatabaseTransaction,
  { encounterId, hospitalId, key, version, storedAtMs, ...identity }: StoredIdentity,
): Promise<void> {
  const { familyName, givenName, patientNumber, birthDate } = identity;
  const values = {
    keyId: key.keyId,
    wrappedKey: key.wrapped,
    familyName,
    givenName,
    patientNumber,
    birthDate,
    storedAtMs,
    version,
  };
  await trx
    .insertInto("identities")
    .values({ encounterId, hospitalId, ...values })
    .onConflict((conflict) => conflict.columns(["encounterId", "hospitalId"]).doUpdateSet(values))
    .execute();
}

/** Of the encounter and of all that were merged into it. Its key goes with it: what a copy of the fields says is lost. */
export async function removeIdentities(
  trx: DatabaseTransaction,
  { encounterId, hospitalId }: IdentityKey,
): Promise<void> {
  await sql`
    WITH RECURSIVE merged AS (
      SELECT ${encounterId}::uuid AS encounter_id
      UNION SELECT encounters.encounter_id FROM encounters JOIN merged ON encounters.merged_into = merged.encounter_id
    )
    DELETE FROM identities WHERE hospital_id = ${hospitalId} AND encounter_id IN (SELECT encounter_id FROM merged)`.execute(
    trx,
  );
}
