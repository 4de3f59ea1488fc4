/** What keeps a bed back, in words: what is, and what was wanted. */
import type { Reason } from "../bed/derive.ts";

/** Of what stands on the bed's axes and its evidence. */
export const REASON_MISFIT_WORDS: Readonly<Record<Reason, string>> = {
  "service-blocked": "blocked, an open bed wanted",
  "service-closed": "closed, an open bed wanted",
  "service-out-of-service": "out of service, an open bed wanted",
  "service-unknown": "not declared open, an open bed wanted",
  unstaffed: "unstaffed, a staffed bed wanted",
  "staffing-unknown": "staffing not known, a staffed bed wanted",
  "readiness-dirty": "awaits cleaning, a clean bed wanted",
  "readiness-cleaning": "being cleaned, a clean bed wanted",
  "readiness-inspect": "awaits inspection, a clean bed wanted",
  "readiness-unknown": "cleanness not known, a clean bed wanted",
  isolated: "in isolation, a bed without infection wanted",
  contaminated: "contaminated, a bed without infection wanted",
  "infection-unknown": "infection not known, a bed without infection wanted",
  "isolation-room-out-of-limits": "its isolation room is not known to be within limits, that wanted",
  "assignment-held": "held for somebody, an unclaimed bed wanted",
  "assignment-reserved": "reserved for somebody, an unclaimed bed wanted",
  "assignment-assigned": "assigned to somebody, an unclaimed bed wanted",
  "assignment-admitted": "somebody is admitted to it, an unclaimed bed wanted",
  "assignment-on-leave": "its patient is on leave, an unclaimed bed wanted",
  "assignment-unknown": "claims not known, an unclaimed bed wanted",
  present: "somebody is in it, an empty bed wanted",
  "occupancy-unknown": "its sensors do not say whether it is empty, that wanted",
  settling: "its sensor's word has just changed, a settled one wanted",
  "no-sensor": "no sensor, a verified bed wanted",
  "evidence-stale": "evidence too old, fresh evidence wanted",
  "gateway-silent": "its hospital's gateway is silent, fresh evidence wanted",
  "conflict-ghost": "admitted and yet long empty, an undisputed bed wanted",
  "conflict-squat": "somebody unassigned is in it, an undisputed bed wanted",
  "sensor-suspect": "its sensor is suspect, a trusted one wanted",
  "sensor-decides": "its sensor decides, no declaration wanted",
  "declaration-missing": "nobody has declared it empty, that wanted",
  "declaration-expired": "the word that it is empty has lapsed, a current one wanted",
};

/** "a", "a and b", "a, b and c". */
export function listWords(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}
