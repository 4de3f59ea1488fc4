/** Consents in the database. A row is added, and withdrawn once; nothing else in it changes. */
import { type RawBuilder, sql } from "kysely";
import * as z from "zod";
import { CONSENT_KINDS } from "../../contracts/wire/documents.ts";
import { HospitalId } from "../../contracts/wire/ids.ts";
import { PersonRole } from "../../contracts/wire/roles.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import { mergedInto } from "./repository.ts";

const StoredConsent = z.object({
  consentId: z.uuid(),
  encounterId: z.uuid(),
  kind: z.enum(CONSENT_KINDS),
  hospitalId: HospitalId,
  hospitalName: z.string(),
  untilMs: z.int(),
  formDocumentId: z.uuid().nullable(),
  givenAtMs: z.int(),
  givenRole: PersonRole,
  givenHospitalId: HospitalId,
  givenOrigin: z.string().nullable(),
  givenIndex: z.int().nullable(),
  withdrawnAtMs: z.int().nullable(),
  withdrawnRole: PersonRole.nullable(),
  withdrawnHospitalId: HospitalId.nullable(),
  withdrawnOrigin: z.string().nullable(),
  withdrawnIndex: z.int().nullable(),
});
export type StoredConsent = z.infer<typeof StoredConsent>;

/** Newest first. `where` speaks of `consent`. */
async function selectConsents(
  trx: DatabaseTransaction,
  where: RawBuilder<unknown>,
): Promise<StoredConsent[]> {
  const { rows } = await sql`
    SELECT consent.*, hospital.name AS hospital_name, given_log.origin AS given_origin, given.index AS given_index,
      withdrawn_log.origin AS withdrawn_origin, withdrawn.index AS withdrawn_index
    FROM consents consent JOIN hospitals hospital ON hospital.hospital_id = consent.hospital_id
      LEFT JOIN evidence_leaves given ON given.entry_id = consent.given_entry_id
      LEFT JOIN evidence_logs given_log ON given_log.log_id = given.log_id
      LEFT JOIN evidence_leaves withdrawn ON withdrawn.entry_id = consent.withdrawn_entry_id
      LEFT JOIN evidence_logs withdrawn_log ON withdrawn_log.log_id = withdrawn.log_id
    WHERE ${where} ORDER BY consent.given_at_ms DESC, consent.consent_id`.execute(trx);
  return StoredConsent.array().parse(rows);
}

/** Of the encounter, and of those that were merged into it. */
export async function consentsOf(trx: DatabaseTransaction, encounterId: string): Promise<StoredConsent[]> {
  return await selectConsents(trx, sql`consent.encounter_id IN (${mergedInto(encounterId)})`);
}

/** Nobody else withdraws it, to the transaction's end. */
export async function lockConsent(
  trx: DatabaseTransaction,
  consentId: string,
): Promise<StoredConsent | undefined> {
  await sql`SELECT 1 FROM consents WHERE consent_id = ${consentId} FOR UPDATE`.execute(trx);
  const [found] = await selectConsents(trx, sql`consent.consent_id = ${consentId}`);
  return found;
}
