/** Who is calling, and how far they see. Pure. */
import type { GatewayId, HospitalId } from "../../contracts/wire/ids.ts";
import { NETWORK_ROLES, type PersonRole } from "../../contracts/wire/roles.ts";

export type GatewayCaller = {
  readonly kind: "gateway";
  readonly gatewayId: GatewayId;
  readonly hospitalId: HospitalId;
};
export type PersonCaller = {
  readonly kind: "person";
  readonly role: PersonRole;
  readonly hospitalId: HospitalId | null;
  readonly sessionSha256: string;
};
export type Caller = { readonly kind: "nobody" } | GatewayCaller | PersonCaller;
export const NOBODY: Caller = { kind: "nobody" };

/** Every hospital, or one. */
export type Scope =
  | { readonly kind: "network" }
  | { readonly kind: "hospital"; readonly hospitalId: HospitalId };

export function scopeOf({ role, hospitalId }: PersonCaller): Scope {
  if (NETWORK_ROLES.includes(role)) return { kind: "network" };
  if (hospitalId === null) throw new Error(`a session of role ${role} has no hospital`);
  return { kind: "hospital", hospitalId };
}

export function sees(scope: Scope, hospitalId: HospitalId): boolean {
  return scope.kind === "network" || scope.hospitalId === hospitalId;
}

/** The rules let only people, or only gateways, reach a handler; these two say so to the type checker. */
export function personOf(caller: Caller): PersonCaller {
  if (caller.kind !== "person") throw new Error(`a person was expected, ${caller.kind} came`);
  return caller;
}

export function gatewayOf(caller: Caller): GatewayCaller {
  if (caller.kind !== "gateway") throw new Error(`a gateway was expected, ${caller.kind} came`);
  return caller;
}
