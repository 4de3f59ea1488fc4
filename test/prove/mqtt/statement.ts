/** One normative statement of MQTT 3.1.1, in our words, and what becomes of it here. */
import type { Bench } from "./bench.ts";

export type Check = (bench: Bench) => Promise<void>;
export type Statement = {
  /** As the standard numbers it. */
  readonly id: string;
  readonly says: string;
  readonly verdict:
    | { readonly kind: "met"; readonly check: Check }
    | { readonly kind: "not-met"; readonly because: string }
    | { readonly kind: "not-applicable"; readonly because: string };
};

export const met = (id: string, says: string, check: Check): Statement => ({
  id,
  says,
  verdict: { kind: "met", check },
});
export const notMet = (id: string, says: string, because: string): Statement => ({
  id,
  says,
  verdict: { kind: "not-met", because },
});
export const notApplicable = (id: string, says: string, because: string): Statement => ({
  id,
  says,
  verdict: { kind: "not-applicable", because },
});
