/** Where the network's log stands on a chain, as far as statements tell of it. */
import type { Database } from "../../database/schema.ts";

export type CoveringAnchor = {
  /** Of the network's log. */
  readonly size: number;
  readonly checkpoint: string;
  readonly chainId: number;
  readonly contract: string;
  readonly blockNumber: number;
  readonly blockAtMs: number;
  readonly blockHash: string;
  readonly transactionHash: string;
  readonly header: Uint8Array;
  readonly receiptProof: readonly string[];
  readonly transactionIndex: number;
  readonly logIndex: number;
};

/** The first finalized anchor that covers a network checkpoint of that size; null: none yet. */
export type FirstAnchorCovering = (db: Database, size: number) => Promise<CoveringAnchor | null>;
