import type { PersonRole } from "../wire/roles.ts";

/** Who somebody is to the others: what they do, never their name. */
export const ROLE_WORDS: Readonly<Record<PersonRole, string>> = {
  "super-admin": "the network's administration",
  "hospital-admin": "the hospital's administration",
  doctor: "a doctor",
  nurse: "a nurse",
  patient: "a patient",
  "emergency-coordinator": "an emergency coordinator",
  "facility-engineer": "a facility engineer",
};
