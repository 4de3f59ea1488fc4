/** Who is signed in, and the one-time links by which people sign in until they have accounts. */
import * as z from "zod";
import { At } from "./board.ts";
import { HospitalId } from "./ids.ts";
import { NETWORK_ROLES, PersonRole } from "./roles.ts";

export const Session = z.object({
  role: PersonRole,
  /** Null for the roles that see every hospital. */
  hospitalId: HospitalId.nullable(),
});
export type Session = z.infer<typeof Session>;

export const SignInLinkRequest = z
  .object({ role: PersonRole, hospitalId: HospitalId.optional() })
  .refine(({ role, hospitalId }) => NETWORK_ROLES.includes(role) === (hospitalId === undefined), {
    message: "expected for a role that ends at a hospital's walls, and for no other",
    path: ["hospitalId"],
  });
export type SignInLinkRequest = z.infer<typeof SignInLinkRequest>;

export const SignInLink = z.object({ url: z.url(), expiresAt: At });
export type SignInLink = z.infer<typeof SignInLink>;
