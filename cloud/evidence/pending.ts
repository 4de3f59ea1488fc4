/** What is to go into the network's log: written down by whoever makes it, in the transaction that makes it. */
import { encodeNetworkLeaf, type NetworkLeaf } from "../../contracts/log/leaf.ts";
import type { DatabaseTransaction } from "../database/schema.ts";

/** `entryId`: a UUID, by which evidence_leaves tells the entry's index once it is in the log. */
export type PendingEntry = {
  readonly entryId: string;
  readonly leaf: NetworkLeaf;
  readonly salt?: Uint8Array | null;
  readonly payload?: string | null;
};

export async function addPending(
  trx: DatabaseTransaction,
  { entryId, leaf, salt = null, payload = null }: PendingEntry,
  nowMs: number,
): Promise<void> {
  await trx
    .insertInto("evidencePending")
    .values({
      entryId,
      kind: leaf.kind,
      leaf: Buffer.from(encodeNetworkLeaf(leaf)),
      salt: salt === null ? null : Buffer.from(salt),
      payload,
      createdAtMs: nowMs,
    })
    .execute();
}
