/** Which checkpoint of a gateway stands for a leaf of its log. */
import { type RawBuilder, sql } from "kysely";

/**
 * Checkpoints of the log that cover the leaf and are in the network's log while a key of the gateway was in force there,
 * the first of them first: `size`, `network_index`, `note`. Those of a revoked key come to no gateway's defence.
 */
export const coveringCheckpoints = (
  logId: RawBuilder<unknown>,
  gatewayId: RawBuilder<unknown>,
  leafIndex: RawBuilder<unknown>,
  limit: number,
) => sql`
  SELECT point.size, point.network_index, point.note FROM evidence_checkpoints point
  WHERE point.log_id = ${logId} AND point.size > ${leafIndex} AND point.network_index IS NOT NULL
    AND EXISTS (
      SELECT FROM evidence_keys key
      JOIN evidence_leaves added ON added.entry_id = key.added_entry_id
      LEFT JOIN evidence_leaves revoked ON revoked.entry_id = key.revoked_entry_id
      WHERE key.gateway_id = ${gatewayId} AND added.index < point.network_index
        AND (revoked.index IS NULL OR revoked.index > point.network_index))
  ORDER BY point.size LIMIT ${limit}`;
