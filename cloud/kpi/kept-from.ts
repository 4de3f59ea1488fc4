/** From when on the bed events of a hospital are kept, by its retention policy. Pure. */
import type { RetentionPolicy } from "../../config/history.ts";
import type { HospitalId } from "../../contracts/wire/ids.ts";
import { cutoffsOf, policyFor } from "../retention/policy.ts";

/** 0: all of them. A legal hold may keep single ones longer, which is too little to add anything up from. */
export function keptFromMs(
  policies: readonly RetentionPolicy[],
  hospitalId: HospitalId,
  nowMs: number,
): number {
  const policy = policyFor(policies, "bed-events", hospitalId);
  return policy === null ? 0 : Math.max(cutoffsOf(policy, nowMs).rawMs, 0);
}
