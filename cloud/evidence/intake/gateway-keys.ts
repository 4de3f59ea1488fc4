/** The keys of gateways: which is in force, and the entries of the network's log that say so. */
import { isSame } from "../../../contracts/log/bytes.ts";
import { isKeyRotation } from "../../../contracts/log/key-rotation.ts";
import { gatewayKeyName } from "../../../contracts/log/note.ts";
import type { GatewayId } from "../../../contracts/wire/ids.ts";
import type { Database, DatabaseTransaction } from "../../database/schema.ts";
import { addPending } from "../pending.ts";
import type { ReadBatch } from "./read-log-batch.ts";

export type KeyDeps = { readonly newEntryId: () => string; readonly nowMs: number };
/** `by`: who said so, for whoever asks later. */
type Revocation = { readonly by: string; readonly reason: string };

export async function keyInForce(db: Database, gatewayId: GatewayId): Promise<Uint8Array | null> {
  const row = await db
    .selectFrom("evidenceKeys")
    .select("publicKey")
    .where("gatewayId", "=", gatewayId)
    .where("revokedEntryId", "is", null)
    .executeTakeFirst();
  return row?.publicKey ?? null;
}

/**
 * Lets the batch's key in where it is in force, the first that is seen while none is, or introduced by the one in force.
 * Null: it is in force now. Otherwise why it is not. The caller holds the gateway's lock.
 */
export async function admitKey(
  trx: DatabaseTransaction,
  { gatewayId, publicKey, rotation }: Pick<ReadBatch, "gatewayId" | "publicKey" | "rotation">,
  deps: KeyDeps,
): Promise<string | null> {
  const current = await keyInForce(trx, gatewayId);
  if (current !== null && isSame(current, publicKey)) return null;
  if (await isKnown(trx, gatewayId, publicKey)) return "This key was in force once, and is no longer.";
  if (current !== null) {
    const old = { name: gatewayKeyName(gatewayId), publicKey: current };
    if (rotation === null || !isSame(rotation.oldPublicKey, current))
      return "Another key is in force for this gateway, and it did not introduce this one.";
    if (!isKeyRotation(old, publicKey, rotation.signature))
      return "The rotation is not signed by the key in force.";
    await revokeKey(trx, gatewayId, { by: "the gateway", reason: "rotation" }, deps);
  }
  const addedEntryId = deps.newEntryId();
  const leaf = { kind: "key-added", name: gatewayKeyName(gatewayId), publicKey } as const;
  await addPending(trx, { entryId: addedEntryId, leaf }, deps.nowMs);
  await trx
    .insertInto("evidenceKeys")
    .values({ gatewayId, publicKey: Buffer.from(publicKey), addedEntryId, addedAtMs: deps.nowMs })
    .execute();
  return null;
}

/** False: there is none in force. The caller holds the gateway's lock. */
export async function revokeKey(
  trx: DatabaseTransaction,
  gatewayId: GatewayId,
  { by, reason }: Revocation,
  { newEntryId, nowMs }: KeyDeps,
): Promise<boolean> {
  const publicKey = await keyInForce(trx, gatewayId);
  if (publicKey === null) return false;
  const entryId = newEntryId();
  const leaf = { kind: "key-revoked", name: gatewayKeyName(gatewayId), publicKey } as const;
  await addPending(trx, { entryId, leaf }, nowMs);
  await trx
    .updateTable("evidenceKeys")
    .set({ revokedEntryId: entryId, revokedAtMs: nowMs, revokedBy: by, revokeReason: reason })
    .where("gatewayId", "=", gatewayId)
    .where("revokedEntryId", "is", null)
    .execute();
  return true;
}

async function isKnown(
  trx: DatabaseTransaction,
  gatewayId: GatewayId,
  publicKey: Uint8Array,
): Promise<boolean> {
  const row = await trx
    .selectFrom("evidenceKeys")
    .select("addedAtMs")
    .where("gatewayId", "=", gatewayId)
    .where("publicKey", "=", Buffer.from(publicKey))
    .executeTakeFirst();
  return row !== undefined;
}
