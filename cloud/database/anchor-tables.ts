/** The tables of migration 0016. */
import type { Generated, GeneratedAlways, JSONColumnType } from "kysely";

export type AnchorTables = {
  anchors: {
    anchorId: GeneratedAlways<number>;
    chainId: number;
    contract: string;
    size: number;
    root: Uint8Array;
    checkpoint: string;
    state: string;
    queuedAtMs: number;
    blockHash: string | null;
    blockNumber: number | null;
    blockAtMs: number | null;
    transactionHash: string | null;
    transactionIndex: number | null;
    logIndex: number | null;
    header: Uint8Array | null;
    receiptProof: JSONColumnType<string[], string, string> | null;
    gasUsed: number | null;
    finalizedAtMs: number | null;
  };
  anchorTransactions: {
    transactionHash: string;
    anchorId: number;
    position: number;
    nonce: number;
    rawTransaction: string;
    maxFeeWei: string;
    tipWei: string;
    waitingSinceBlock: number;
    signedAtMs: number;
    sentAtMs: number | null;
  };
  anchorTarget: {
    isOnly: Generated<boolean>;
    chainId: number;
    contract: string;
    troubleKind: string | null;
    trouble: string | null;
    troubleSinceMs: number | null;
  };
};
