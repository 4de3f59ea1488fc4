/** Forgeries of what stands on the chain. */
import type { BundleAnchor } from "../../../contracts/log/bundle.ts";
import { fromBase64, toBase64 } from "../../../contracts/log/bytes.ts";
import type { RefusalReason } from "../../../contracts/log/refusals.ts";
import { anchoredBlock, type BlockPlan } from "../../support/anchored-block.ts";
import { CHAIN_ID, CONTRACT } from "../../support/evidence-world.ts";
import {
  type Case,
  copied,
  edited,
  type Forgery,
  noteOf,
  noteText,
  ROUNDS,
  resigned,
  stranger,
} from "./forgery.ts";

/**
 * What only the consistency proof stands against: the network's other history, signed by its key and truly anchored,
 * beside a statement of the one history.
 */
export const OTHER_HISTORY: Forgery = {
  reason: "anchor-inconsistent",
  make: ({ worlds: { honest, forked }, count }) => {
    const round = 4 + (count % 2);
    return copied(honest.bundle({ round, gateway: 2 + (count % 2), leaf: count % 25 }), (copy) => {
      copy.anchor = { ...forked.anchorOf(round), consistency: honest.anchorOf(round).consistency };
    });
  },
};

export const ANCHOR_FORGERIES: Readonly<Record<string, Forgery>> = {
  "anchor: none": edited("anchor-missing", (copy) => {
    copy.anchor = null;
  }),
  "anchor: another chain": anchored("anchor-untrusted", (anchor) => {
    anchor.chainId = CHAIN_ID + 1;
  }),
  "anchor: another contract": anchored("anchor-untrusted", (anchor) => {
    anchor.contract = `0x${"12".repeat(20)}`;
  }),
  "anchor: a gateway's checkpoint": edited("anchor-checkpoint-malformed", (copy) => {
    if (copy.anchor !== null) copy.anchor.checkpoint = copy.gateway.checkpoint;
  }),
  "anchor: signed by a stranger": anchored(
    "anchor-checkpoint-malformed",
    (anchor, { worlds: { honest } }) => {
      anchor.checkpoint = noteOf(resigned(noteText(anchor.checkpoint), stranger(honest.network.name)));
    },
  ),
  "anchor: a shorter log": {
    reason: "anchor-shrinks",
    make: ({ worlds: { honest }, count }) =>
      copied(honest.bundle({ round: 5, gateway: 2 + (count % 2), leaf: count % 30 }), (copy) => {
        copy.anchor = honest.anchorOf(2);
      }),
  },
  "anchor: the network's other history": OTHER_HISTORY,
  "anchor: a hash more on the way": anchored("anchor-inconsistent", (anchor) => {
    anchor.consistency.push(toBase64(new Uint8Array(32)));
  }),
  "anchor: no header": anchored("anchor-header-malformed", (anchor) => {
    anchor.header = toBase64(Uint8Array.of(0xc0));
  }),
  "anchor: a header with a byte more": anchored("anchor-header-malformed", (anchor) => {
    anchor.header = toBase64(Uint8Array.from([...(fromBase64(anchor.header) ?? []), 0]));
  }),
  "anchor: the header of another block": anchored(
    "receipt-not-in-block",
    (anchor, { worlds: { honest }, round }) => {
      anchor.header = honest.anchorOf(round > 3 ? 0 : ROUNDS - 1).header;
    },
  ),
  "anchor: another transaction": anchored("receipt-not-in-block", (anchor) => {
    anchor.transactionIndex += 1;
  }),
  "anchor: a node more on the way": anchored("receipt-not-in-block", (anchor) => {
    anchor.receiptProof.push(anchor.receiptProof[0] ?? "");
  }),
  "anchor: another log of the receipt": anchored("anchor-event-missing", (anchor) => {
    anchor.logIndex += 1;
  }),
  "anchor: a transaction that failed": reanchored({ hasFailed: true }),
  "anchor: another contract's event": reanchored({ contract: `0x${"12".repeat(20)}` }),
  "anchor: another root": reanchored({ head: { size: 24, root: new Uint8Array(32).fill(7) } }),
};

function anchored(reason: RefusalReason, edit: (anchor: BundleAnchor, forged: Case) => void): Forgery {
  return edited(reason, (copy, forged) => {
    if (copy.anchor !== null) edit(copy.anchor, forged);
  });
}

/** The block of the bundle's anchor, made again with something wrong in it. */
function reanchored(plan: Partial<BlockPlan>): Forgery {
  return anchored("anchor-event-missing", (anchor, { worlds: { honest }, round }) => {
    const later = Math.min(ROUNDS - 1, Math.ceil(round / 3) * 3);
    const head = honest.networkLog.head(honest.rounds[later]?.size);
    const { hash: _, ...block } = anchoredBlock({ contract: CONTRACT, head, number: 5, atS: 9, ...plan });
    Object.assign(anchor, block);
  });
}
