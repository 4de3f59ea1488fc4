/**
 * Which checkpoints no bundle needs. Of a gateway's log stay those that are the first to cover a bed's word, and some
 * around a change of its key; of the network's those that prove one of these first, and a few beside (kept-sizes.ts).
 * Leaves and trees are never touched: between whatever stays, consistency can be proven.
 */
import { sql } from "kysely";
import type { Database } from "../../database/schema.ts";
import { firstWitnessedSize } from "../views/witnessed.ts";

/** Whoever makes a bundle tries as many where a key was changed (views/bundle-maker.ts). */
const CHECKPOINTS_TRIED_MAX = 4;

/** `beforeMs`: when what is old came here. `afterEntry`: in the network's log, where the last step ended. */
export type GatewayStep = {
  readonly networkLogId: number;
  readonly witnessesMin: number;
  readonly beforeMs: number;
  readonly afterEntry: number;
  readonly limit: number;
};

/**
 * One step through the old checkpoints of gateways, in the order of their entries. What is needed and not witnessed yet
 * is looked at again another day, so that the first that witnesses it is the one that stays. `lastEntry` null: that was
 * the end.
 */
export async function pruneGatewayCheckpoints(
  db: Database,
  { networkLogId, witnessesMin, beforeMs, afterEntry, limit }: GatewayStep,
): Promise<{ readonly gone: number; readonly lastEntry: number | null }> {
  const provenBy = firstWitnessedSize(
    sql`${networkLogId}::int`,
    sql`judged.network_index`,
    sql`judged.gateway_id`,
    witnessesMin,
  );
  const { rows } = await sql<{ gone: number; lastEntry: number | null }>`
    WITH old AS MATERIALIZED (
      SELECT point.log_id, point.size, point.network_index, log.gateway_id
      FROM evidence_checkpoints point JOIN evidence_logs log ON log.log_id = point.log_id
      WHERE NOT point.is_kept AND point.network_index > ${afterEntry} AND point.received_at_ms < ${beforeMs}
      ORDER BY point.network_index LIMIT ${limit}),
    judged AS MATERIALIZED (
      SELECT old.*, ${COVERS_A_BED_FIRST} OR ${IS_NEAR_A_KEY} AS is_needed, old.size = (
        SELECT max(newest.size) FROM evidence_checkpoints newest WHERE newest.log_id = old.log_id) AS is_newest
      FROM old),
    proven AS MATERIALIZED (
      SELECT judged.log_id, judged.size, ${provenBy} AS network_size FROM judged WHERE judged.is_needed),
    kept AS (
      UPDATE evidence_checkpoints SET is_kept = true WHERE (log_id, size) IN (
        SELECT log_id, size FROM proven WHERE network_size IS NOT NULL
        UNION SELECT ${networkLogId}::int, network_size FROM proven WHERE network_size IS NOT NULL)),
    gone AS (
      DELETE FROM evidence_checkpoints WHERE (log_id, size) IN (
        SELECT log_id, size FROM judged WHERE NOT is_needed AND NOT is_newest)
      RETURNING 1)
    SELECT (SELECT count(*)::int FROM gone) AS gone, (SELECT max(network_index) FROM old) AS last_entry`.execute(
    db,
  );
  return rows[0] ?? { gone: 0, lastEntry: null };
}

/** Where one that covered no bed's word is gone already, the next one still covers none. */
const COVERS_A_BED_FIRST = sql`EXISTS (
  SELECT FROM evidence_leaves leaf
  WHERE leaf.log_id = old.log_id AND leaf.kind = 'bed-event' AND leaf.index < old.size AND leaf.index >= COALESCE((
    SELECT max(before.size) FROM evidence_checkpoints before
    WHERE before.log_id = old.log_id AND before.size < old.size), 0))`;

/** The first few under another key than the one before, and the first few of a log. */
const IS_NEAR_A_KEY = sql`EXISTS (
  SELECT FROM evidence_keys key
  JOIN evidence_leaves said ON said.entry_id IN (key.added_entry_id, key.revoked_entry_id)
  WHERE key.gateway_id = old.gateway_id AND said.index < old.network_index AND said.index >= COALESCE((
    SELECT before.network_index FROM evidence_checkpoints before
    WHERE before.log_id = old.log_id AND before.size < old.size
    ORDER BY before.size DESC OFFSET ${sql.lit(CHECKPOINTS_TRIED_MAX - 1)} LIMIT 1), -1))`;

export type NetworkStep = {
  readonly networkLogId: number;
  readonly beforeMs: number;
  /** Not these, and none from `endSize` on. */
  readonly keptSizes: readonly number[];
  readonly endSize: number;
  readonly limit: number;
};

/**
 * After all old checkpoints of gateways were looked at: a step through the network's own, with what was cosigned of them.
 * An entry that was not looked at yet is proven by a checkpoint behind it, and so by none of these.
 */
export async function pruneNetworkCheckpoints(
  db: Database,
  { networkLogId, beforeMs, keptSizes, endSize, limit }: NetworkStep,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    WITH gone AS (
      DELETE FROM evidence_checkpoints WHERE log_id = ${networkLogId} AND size IN (
        SELECT point.size FROM evidence_checkpoints point
        WHERE point.log_id = ${networkLogId} AND NOT point.is_kept AND point.network_index IS NULL
          AND point.received_at_ms < ${beforeMs} AND point.size < ${endSize}
          AND point.size <> ALL (${sql.val(`{${keptSizes.join()}}`)}::bigint[])
          AND point.size <= COALESCE((
            SELECT min(entry.network_index) FROM evidence_checkpoints entry
            WHERE NOT entry.is_kept AND entry.network_index IS NOT NULL AND entry.received_at_ms >= ${beforeMs}
          ), point.size)
          AND NOT EXISTS (SELECT FROM anchors anchor WHERE anchor.size = point.size)
        ORDER BY point.size LIMIT ${limit})
      RETURNING size),
    lines AS (DELETE FROM evidence_cosignatures WHERE size IN (SELECT size FROM gone))
    SELECT count(*)::int AS count FROM gone`.execute(db);
  return rows[0]?.count ?? 0;
}
