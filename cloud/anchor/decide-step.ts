/**
 * What is done next about one anchor, from what is stored of it and what the chain shows. Pure.
 *
 *   queued ─▶ signed ─▶ sent ─▶ mined ─▶ safe ─▶ finalized
 *               ▲▲        │       │        │
 *               │└ dearer ┘       └────────┴─▶ sent: its block is no more (a reorg), or its bytes are known nowhere
 *               └ its nonce went to another transaction, for good
 *
 * superseded: the contract holds a larger tree at a final block, and this one's event is not in the chain.
 */
import type { AnchoredHead } from "./contract.ts";
import { bumpedFees, type Fees, feesFor, type Market } from "./fees.ts";

/** In which something is left to do. */
export const UNFINISHED_STATES = ["queued", "signed", "sent", "mined", "safe"] as const;
export type UnfinishedState = (typeof UNFINISHED_STATES)[number];

export type SignedTransaction = Fees & {
  readonly hash: string;
  readonly nonce: number;
  /** The newest block when it was signed, or when its own block was no more. */
  readonly waitingSinceBlock: number;
  readonly isSent: boolean;
};

export type PendingAnchor = AnchoredHead & {
  readonly anchorId: number;
  readonly state: UnfinishedState;
  /** All that were signed for it, the newest last; any of them may come into a block. */
  readonly transactions: readonly SignedTransaction[];
  /** Where it stood when it was looked at last. */
  readonly blockHash: string | null;
};

/** Where one of an anchor's transactions stands in the chain of this moment, as all endpoints say. */
export type Inclusion = {
  readonly transactionHash: string;
  readonly blockNumber: number;
  readonly blockHash: string;
  /** The contract's event of this size and root is in its receipt. */
  readonly hasEvent: boolean;
};

/** The chain as all endpoints show it. */
export type ChainView = {
  readonly newestBlock: number;
  readonly safeBlock: number;
  readonly finalBlock: number;
  /** The publisher's next nonce by the newest block, and by the newest final one. */
  readonly nextNonce: number;
  readonly finalNonce: number;
  /** Leaves of the tree that the contract holds by the newest final block. */
  readonly finalSize: number;
  readonly market: Market;
};

export type Seen = ChainView & {
  readonly inclusion: Inclusion | null;
  /** The newest transaction's bytes are known to the nodes. */
  readonly isPooled: boolean;
  /** Where the next transaction goes: behind the blocks, and behind our own that wait. */
  readonly freeNonce: number;
  /** What the contract would answer now; null: it would take it. */
  readonly refusal: string | null;
};

export type StepLimits = { readonly feeCapWei: bigint; readonly bumpAfterBlocks: number };

export const WAITS = ["block", "finality", "nonce", "fee", "contract"] as const;
export type Step =
  | { readonly do: "wait"; readonly for: (typeof WAITS)[number] }
  | { readonly do: "sign"; readonly nonce: number; readonly fees: Fees }
  | { readonly do: "send"; readonly hash: string }
  | { readonly do: "note"; readonly state: "mined" | "safe"; readonly inclusion: Inclusion }
  | { readonly do: "forget-block" }
  | { readonly do: "finalize"; readonly inclusion: Inclusion }
  | { readonly do: "supersede" };

export function decideStep(anchor: PendingAnchor, seen: Seen, limits: StepLimits): Step {
  const { inclusion } = seen;
  if (inclusion?.hasEvent) return inBlock(anchor, seen, inclusion);
  if (anchor.state === "mined" || anchor.state === "safe") return { do: "forget-block" };
  if (seen.finalSize >= anchor.size) return { do: "supersede" };
  // It came into a block without its event: whether that stays is not known yet.
  if (inclusion !== null && inclusion.blockNumber > seen.finalBlock) return { do: "wait", for: "finality" };
  return outsideBlocks(anchor, seen, limits);
}

function inBlock(anchor: PendingAnchor, seen: Seen, inclusion: Inclusion): Step {
  if (inclusion.blockNumber <= seen.finalBlock) return { do: "finalize", inclusion };
  const state = inclusion.blockNumber <= seen.safeBlock ? "safe" : "mined";
  return anchor.state === state && anchor.blockHash === inclusion.blockHash
    ? { do: "wait", for: "finality" }
    : { do: "note", state, inclusion };
}

function outsideBlocks({ transactions }: PendingAnchor, seen: Seen, limits: StepLimits): Step {
  const newest = transactions.at(-1);
  if (newest === undefined || newest.nonce < seen.finalNonce) return signAnew(seen, limits);
  if (newest.nonce < seen.nextNonce) return { do: "wait", for: "nonce" };
  // What stood before it is gone from the chain for now: with this number it would wait for ever.
  if (newest.nonce > seen.freeNonce) return signAnew(seen, limits);
  const isTaken = newest.isSent && seen.isPooled;
  const isNext = newest.nonce === seen.nextNonce;
  const hasWaited = newest.isSent && seen.newestBlock - newest.waitingSinceBlock >= limits.bumpAfterBlocks;
  // No node takes it, or keeps it, below the price of the block.
  const isTooCheap = newest.maxFeeWei < seen.market.baseFeeWei;
  if (!isNext || !(hasWaited || (isTooCheap && !isTaken)))
    return isTaken ? { do: "wait", for: "block" } : { do: "send", hash: newest.hash };
  const fees = bumpedFees(newest, seen.market, limits.feeCapWei);
  if (fees !== null) return { do: "sign", nonce: newest.nonce, fees };
  return isTaken || isTooCheap ? { do: "wait", for: "fee" } : { do: "send", hash: newest.hash };
}

function signAnew({ refusal, market, freeNonce }: Seen, { feeCapWei }: StepLimits): Step {
  if (refusal !== null) return { do: "wait", for: "contract" };
  const fees = feesFor(market, feeCapWei);
  return fees === null ? { do: "wait", for: "fee" } : { do: "sign", nonce: freeNonce, fees };
}

/** The next number behind the chain's and behind those of earlier anchors that wait for their block. */
export function freeNonce(nextNonce: number, waiting: readonly number[]): number {
  let free = nextNonce;
  for (const nonce of waiting.toSorted((one, other) => one - other)) if (nonce === free) free += 1;
  return free;
}
