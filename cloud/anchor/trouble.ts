/** What can go wrong between this service and a chain, told apart for who has to do something about it. */

export const TROUBLE_KINDS = [
  /** No endpoint, or not each, answers. */
  "unreachable",
  /** Endpoints do not say the same; for now neither is believed. */
  "disagreement",
  /** What an endpoint says does not hold together: another chain, a header of another hash, a receipt that is in no block. */
  "disbelieved",
  /** The contract would not take it, or is not there. */
  "contract",
  /** The node did not take the transaction, or did not do what it was asked. */
  "rejected",
  /** The account cannot pay. */
  "funds",
  /** Gas costs more than the cap. */
  "fee",
] as const;
export type TroubleKind = (typeof TROUBLE_KINDS)[number];

const SENTENCE_CHARS_MAX = 300;
/** Addresses of endpoints hold access keys. */
const ADDRESS = /\b(?:https?|wss?):\/\/\S+/g;

/** `message` is a sentence for operators, without any endpoint's address. */
export class AnchorTrouble extends Error {
  override readonly name = "AnchorTrouble";
  readonly kind: TroubleKind;

  constructor(kind: TroubleKind, sentence: string) {
    super(sentence.replaceAll(ADDRESS, "(address)").slice(0, SENTENCE_CHARS_MAX));
    this.kind = kind;
  }
}

/** What cannot even be worked with, such as digits that are none, is not believed, and ends nobody. */
export async function orDisbelieved<Answer>(what: string, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AnchorTrouble) throw error;
    const why = error instanceof Error ? error.message : "unknown error";
    throw new AnchorTrouble("disbelieved", `${what} cannot be worked with: ${why}`);
  }
}
