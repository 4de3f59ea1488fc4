/** Bed profiles and hospital policies in the database. */
import { sql } from "kysely";
import * as z from "zod";
import { BedProfileBody } from "../../contracts/booking/bed-profile.ts";
import { BedId, HospitalId, WardId } from "../../contracts/wire/ids.ts";
import type { HospitalPolicyBody } from "../../contracts/wire/ward-desk.ts";
import type { Scope } from "../access/scope.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";

const ProfiledBed = z.object({
  bedId: BedId,
  label: z.string(),
  hospitalId: HospitalId,
  wardId: WardId,
  wardName: z.string(),
  roomName: z.string(),
  profile: BedProfileBody.nullable(),
  version: z.int(),
});
export type ProfiledBed = z.infer<typeof ProfiledBed>;

type Which = { readonly hospitalId?: HospitalId | undefined; readonly bedId?: BedId | undefined };

/** Beds in service. `lock`: nobody else changes their profiles until the transaction ends. */
export async function profiledBeds(
  db: Database,
  scope: Scope,
  { hospitalId, bedId }: Which,
  lock: "lock" | "look" = "look",
): Promise<ProfiledBed[]> {
  const conditions = [sql`NOT bed.removed`];
  if (scope.kind === "hospital") conditions.push(sql`bed.hospital_id = ${scope.hospitalId}`);
  if (hospitalId !== undefined) conditions.push(sql`bed.hospital_id = ${hospitalId}`);
  if (bedId !== undefined) conditions.push(sql`bed.bed_id = ${bedId}`);
  const which = sql.join(conditions, sql` AND `);
  // A statement of its own: what others stored while this one waited for the beds is then seen.
  if (lock === "lock")
    await sql`SELECT 1 FROM beds bed WHERE ${which} ORDER BY bed.bed_id FOR UPDATE`.execute(db);
  const { rows } = await sql`
    SELECT bed.bed_id, bed.label, bed.hospital_id, bed.ward_id, bed.ward_name, bed.room_name,
      coalesce(profile.version, 0) AS version,
      CASE WHEN profile.bed_id IS NULL THEN NULL ELSE jsonb_build_object(
        'levelOfCare', profile.level_of_care, 'features', profile.features, 'ageBands', profile.age_bands,
        'sexRule', profile.sex_rule, 'patientMassKgMax', profile.patient_mass_kg_max) END AS profile
    FROM beds bed LEFT JOIN bed_profiles profile ON profile.bed_id = bed.bed_id
    WHERE ${which} ORDER BY bed.bed_id`.execute(db);
  return ProfiledBed.array().parse(rows);
}

/** Of a locked bed. */
export async function storeProfile(
  trx: DatabaseTransaction,
  { bedId, hospitalId }: Pick<ProfiledBed, "bedId" | "hospitalId">,
  profile: BedProfileBody,
  version: number,
): Promise<void> {
  const { features, ageBands, ...rest } = profile;
  const row = {
    hospitalId,
    ...rest,
    features: JSON.stringify(features),
    ageBands: JSON.stringify(ageBands),
    version,
  };
  await trx
    .insertInto("bedProfiles")
    .values({ bedId, ...row })
    .onConflict((conflict) => conflict.column("bedId").doUpdateSet(row))
    .execute();
}

export async function hospitalName(db: Database, hospitalId: HospitalId): Promise<string | undefined> {
  const row = await db
    .selectFrom("hospitals")
    .select("name")
    .where("hospitalId", "=", hospitalId)
    .executeTakeFirst();
  return row?.name;
}

/** Until the transaction ends nobody else changes the hospital's policy, its first one included. */
export async function lockHospital(trx: DatabaseTransaction, hospitalId: HospitalId): Promise<void> {
  await sql`SELECT 1 FROM hospitals WHERE hospital_id = ${hospitalId} FOR NO KEY UPDATE`.execute(trx);
}

/** Of a locked hospital. */
export async function storePolicy(
  trx: DatabaseTransaction,
  hospitalId: HospitalId,
  policy: HospitalPolicyBody,
  version: number,
): Promise<void> {
  const row = { policy: JSON.stringify(policy), version };
  await trx
    .insertInto("hospitalPolicies")
    .values({ hospitalId, ...row })
    .onConflict((conflict) => conflict.column("hospitalId").doUpdateSet(row))
    .execute();
}
