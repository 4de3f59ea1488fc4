/** May this caller use this route? Pure. */
import type { Role } from "../../contracts/wire/roles.ts";
import type { Rule } from "./rules.ts";
import type { Caller } from "./scope.ts";

export type Access = "allowed" | "unauthenticated" | "forbidden";

export function decideAccess(rule: Rule, caller: Caller): Access {
  if (rule.open) return "allowed";
  if (caller.kind === "nobody") return "unauthenticated";
  const role: Role = caller.kind === "gateway" ? "gateway" : caller.role;
  return rule.roles.includes(role) ? "allowed" : "forbidden";
}
