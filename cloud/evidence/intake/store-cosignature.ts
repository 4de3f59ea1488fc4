/** What gateways add below the network's checkpoints: kept once for each gateway and size. */
import { sql } from "kysely";
import { fromBase64, isSame, toBase64 } from "../../../contracts/log/bytes.ts";
import { gatewayKeyName, parseNote } from "../../../contracts/log/note.ts";
import { cosignedAtMs } from "../../../contracts/log/signed-note.ts";
import type { Cosignature } from "../../../contracts/wire/log-sync.ts";
import type { Database } from "../../database/schema.ts";
import { rootAt } from "../tree-store.ts";
import { keyInForce } from "./gateway-keys.ts";
import type { NetworkLog } from "./network-log.ts";

export type CosignatureResult =
  | { readonly kind: "stored" }
  | { readonly kind: "key-unknown" | "unreadable"; readonly detail: string }
  /** Signed was something that this log never said. */
  | { readonly kind: "other-root"; readonly detail: string };

export async function storeCosignature(
  db: Database,
  network: NetworkLog,
  { gatewayId, size, line, ...cosignature }: Cosignature,
  nowMs: number,
): Promise<CosignatureResult> {
  const publicKey = fromBase64(cosignature.publicKey);
  const inForce = await keyInForce(db, gatewayId);
  if (publicKey === null || inForce === null || !isSame(publicKey, inForce))
    return { kind: "key-unknown", detail: "This key is not in force for this gateway." };
  const checkpoint = await db
    .selectFrom("evidenceCheckpoints")
    .select(["note", "root"])
    .where("logId", "=", network.logId)
    .where("size", "=", size)
    .executeTakeFirst();
  if (checkpoint === undefined && (await wasOurs(db, network, size, cosignature.root)))
    return { kind: "stored" };
  if (checkpoint === undefined || toBase64(checkpoint.root) !== cosignature.root)
    return {
      kind: "other-root",
      detail: `${network.origin} has no checkpoint of ${size} leaves with the root ${cosignature.root}.`,
    };
  const atMs = /^[^\n]+\n$/.test(line) ? signedAtMs(`${checkpoint.note}${line}`, gatewayId, publicKey) : null;
  if (atMs === null)
    return { kind: "unreadable", detail: "The line is not a cosignature of that checkpoint by publicKey." };
  await sql`
    INSERT INTO evidence_cosignatures (size, gateway_id, public_key, line, cosigned_at_ms, received_at_ms)
    SELECT ${size}, key.gateway_id, key.public_key, ${line}, ${atMs}, ${nowMs} FROM evidence_keys key
    JOIN evidence_checkpoints point ON point.log_id = ${network.logId} AND point.size = ${size}
    WHERE key.gateway_id = ${gatewayId} AND key.public_key = ${Buffer.from(publicKey)} AND key.revoked_entry_id IS NULL
    FOR KEY SHARE OF point
    ON CONFLICT DO NOTHING`.execute(db);
  return { kind: "stored" };
}

/** A checkpoint that is no longer kept: nothing rests on who cosigned it, and nobody did wrong. */
async function wasOurs(db: Database, { logId }: NetworkLog, size: number, root: string): Promise<boolean> {
  const log = await db
    .selectFrom("evidenceLogs")
    .select("size")
    .where("logId", "=", logId)
    .executeTakeFirstOrThrow();
  return size <= log.size && toBase64(await rootAt(db, logId, size)) === root;
}

function signedAtMs(text: string, gatewayId: string, publicKey: Uint8Array): number | null {
  const note = parseNote(text);
  return note === null ? null : cosignedAtMs(note, { name: gatewayKeyName(gatewayId), publicKey });
}
