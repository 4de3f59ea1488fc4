/** What becomes of a batch, by where its lane stands. Pure. */

export type LaneState = {
  /** Everything up to this is stored or parked. */
  readonly highWaterMarkSeq: number;
  /** A newer journal of the same gateway has been accepted. */
  readonly superseded: boolean;
};

export type BatchRange = {
  readonly firstSeq: number;
  readonly count: number;
  /** What the gateway says it no longer has; a cloud restored from an older copy asks for it in vain. */
  readonly missing: SeqRange | null;
};
export type SeqRange = { readonly fromSeq: number; readonly throughSeq: number };

export type BatchDecision =
  | { readonly kind: "gap"; readonly expectedSeq: number }
  | { readonly kind: "superseded" }
  /** Its first `knownCount` records are stored already: a reply was lost. */
  | { readonly kind: "take"; readonly knownCount: number; readonly lost: SeqRange | null };

/** `lane` null: a journal that was never heard of; it begins with 1. */
export function decideBatch(lane: LaneState | null, { firstSeq, count, missing }: BatchRange): BatchDecision {
  const markSeq = lane?.highWaterMarkSeq ?? 0;
  const lastSeq = firstSeq + count - 1;
  if (lane?.superseded === true && lastSeq > markSeq) return { kind: "superseded" };
  if (firstSeq <= markSeq + 1) {
    return { kind: "take", knownCount: Math.min(count, markSeq - firstSeq + 1), lost: null };
  }
  // Only a gap that the gateway accounts for to the last number is noted and passed; any other is asked for.
  const isAccountedFor =
    missing !== null && missing.fromSeq <= markSeq + 1 && missing.throughSeq === firstSeq - 1;
  if (!isAccountedFor) return { kind: "gap", expectedSeq: markSeq + 1 };
  return { kind: "take", knownCount: 0, lost: { fromSeq: markSeq + 1, throughSeq: firstSeq - 1 } };
}
