/** Who may let whom in. Pure. */
import type { PersonRole } from "../../contracts/wire/roles.ts";
import type { PersonCaller } from "./scope.ts";
import type { Identity } from "./sessions.ts";

/** Not other admins: a hospital's admin cannot multiply. */
const INVITED_BY_HOSPITAL_ADMIN: readonly PersonRole[] = ["nurse", "doctor", "facility-engineer"];

export function mayInvite(caller: PersonCaller, invited: Identity): boolean {
  switch (caller.role) {
    case "super-admin":
      return true;
    case "hospital-admin":
      return invited.hospitalId === caller.hospitalId && INVITED_BY_HOSPITAL_ADMIN.includes(invited.role);
    default:
      return false;
  }
}
