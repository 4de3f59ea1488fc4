/**
 * The network's own log in this database: its key names it, so that whoever has the key and lost the database cannot
 * begin it anew unnoticed.
 */
import { createHash } from "node:crypto";
import type { Kysely } from "kysely";
import { isSame } from "../../../contracts/log/bytes.ts";
import { networkOrigin, type Signer } from "../../../contracts/log/note.ts";
import type { Database, Tables } from "../../database/schema.ts";
import { StartError } from "../../start-error.ts";
import type { NetworkKey } from "../network-key.ts";

export type NetworkLog = { readonly logId: number; readonly origin: string; readonly signer: Signer };
export type NetworkCheckpoint = {
  readonly size: number;
  readonly root: Uint8Array;
  readonly note: string;
  readonly signedAtMs: number;
};

const NETWORK_ID_DIGITS = 16;

/** Throws a StartError where the database's log is another key's. */
export async function openNetworkLog(db: Database, key: NetworkKey): Promise<NetworkLog> {
  const id = createHash("sha256").update(key.publicKey).digest("hex").slice(0, NETWORK_ID_DIGITS);
  const origin = networkOrigin(id);
  await db
    .insertInto("evidenceLogs")
    .values({
      origin,
      gatewayId: null,
      epoch: null,
      size: 0,
      frontier: Buffer.alloc(0),
      publicKey: Buffer.from(key.publicKey),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const log = await db
    .selectFrom("evidenceLogs")
    .select(["logId", "origin", "publicKey"])
    .where("gatewayId", "is", null)
    .executeTakeFirstOrThrow();
  if (log.publicKey === null || !isSame(log.publicKey, key.publicKey))
    throw new StartError(
      `This database's log of the network is ${log.origin}, and the key that was opened signs ${origin}. Start with the key file that the log was begun with (evidence.keyFile); replicas share one.`,
    );
  return { logId: log.logId, origin, signer: { name: origin, ...key } };
}

/** Null: nothing was signed yet. */
export async function newestCheckpoint(
  db: Kysely<Tables>,
  { logId }: Pick<NetworkLog, "logId">,
): Promise<NetworkCheckpoint | null> {
  const newest = await db
    .selectFrom("evidenceCheckpoints")
    .select(["size", "root", "note", "signedAtMs"])
    .where("logId", "=", logId)
    .orderBy("size", "desc")
    .limit(1)
    .executeTakeFirst();
  return newest ?? null;
}
