/** What is to be held of a verdict on a forged bundle. */
import type { Statement, Verdict } from "../../../contracts/log/verify-bundle.ts";
import type { Forged } from "./forged.ts";

/**
 * `same-statement`: what was changed says nothing, such as a line of a note that is another's. `other-block`: only the
 * block's hash tells, which the reader compares with a chain.
 */
export type Finding = "refused" | "same-statement" | "other-block" | { readonly miss: string };

/** `original`: what the bundle said before it was changed. */
export function findingOf(forged: Forged, verdict: Verdict, original: Statement): Finding {
  const name = `${forged.kind} of bundle ${forged.of}`;
  if (!verdict.ok) {
    const isMeant = forged.reason === null || forged.reason === verdict.reason;
    return isMeant ? "refused" : { miss: `${name}: ${verdict.reason} instead of ${forged.reason}` };
  }
  const { statement } = verdict;
  if (forged.reason !== null) return { miss: `${name} was accepted` };
  if (JSON.stringify(statement) === JSON.stringify(original)) return "same-statement";
  const isOtherBlock = statement.anchor?.blockHash !== original.anchor?.blockHash;
  const isElseSame = JSON.stringify(statement, withoutBlock) === JSON.stringify(original, withoutBlock);
  return isOtherBlock && isElseSame
    ? "other-block"
    : { miss: `${name} was accepted and says something else` };
}

const withoutBlock = (name: string, value: unknown) => (name.startsWith("block") ? undefined : value);
