/** What becomes of a batch, by where its lane stands. Pure. */

export type LaneState = {
  /** Everything up to this is stored, parked or given up. */
  readonly highWaterMarkSeq: number;
  /** A newer journal of the same gateway has been accepted. */
  readonly superseded: boolean;
};

export type SeqRange = { readonly fromSeq: number; readonly throughSeq: number };

export type BatchDecision =
  | { readonly kind: "gap"; readonly expectedSeq: number }
  | { readonly kind: "superseded" }
  /** Its first `knownCount` records are stored already: a reply was lost. */
  | { readonly kind: "take"; readonly knownCount: number };

/** `lane` null: a journal that was never heard of; it begins with 1. */
export function decideBatch(lane: LaneState | null, { fromSeq, throughSeq }: SeqRange): BatchDecision {
  const markSeq = lane?.highWaterMarkSeq ?? 0;
  if (lane?.superseded === true && throughSeq > markSeq) return { kind: "superseded" };
  if (fromSeq > markSeq + 1) return { kind: "gap", expectedSeq: markSeq + 1 };
  return { kind: "take", knownCount: Math.min(throughSeq, markSeq) - fromSeq + 1 };
}
