/**
 * Changed evidence must last before it becomes the status. One rule for every status that settles:
 *
 *   same as the status ─▶ unchanged (or returned, if it was settling)
 *   differs            ─▶ started ─▶ waiting … ─▶ confirmed, once it has lasted
 */
import type { EvidenceRef } from "../../contracts/wire/bed-event.ts";
import type { Moment } from "../moment.ts";

export type Settling<Value> = {
  readonly candidate: Value;
  readonly since: Moment;
  readonly dueMonoMs: number;
  /** The reading that started it. */
  readonly evidence: readonly EvidenceRef[];
};

export type SettleStep<Value> =
  | { readonly kind: "unchanged" }
  | { readonly kind: "returned" }
  | { readonly kind: "started"; readonly settling: Settling<Value> }
  | { readonly kind: "waiting" }
  | { readonly kind: "confirmed"; readonly value: Value; readonly evidence: readonly EvidenceRef[] };

export type SettleInput<Value> = {
  readonly status: Value;
  readonly settling: Settling<Value> | null;
  readonly raw: Value;
  readonly debounceMs: number;
  readonly now: Moment;
  readonly evidence: readonly EvidenceRef[];
};

export function settle<Value>({
  status,
  settling,
  raw,
  debounceMs,
  now,
  evidence,
}: SettleInput<Value>): SettleStep<Value> {
  if (raw === status) return settling === null ? { kind: "unchanged" } : { kind: "returned" };
  if (settling?.candidate === raw) {
    if (now.monoMs < settling.dueMonoMs) return { kind: "waiting" };
    return { kind: "confirmed", value: raw, evidence: [...settling.evidence, ...evidence] };
  }
  if (debounceMs === 0) return { kind: "confirmed", value: raw, evidence };
  return {
    kind: "started",
    settling: { candidate: raw, since: now, dueMonoMs: now.monoMs + debounceMs, evidence },
  };
}

/**
 * Whether time alone may confirm: the wait is over, and the source has gone on saying so until now. One that fell
 * silent in the middle of the wait has not been seen to last.
 */
export function isDue<Value>(
  settling: Settling<Value> | null,
  lastEvidence: Moment | null,
  expectedIntervalMs: number,
  now: Moment,
): settling is Settling<Value> {
  if (settling === null || lastEvidence === null || now.monoMs < settling.dueMonoMs) return false;
  return now.monoMs - lastEvidence.monoMs <= 2 * expectedIntervalMs;
}
