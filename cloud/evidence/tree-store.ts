/**
 * The trees in the database: leaves and whole subtrees are added and never changed. A proof reads only the nodes that it
 * is made of, in one statement.
 */
import { type Kysely, sql } from "kysely";
import { concat, toBase64 } from "../../contracts/log/bytes.ts";
import { HASH_BYTES, leafHash } from "../../contracts/log/hash.ts";
import {
  consistencyPath,
  Frontier,
  inclusionPath,
  type NodeAt,
  type TreeHead,
  type TreeNode,
  wholeSubtrees,
} from "../../contracts/log/tree.ts";
import type { Lane } from "../../contracts/wire/ids.ts";
import type { DatabaseTransaction, Tables } from "../database/schema.ts";

/** `leaf`: the bytes that are in the tree; what it commits to stands beside it. */
export type NewLeaf = {
  readonly kind: string;
  readonly leaf: Uint8Array;
  readonly lane?: Lane;
  readonly firstSeq?: number;
  readonly lastSeq?: number;
  readonly salt?: Uint8Array | null;
  readonly payload?: string | null;
  readonly entryId?: string | null;
};

export type Appended = TreeHead & { readonly firstIndex: number };

/** Adds them at the log's end, in their order; the log's row is locked from here to the transaction's end. */
export async function appendLeaves(
  trx: DatabaseTransaction,
  logId: number,
  leaves: readonly NewLeaf[],
  nowMs: number,
): Promise<Appended> {
  const frontier = await lockFrontier(trx, logId);
  const firstIndex = frontier.size;
  const nodes: TreeNode[] = leaves.flatMap(({ leaf }) => frontier.append(leafHash(leaf)));
  const appended = { firstIndex, size: frontier.size, root: frontier.root() };
  if (leaves.length === 0) return appended;
  await sql`
    INSERT INTO evidence_leaves
      (log_id, index, kind, lane, first_seq, last_seq, leaf, salt, payload, entry_id, added_at_ms)
    SELECT ${logId}, index, kind, lane, first_seq, last_seq, decode(leaf, 'base64'), decode(salt, 'base64'), payload,
      entry_id, ${nowMs}
    FROM jsonb_to_recordset(${JSON.stringify(leaves.map((leaf, place) => leafRow(leaf, firstIndex + place)))}::jsonb)
      AS leaf(index bigint, kind text, lane text, first_seq bigint, last_seq bigint, leaf text, salt text,
        payload text, entry_id uuid)`.execute(trx);
  const nodeRows = nodes.map(({ level, index, hash }) => ({ level, index, hash: toBase64(hash) }));
  await sql`
    INSERT INTO evidence_nodes (log_id, level, index, hash)
    SELECT ${logId}, level, index, decode(hash, 'base64')
    FROM jsonb_to_recordset(${JSON.stringify(nodeRows)}::jsonb) AS node(level smallint, index bigint, hash text)
    `.execute(trx);
  await trx
    .updateTable("evidenceLogs")
    .set({ size: frontier.size, frontier: Buffer.from(concat(...frontier.hashes)) })
    .where("logId", "=", logId)
    .execute();
  return appended;
}

/** Throws a RangeError where the tree of `size` has no such leaf, an Error where the log is not as long as `size`. */
export async function inclusionProof(
  db: Kysely<Tables>,
  logId: number,
  index: number,
  size: number,
): Promise<Uint8Array[]> {
  return await withNodes(db, logId, (nodeAt) => inclusionPath(index, size, nodeAt));
}

/** Throws a RangeError where `newSize` is the smaller one, an Error where the log is not as long. */
export async function consistencyProof(
  db: Kysely<Tables>,
  logId: number,
  oldSize: number,
  newSize: number,
): Promise<Uint8Array[]> {
  return await withNodes(db, logId, (nodeAt) => consistencyPath(oldSize, newSize, nodeAt));
}

/** Of the log's first `size` leaves; throws an Error where it has fewer. */
export async function rootAt(db: Kysely<Tables>, logId: number, size: number): Promise<Uint8Array> {
  const hashes = await withNodes(db, logId, (nodeAt) =>
    wholeSubtrees(0, size).map(({ level, index }) => nodeAt(level, index)),
  );
  return new Frontier(size, hashes).root();
}

async function lockFrontier(trx: DatabaseTransaction, logId: number): Promise<Frontier> {
  const { size, frontier } = await trx
    .selectFrom("evidenceLogs")
    .select(["size", "frontier"])
    .where("logId", "=", logId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const hashes = Array.from({ length: frontier.length / HASH_BYTES }, (_hash, place) =>
    frontier.slice(place * HASH_BYTES, (place + 1) * HASH_BYTES),
  );
  return new Frontier(size, hashes);
}

function leafRow({ kind, leaf, lane, firstSeq, lastSeq, salt, payload, entryId }: NewLeaf, index: number) {
  return {
    index,
    kind,
    lane: lane ?? null,
    first_seq: firstSeq ?? null,
    last_seq: lastSeq ?? null,
    leaf: toBase64(leaf),
    salt: salt == null ? null : toBase64(salt),
    payload: payload ?? null,
    entry_id: entryId ?? null,
  };
}

const NO_HASH = new Uint8Array(HASH_BYTES);

/** Walks twice: once to hear which nodes are asked for, once with them. */
async function withNodes<Made>(
  db: Kysely<Tables>,
  logId: number,
  walk: (nodeAt: NodeAt) => Made,
): Promise<Made> {
  const wanted: { readonly level: number; readonly index: number }[] = [];
  walk((level, index) => {
    wanted.push({ level, index });
    return NO_HASH;
  });
  const found = await nodesOf(db, logId, wanted);
  return walk((level, index) => {
    const hash = found.get(nodeName(level, index));
    if (hash === undefined)
      throw new Error(`log ${logId} has no node ${index} of level ${level}: it is shorter`);
    return hash;
  });
}

const nodeName = (level: number, index: number) => `${level}/${index}`;

async function nodesOf(
  db: Kysely<Tables>,
  logId: number,
  wanted: readonly { readonly level: number; readonly index: number }[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  if (wanted.length === 0) return new Map();
  const { rows } = await sql<TreeNode>`
    SELECT node.level, node.index, node.hash
    FROM jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) AS wanted(level smallint, index bigint)
    JOIN evidence_nodes node
      ON node.log_id = ${logId} AND node.level = wanted.level AND node.index = wanted.index`.execute(db);
  return new Map(rows.map(({ level, index, hash }) => [nodeName(level, index), hash]));
}
