/** What a bundle is made of, as it lies in the database. */
import { sql } from "kysely";
import type { GatewayLeafKind } from "../../../contracts/log/leaf.ts";
import type { Lane } from "../../../contracts/wire/ids.ts";
import type { Database } from "../../database/schema.ts";
import { coveringCheckpoints } from "./covering.ts";
import type { ScopedBed } from "./scoped-bed.ts";
import { firstWitnessedSize } from "./witnessed.ts";

/** Of a bed's record: `gatewayId`, `epoch` and `seq` name it. */
export type LeafFacts = {
  readonly logId: number;
  readonly origin: string;
  readonly gatewayId: string;
  readonly index: number;
  readonly kind: GatewayLeafKind;
  readonly lane: Lane;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly leaf: Uint8Array;
  /** Null: erased. */
  readonly salt: Uint8Array | null;
  readonly payload: string | null;
};

export type RecordName = { readonly epoch: string; readonly seq: number };

/**
 * The leaf of what the bed said under that number; null: the log has no such leaf. Records are kept for a time and the log
 * for good, so that after that time the leaf itself says which bed it is of. Of what was erased nobody knows that any more,
 * and it is found by any bed of the same hospital.
 */
export async function leafOfRecord(
  db: Database,
  { bedId, hospitalId }: ScopedBed,
  { epoch, seq }: RecordName,
): Promise<LeafFacts | null> {
  const { rows } = await sql<LeafFacts & { readonly isStored: boolean }>`
    SELECT log.log_id, log.origin, log.gateway_id, leaf.index, leaf.kind, leaf.lane, leaf.first_seq, leaf.last_seq,
      leaf.leaf, leaf.salt, leaf.payload,
      EXISTS (SELECT FROM bed_events said WHERE said.gateway_id = log.gateway_id AND said.epoch = log.epoch
        AND said.seq = leaf.first_seq AND said.bed_id = ${bedId}) AS is_stored
    FROM gateways gateway
    JOIN evidence_logs log ON log.gateway_id = gateway.gateway_id AND log.epoch = ${epoch}
    JOIN evidence_leaves leaf ON leaf.log_id = log.log_id AND leaf.lane = 'beds' AND leaf.first_seq = ${seq}
    WHERE gateway.hospital_id = ${hospitalId} ORDER BY leaf.log_id, leaf.index`.execute(db);
  const found = rows.find(({ isStored, payload }) => isStored || payload === null || isOfBed(payload, bedId));
  return found ?? null;
}

function isOfBed(payload: string, bedId: string): boolean {
  try {
    const said: unknown = JSON.parse(payload);
    return typeof said === "object" && said !== null && "bedId" in said && said.bedId === bedId;
  } catch {
    return false;
  }
}

/** Whether the bed said something under that number, logged or not. */
export async function hasSaid(
  db: Database,
  { bedId, hospitalId }: ScopedBed,
  name: RecordName,
): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM bed_events said JOIN gateways gateway ON gateway.gateway_id = said.gateway_id
    WHERE said.epoch = ${name.epoch} AND said.seq = ${name.seq} AND said.bed_id = ${bedId}
      AND gateway.hospital_id = ${hospitalId}`.execute(db);
  return rows.length > 0;
}

/** A gateway's checkpoint with the first witnessed network checkpoint that covers its entry; null: none yet. */
export type ProvenCheckpoint = {
  readonly size: number;
  readonly networkIndex: number;
  readonly note: string;
  readonly network: { readonly size: number; readonly note: string } | null;
};

type CheckpointRow = Omit<ProvenCheckpoint, "network"> & {
  readonly networkSize: number | null;
  readonly networkNote: string | null;
};

/** The first few that stand for the leaf, in the order in which they were signed. */
export async function provenCheckpoints(
  db: Database,
  { logId, gatewayId, index }: LeafFacts,
  { networkLogId, witnessesMin, limit }: { networkLogId: number; witnessesMin: number; limit: number },
): Promise<ProvenCheckpoint[]> {
  const size = firstWitnessedSize(
    sql`${networkLogId}`,
    sql`point.network_index`,
    sql`${gatewayId}`,
    witnessesMin,
  );
  const { rows } = await sql<CheckpointRow>`
    SELECT point.size, point.network_index, point.note, network.size AS network_size, network.note AS network_note
    FROM (${coveringCheckpoints(sql`${logId}`, sql`${gatewayId}`, sql`${index}`, limit)}) point
    LEFT JOIN evidence_checkpoints network ON network.log_id = ${networkLogId} AND network.size = ${size}
    ORDER BY point.size`.execute(db);
  return rows.map(({ networkSize, networkNote, ...point }) => ({
    ...point,
    network: networkSize === null || networkNote === null ? null : { size: networkSize, note: networkNote },
  }));
}

export type KeyEntry = {
  readonly kind: "key-added" | "key-revoked";
  readonly publicKey: Uint8Array;
  readonly index: number;
};

/** Of the key of the gateway that was in force at that entry: what the network's log says of it up to `size`, in order. */
export async function keyEntriesAt(
  db: Database,
  gatewayId: string,
  { networkIndex, size }: { networkIndex: number; size: number },
): Promise<KeyEntry[]> {
  const { rows } = await sql<{ publicKey: Uint8Array; addedIndex: number; revokedIndex: number | null }>`
    SELECT key.public_key, added.index AS added_index, revoked.index AS revoked_index
    FROM evidence_keys key
    JOIN evidence_leaves added ON added.entry_id = key.added_entry_id
    LEFT JOIN evidence_leaves revoked ON revoked.entry_id = key.revoked_entry_id
    WHERE key.gateway_id = ${gatewayId} AND added.index < ${networkIndex}
      AND (revoked.index IS NULL OR revoked.index > ${networkIndex})`.execute(db);
  return rows
    .flatMap(({ publicKey, addedIndex, revokedIndex }): KeyEntry[] => [
      { kind: "key-added", publicKey, index: addedIndex },
      ...(revokedIndex === null || revokedIndex >= size
        ? []
        : [{ kind: "key-revoked" as const, publicKey, index: revokedIndex }]),
    ])
    .sort((one, other) => one.index - other.index);
}
