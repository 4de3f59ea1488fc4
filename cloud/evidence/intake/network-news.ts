/** What a gateway is told of the network's log: its newest checkpoint, and the way to it from the one cosigned last. */
import { toBase64 } from "../../../contracts/log/bytes.ts";
import type { LogReply } from "../../../contracts/wire/log-sync.ts";
import type { Database } from "../../database/schema.ts";
import { consistencyProof } from "../tree-store.ts";
import { type NetworkLog, newestCheckpoint } from "./network-log.ts";

export type NetworkNews = {
  readonly network: LogReply["network"];
  /** The gateway has seen a longer log than this one is: this database was put back to an older state. */
  readonly isBehindWitness: boolean;
  readonly size: number;
};

export async function networkNews(
  db: Database,
  network: NetworkLog,
  cosignedSize: number,
): Promise<NetworkNews> {
  const newest = await newestCheckpoint(db, network);
  const size = newest?.size ?? 0;
  if (newest === null || size <= cosignedSize)
    return { network: null, isBehindWitness: size < cosignedSize, size };
  const way = await consistencyProof(db, network.logId, cosignedSize, size);
  return {
    network: {
      checkpoint: newest.note,
      publicKey: toBase64(network.signer.publicKey),
      consistency: way.map(toBase64),
    },
    isBehindWitness: false,
    size,
  };
}
