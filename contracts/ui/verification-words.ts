import type { Verification } from "../bed/derive.ts";
import type { Freshness } from "../bed/freshness.ts";
import { VERIFICATION_WORDS } from "./states.ts";

/** A sensor that is heard and says that it does not know proves nothing either, but stale it is not. */
export function verificationWords(verification: Verification, freshness: Freshness | null): string {
  const isHeard = freshness === "fresh" || freshness === "late";
  return verification === "stale" && isHeard ? "Not verified" : VERIFICATION_WORDS[verification];
}
