/** Of a bundle's anchor: that the block, if the chain has it, holds a checkpoint that continues the bundle's. */
import type { Bundle, BundleAnchor } from "./bundle.ts";
import { bytesOf, toHex } from "./bytes.ts";
import type { Note } from "./note.ts";
import type { Policy } from "./policy.ts";
import { hasAnchored, provenReceipt, readHeader } from "./receipt-proof.ts";
import type { RefusalReason } from "./refusals.ts";
import { isConsistent } from "./tree.ts";
import type { VerifyCache } from "./verify-cache.ts";

/** `blockNumber` and `blockAtMs` are what the header says; null where it says no such number. */
export type AnchorStatement = {
  readonly chainId: number;
  /** 0x and 40 lower-case hexadecimal digits. */
  readonly contract: string;
  /** Leaves of the anchored network log. */
  readonly size: number;
  readonly blockNumber: number | null;
  readonly blockAtMs: number | null;
  /** 0x and 64 digits: to be compared with a node of that chain, which nobody can do offline. */
  readonly blockHash: string;
  readonly transactionIndex: number;
};
export type AnchorVerdict = RefusalReason | AnchorStatement | null;

/** Null: there is none, and none is asked for. `network` is the checkpoint that the anchored one must continue. */
export function verifyAnchor(
  { anchor, network: { checkpoint } }: Bundle,
  network: Note,
  policy: Policy,
  cache: VerifyCache<AnchorVerdict>,
): AnchorVerdict {
  if (anchor === null) return policy.anchorRequired ? "anchor-missing" : null;
  const { chainId, contract } = anchor;
  if (!policy.anchors.some((trusted) => trusted.chainId === chainId && trusted.contract === contract))
    return "anchor-untrusted";
  const anchored = cache.note(anchor.checkpoint);
  if (anchored?.note.origin !== policy.network.name || !anchored.isSignedBy(policy.network))
    return "anchor-checkpoint-malformed";
  return cache.anchor(`${checkpoint} ${JSON.stringify(anchor)}`, () =>
    verifyOnChain(anchor, anchored.note, network),
  );
}

function verifyOnChain(anchor: BundleAnchor, anchored: Note, network: Note): AnchorVerdict {
  if (anchored.size < network.size) return "anchor-shrinks";
  if (!isConsistent(network, anchored, anchor.consistency.map(bytesOf))) return "anchor-inconsistent";
  const header = readHeader(bytesOf(anchor.header));
  if (header === null) return "anchor-header-malformed";
  const { chainId, contract, transactionIndex, logIndex } = anchor;
  const receipt = provenReceipt(header.receiptsRoot, transactionIndex, anchor.receiptProof.map(bytesOf));
  if (receipt === null) return "receipt-not-in-block";
  if (!hasAnchored(receipt, logIndex, contract, anchored)) return "anchor-event-missing";
  return {
    chainId,
    contract,
    size: anchored.size,
    blockNumber: header.number,
    blockAtMs: header.atMs,
    blockHash: `0x${toHex(header.hash)}`,
    transactionIndex,
  };
}
