/** How a hospital books: what it has said, or the defaults. */
import { DEFAULT_POLICY } from "../../contracts/booking/default-policy.ts";
import type { HospitalId } from "../../contracts/wire/ids.ts";
import { HospitalPolicyBody } from "../../contracts/wire/ward-desk.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";

/** `version` 0: it has said nothing. */
export type StoredPolicy = { readonly policy: HospitalPolicyBody; readonly version: number };

export async function policyOf(
  db: Database | DatabaseTransaction,
  hospitalId: HospitalId,
): Promise<HospitalPolicyBody> {
  const { policy } = await storedPolicyOf(db, hospitalId);
  return policy;
}

export async function storedPolicyOf(
  db: Database | DatabaseTransaction,
  hospitalId: HospitalId,
): Promise<StoredPolicy> {
  const row = await db
    .selectFrom("hospitalPolicies")
    .select(["policy", "version"])
    .where("hospitalId", "=", hospitalId)
    .executeTakeFirst();
  if (row === undefined) return { policy: DEFAULT_POLICY, version: 0 };
  return { policy: HospitalPolicyBody.parse(row.policy), version: row.version };
}
