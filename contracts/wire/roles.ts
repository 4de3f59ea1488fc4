import * as z from "zod";

/** Who may call. People carry one role, and a hospital where the role ends at its walls. */
export const ROLES = [
  "super-admin",
  "hospital-admin",
  "doctor",
  "nurse",
  "patient",
  "emergency-coordinator",
  "facility-engineer",
  "gateway",
] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

/** Roles that see every hospital; all others are bound to their own. */
export const NETWORK_ROLES: readonly Role[] = ["super-admin", "emergency-coordinator"];

export const PersonRole = Role.exclude(["gateway"]);
export type PersonRole = z.infer<typeof PersonRole>;
