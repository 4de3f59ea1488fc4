/** How far a statement is proven, in the words of who has to rely on it, and never more than is proven. Pure. */
import { exactMomentWords } from "../../../contracts/ui/clock-words.ts";
import type { BedEvidence, BedStatement } from "../../../contracts/wire/evidence.ts";

type Setting = Pick<BedEvidence, "witnessesMin" | "isAnchoring">;

/** `waitsSinceMs`: what is missing has been missing since then; null: it is not missing, or is not to come. */
export type ProofStep = {
  readonly word: "Logged" | "Witnessed" | "Anchored";
  readonly isThere: boolean;
  readonly words: string;
  readonly more: string | null;
  readonly waitsSinceMs: number | null;
};

const counted = new Intl.NumberFormat("en-GB");
export const countWords = (count: number) => counted.format(count);
const listed = new Intl.ListFormat("en-GB");

/** The steps in their order; one that can only follow another is not told before that other is there. */
export function proofSteps(statement: BedStatement, setting: Setting, nowMs: number): ProofStep[] {
  const { logged, witnessed, anchored, observedAt } = statement;
  const steps = [loggedStep(logged, Date.parse(observedAt), nowMs)];
  if (logged?.signedAt == null && witnessed === null) return steps;
  steps.push(witnessedStep(witnessed, momentOf(logged?.signedAt ?? null), setting, nowMs));
  if (witnessed === null && anchored === null) return steps;
  return [...steps, anchoredStep(anchored, momentOf(witnessed?.at ?? null), setting, nowMs)];
}

const momentOf = (at: string | null) => (at === null ? null : Date.parse(at));

function loggedStep(logged: BedStatement["logged"], saidAtMs: number, nowMs: number): ProofStep {
  const word = "Logged";
  if (logged === null)
    return { word, isThere: false, words: "Not logged yet", more: null, waitsSinceMs: saidAtMs };
  const entry = `entry ${countWords(logged.index + 1)} in the log of ${gatewayWords(logged.origin)}`;
  if (logged.signedAt === null)
    return { word, isThere: false, words: "Logged, not signed yet", more: entry, waitsSinceMs: saidAtMs };
  const at = exactMomentWords(Date.parse(logged.signedAt), nowMs);
  return { word, isThere: true, words: `Logged at ${at}`, more: entry, waitsSinceMs: null };
}

function witnessedStep(
  witnessed: BedStatement["witnessed"],
  signedAtMs: number | null,
  { witnessesMin }: Setting,
  nowMs: number,
): ProofStep {
  const word = "Witnessed";
  if (witnessed === null) {
    const more =
      witnessesMin > 1 ? `It takes ${witnessesMin} other gateways.` : "It takes another hospital’s gateway.";
    return { word, isThere: false, words: "Not witnessed yet", more, waitsSinceMs: signedAtMs };
  }
  const at = exactMomentWords(Date.parse(witnessed.at), nowMs);
  if (witnessed.witnesses.length === 0)
    return {
      word,
      isThere: false,
      words: `In this service’s log at ${at}, witnessed by nobody`,
      more: "No witness is asked for here: this service vouches for it alone.",
      waitsSinceMs: null,
    };
  const who = listed.format(witnessed.witnesses.map(witnessWords));
  return { word, isThere: true, words: `Witnessed at ${at} by ${who}`, more: null, waitsSinceMs: null };
}

function anchoredStep(
  anchored: BedStatement["anchored"],
  witnessedAtMs: number | null,
  { isAnchoring }: Setting,
  nowMs: number,
): ProofStep {
  const word = "Anchored";
  if (anchored !== null)
    return {
      word,
      isThere: true,
      words: `Anchored in block ${countWords(anchored.blockNumber)} at ${exactMomentWords(Date.parse(anchored.blockAt), nowMs)}`,
      more: `of the Ethereum chain ${anchored.chainId}`,
      waitsSinceMs: null,
    };
  return isAnchoring
    ? { word, isThere: false, words: "Not anchored yet", more: null, waitsSinceMs: witnessedAtMs }
    : { word, isThere: false, words: "Not anchored: no chain is set up", more: null, waitsSinceMs: null };
}

type Witness = NonNullable<BedStatement["witnessed"]>["witnesses"][number];

function witnessWords({ hospitalName, hospitalId, gatewayId }: Witness): string {
  return hospitalName ?? hospitalId ?? `gateway ${gatewayId}`;
}

/** `hospitell/gateway/<gatewayId>/<epoch>`; what is not of that form stands as it came. */
export function gatewayWords(origin: string): string {
  const [, gatewayId] = /^hospitell\/gateway\/(.+)\/[^/]+$/.exec(origin) ?? [];
  return gatewayId === undefined ? origin : `gateway ${gatewayId}`;
}

/** A step in half a sentence, for lists: "Witnessed at 10:11:09 by Southbank Hospital". */
export function furthestWords(statement: BedStatement, setting: Setting, nowMs: number): string {
  const steps = proofSteps(statement, setting, nowMs);
  const there = steps.filter(({ isThere }) => isThere).map(({ words }) => words);
  const missing = steps.find(({ isThere }) => !isThere);
  return [...there, ...(missing === undefined ? [] : [missing.words])].join(" · ");
}

/** Both forms of a statement's file, and what they are called once they are kept. */
export function bundleLinks({ bundle, seq }: Pick<BedStatement, "bundle" | "seq">, bedId: string) {
  if (bundle === null) return [];
  const [path = "", query = ""] = bundle.split("?");
  return (["json", "car"] as const).map((format) => {
    const search = new URLSearchParams(query);
    search.set("format", format);
    return { format, href: `${path}?${search}`, fileName: `${bedId}-${seq}.${format}` };
  });
}
