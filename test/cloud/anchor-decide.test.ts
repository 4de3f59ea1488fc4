import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decideStep,
  freeNonce,
  type Inclusion,
  type PendingAnchor,
  type Seen,
  type SignedTransaction,
} from "../../cloud/anchor/decide-step.ts";
import { bumpedFees, feesFor } from "../../cloud/anchor/fees.ts";

const GWEI = 10n ** 9n;
const LIMITS = { feeCapWei: 50n * GWEI, bumpAfterBlocks: 3 };
const root = `0x${"ab".repeat(32)}`;

const transaction = (changed: Partial<SignedTransaction> = {}): SignedTransaction => ({
  hash: "0x01",
  nonce: 7,
  maxFeeWei: 4n * GWEI,
  tipWei: 1n * GWEI,
  waitingSinceBlock: 100,
  isSent: true,
  ...changed,
});
const anchor = (changed: Partial<PendingAnchor> = {}): PendingAnchor => ({
  anchorId: 1,
  size: 40,
  root,
  state: "sent",
  transactions: [transaction()],
  blockHash: null,
  ...changed,
});
const seen = (changed: Partial<Seen> = {}): Seen => ({
  newestBlock: 101,
  safeBlock: 68,
  finalBlock: 36,
  nextNonce: 7,
  finalNonce: 7,
  finalSize: 30,
  market: { baseFeeWei: GWEI, tipWei: GWEI },
  inclusion: null,
  isPooled: true,
  freeNonce: 7,
  refusal: null,
  ...changed,
});
const included = (blockNumber: number, changed: Partial<Inclusion> = {}): Inclusion => ({
  transactionHash: "0x01",
  blockNumber,
  blockHash: "0xb1",
  hasEvent: true,
  ...changed,
});
const queued = anchor({ state: "queued", transactions: [] });
const fees = { maxFeeWei: 3n * GWEI, tipWei: GWEI };

describe("what is done next about an anchor", () => {
  test.each<[string, PendingAnchor, Seen, object]>([
    ["queued: it is signed for the next number", queued, seen(), { do: "sign", nonce: 7, fees }],
    [
      "queued behind one that waits: for the number after that one's",
      queued,
      seen({ freeNonce: 8 }),
      { do: "sign", nonce: 8, fees },
    ],
    [
      "queued, and the contract would not take it",
      queued,
      seen({ refusal: "NotPublisher()" }),
      { do: "wait", for: "contract" },
    ],
    [
      "queued, and gas costs more than the cap",
      queued,
      seen({ market: { baseFeeWei: 50n * GWEI, tipWei: 1n } }),
      { do: "wait", for: "fee" },
    ],
    [
      "signed: it is sent",
      anchor({ state: "signed", transactions: [transaction({ isSent: false })] }),
      seen({ isPooled: false }),
      { do: "send", hash: "0x01" },
    ],
    [
      "signed, and in a block all the same: somebody died between sending and noting it",
      anchor({ state: "signed", transactions: [transaction({ isSent: false })] }),
      seen({ inclusion: included(101), nextNonce: 8 }),
      { do: "note", state: "mined", inclusion: included(101) },
    ],
    ["sent, and waiting", anchor(), seen(), { do: "wait", for: "block" }],
    [
      "sent, and dropped: the same bytes again",
      anchor(),
      seen({ isPooled: false }),
      { do: "send", hash: "0x01" },
    ],
    [
      "sent, and three blocks went by without it: an eighth more for the same number",
      anchor(),
      seen({ newestBlock: 103 }),
      { do: "sign", nonce: 7, fees: { maxFeeWei: (9n * GWEI) / 2n, tipWei: (9n * GWEI) / 8n } },
    ],
    [
      "sent, three blocks without it, and no room below the cap",
      anchor({ transactions: [transaction({ maxFeeWei: 45n * GWEI })] }),
      seen({ newestBlock: 103 }),
      { do: "wait", for: "fee" },
    ],
    [
      "signed long ago: the same bytes all the same",
      anchor({ state: "signed", transactions: [transaction({ isSent: false })] }),
      seen({ isPooled: false, newestBlock: 9_000 }),
      { do: "send", hash: "0x01" },
    ],
    [
      "signed, and cheaper than any block by now: dearer, before it is sent",
      anchor({ state: "signed", transactions: [transaction({ isSent: false })] }),
      seen({ isPooled: false, market: { baseFeeWei: 5n * GWEI, tipWei: GWEI } }),
      { do: "sign", nonce: 7, fees: { maxFeeWei: (89n * GWEI) / 8n, tipWei: (9n * GWEI) / 8n } },
    ],
    [
      "dropped for its price, and no room below the cap: it waits for a better time",
      anchor({ transactions: [transaction({ maxFeeWei: 45n * GWEI })] }),
      seen({ isPooled: false, market: { baseFeeWei: 60n * GWEI, tipWei: GWEI } }),
      { do: "wait", for: "fee" },
    ],
    [
      "dropped, three blocks without it, and no room below the cap: the same bytes again",
      anchor({ transactions: [transaction({ maxFeeWei: 45n * GWEI })] }),
      seen({ isPooled: false, newestBlock: 103 }),
      { do: "send", hash: "0x01" },
    ],
    [
      "sent behind another of ours: that one is made dearer, not this one",
      anchor({ transactions: [transaction({ nonce: 8 })] }),
      seen({ newestBlock: 110, freeNonce: 8 }),
      { do: "wait", for: "block" },
    ],
    [
      "its number went to another, and that is not final",
      anchor(),
      seen({ nextNonce: 8, freeNonce: 8 }),
      { do: "wait", for: "nonce" },
    ],
    [
      "its number went to another for good: a new number",
      anchor(),
      seen({ nextNonce: 9, finalNonce: 8, freeNonce: 9 }),
      { do: "sign", nonce: 9, fees },
    ],
    [
      "numbers before its own are free again after a reorg: the first of them",
      anchor({ transactions: [transaction({ nonce: 9 })] }),
      seen(),
      { do: "sign", nonce: 7, fees },
    ],
    [
      "in a block",
      anchor(),
      seen({ inclusion: included(101), nextNonce: 8 }),
      { do: "note", state: "mined", inclusion: included(101) },
    ],
    [
      "in the block that is known",
      anchor({ state: "mined", blockHash: "0xb1" }),
      seen({ inclusion: included(101), nextNonce: 8 }),
      { do: "wait", for: "finality" },
    ],
    [
      "in another block after a reorg",
      anchor({ state: "mined", blockHash: "0xb0" }),
      seen({ inclusion: included(101), nextNonce: 8 }),
      { do: "note", state: "mined", inclusion: included(101) },
    ],
    [
      "in a safe block",
      anchor({ state: "mined", blockHash: "0xb1" }),
      seen({ inclusion: included(68), nextNonce: 8 }),
      { do: "note", state: "safe", inclusion: included(68) },
    ],
    [
      "in a final block",
      anchor({ state: "safe", blockHash: "0xb1" }),
      seen({ inclusion: included(36), nextNonce: 8, finalNonce: 8, finalSize: 40 }),
      { do: "finalize", inclusion: included(36) },
    ],
    ["its block is no more", anchor({ state: "mined", blockHash: "0xb1" }), seen(), { do: "forget-block" }],
    [
      "its safe block is no more",
      anchor({ state: "safe", blockHash: "0xb1" }),
      seen(),
      { do: "forget-block" },
    ],
    [
      "it failed in a block that is not final",
      anchor(),
      seen({ inclusion: included(101, { hasEvent: false }), nextNonce: 8 }),
      { do: "wait", for: "finality" },
    ],
    [
      "it failed for good: a new number",
      anchor(),
      seen({ inclusion: included(36, { hasEvent: false }), nextNonce: 8, finalNonce: 8, freeNonce: 8 }),
      { do: "sign", nonce: 8, fees },
    ],
    [
      "the contract holds a larger tree for good, and this event is nowhere",
      anchor(),
      seen({ finalSize: 41, nextNonce: 8, finalNonce: 8 }),
      { do: "supersede" },
    ],
    [
      "another publisher's transaction anchored it",
      anchor(),
      seen({ inclusion: included(30, { transactionHash: "0x99" }), finalSize: 40 }),
      { do: "finalize", inclusion: included(30, { transactionHash: "0x99" }) },
    ],
  ])("%s", (_what, one, chain, step) => {
    expect(decideStep(one, chain, LIMITS)).toEqual(step);
  });

  test("nothing is believed for good before its block is final", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("queued", "signed", "sent", "mined", "safe"),
        fc.option(fc.nat(200), { nil: null }),
        fc.record({
          newestBlock: fc.nat(200),
          safeBlock: fc.nat(200),
          finalBlock: fc.nat(200),
          finalSize: fc.nat(80),
        }),
        fc.boolean(),
        (state, at, view, hasEvent) => {
          const inclusion = at === null ? null : included(at, { hasEvent });
          const step = decideStep(anchor({ state }), seen({ ...view, inclusion }), LIMITS);
          if (step.do === "finalize") expect(at !== null && hasEvent && at <= view.finalBlock).toBe(true);
          if (step.do === "supersede") expect(view.finalSize).toBeGreaterThanOrEqual(40);
          // What is in a block with its event is never sent or signed again.
          if (inclusion?.hasEvent) expect(["note", "wait", "finalize"]).toContain(step.do);
        },
      ),
    );
  });
});

describe("the next free number", () => {
  test.each([
    [5, [], 5],
    [5, [5], 6],
    [5, [6, 5], 7],
    [5, [3, 4], 5],
    [5, [7], 5],
    [5, [5, 7], 6],
  ])("after %i, with %j waiting, is %i", (nextNonce, waiting, free) => {
    expect(freeNonce(nextNonce, waiting)).toBe(free);
  });
});

const wei = fc.bigInt({ min: 0n, max: 10n ** 13n });

describe("what a transaction offers to pay", () => {
  test("never more than the cap, never a tip above the whole, and enough for the next block", () => {
    fc.assert(
      fc.property(wei, wei, wei, (baseFeeWei, tipWei, capWei) => {
        const offer = feesFor({ baseFeeWei, tipWei }, capWei);
        if (offer === null) {
          expect(baseFeeWei + tipWei).toBeGreaterThan(capWei);
          return;
        }
        expect(offer.maxFeeWei).toBeLessThanOrEqual(capWei);
        expect(offer.maxFeeWei).toBeGreaterThanOrEqual(baseFeeWei + tipWei);
        expect(offer.tipWei).toBeLessThanOrEqual(offer.maxFeeWei);
      }),
    );
  });

  test("for the same number again at least an eighth more of both, or nothing", () => {
    fc.assert(
      fc.property(wei, wei, wei, wei, wei, (maxFee, tip, baseFeeWei, tipWei, capWei) => {
        const before = { maxFeeWei: maxFee + tip, tipWei: tip };
        const offer = bumpedFees(before, { baseFeeWei, tipWei }, capWei);
        if (offer === null) {
          expect(before.maxFeeWei * 9n).toBeGreaterThan(capWei * 8n - 8n);
          return;
        }
        expect(offer.maxFeeWei * 8n).toBeGreaterThanOrEqual(before.maxFeeWei * 9n);
        expect(offer.tipWei * 8n).toBeGreaterThanOrEqual(before.tipWei * 9n);
        expect(offer.maxFeeWei).toBeLessThanOrEqual(capWei);
        expect(offer.tipWei).toBeLessThanOrEqual(offer.maxFeeWei);
      }),
    );
  });
});
