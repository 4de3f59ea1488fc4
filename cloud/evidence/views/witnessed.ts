/**
 * Which of the network's checkpoints is witnessed: one that enough different gateways cosigned with keys that are in force
 * now. Keys that were revoked do not count, since nobody who checks a bundle is told to trust them.
 *
 * A checkpoint is signed every second, so that neither search walks from one to the next: where each
 * key begins, or ends, says where enough of them can be together at all.
 */
import { type RawBuilder, sql } from "kysely";
import type { Database } from "../../database/schema.ts";

/** The keys of gateways that are in force; `except`: of the gateway whose own statement is to be witnessed. */
const keysInForce = (except: RawBuilder<unknown>) =>
  sql`SELECT key.gateway_id, key.public_key FROM evidence_keys key
    WHERE key.revoked_entry_id IS NULL AND key.gateway_id IS DISTINCT FROM ${except}`;

/** Cosignatures that count, by size; `sizes` narrows `line.size`. */
const countedSizes = (except: RawBuilder<unknown>, sizes: RawBuilder<unknown>, witnessesMin: number) => sql`
  SELECT line.size FROM evidence_cosignatures line
  JOIN (${keysInForce(except)}) key ON key.gateway_id = line.gateway_id AND key.public_key = line.public_key
  WHERE ${sizes} GROUP BY line.size HAVING count(*) >= ${witnessesMin}`;

/**
 * SQL for the size of the first witnessed checkpoint that covers `entry`, null where there is none yet. `network`: the
 * network's log; `except`: the gateway whose checkpoint the entry is, which does not count.
 */
export function firstWitnessedSize(
  network: RawBuilder<unknown>,
  entry: RawBuilder<unknown>,
  except: RawBuilder<unknown>,
  witnessesMin: number,
): RawBuilder<number | null> {
  if (witnessesMin === 0)
    return sql`(SELECT min(size) FROM evidence_checkpoints WHERE log_id = ${network} AND size > ${entry})`;
  const from = sql`(
    SELECT first.size FROM (${keysInForce(except)}) key
    CROSS JOIN LATERAL (
      SELECT min(line.size) AS size FROM evidence_cosignatures line
      WHERE line.gateway_id = key.gateway_id AND line.public_key = key.public_key AND line.size > ${entry}
    ) first
    WHERE first.size IS NOT NULL ORDER BY first.size OFFSET ${witnessesMin - 1} LIMIT 1)`;
  return sql`(${countedSizes(except, sql`line.size >= ${from}`, witnessesMin)} ORDER BY line.size LIMIT 1)`;
}

/** Size of the newest checkpoint that enough gateways other than `except` cosigned; null: none yet. */
export async function newestWitnessedSize(
  db: Database,
  networkLogId: number,
  witnessesMin: number,
  except: string | null = null,
): Promise<number | null> {
  const own = sql`${except}::text`;
  const through = sql`(
    SELECT last.size FROM (${keysInForce(own)}) key
    CROSS JOIN LATERAL (
      SELECT max(line.size) AS size FROM evidence_cosignatures line
      WHERE line.gateway_id = key.gateway_id AND line.public_key = key.public_key
    ) last
    WHERE last.size IS NOT NULL ORDER BY last.size DESC OFFSET ${Math.max(0, witnessesMin - 1)} LIMIT 1)`;
  const newest =
    witnessesMin === 0
      ? sql`(SELECT max(size) FROM evidence_checkpoints WHERE log_id = ${networkLogId})`
      : sql`(${countedSizes(own, sql`line.size <= ${through}`, witnessesMin)} ORDER BY line.size DESC LIMIT 1)`;
  const { rows } = await sql<{ size: number | null }>`SELECT ${newest} AS size`.execute(db);
  return rows[0]?.size ?? null;
}

/** Who cosigned checkpoints of these sizes with a key in force, the earliest first. */
export type Cosigned = {
  readonly size: number;
  readonly gatewayId: string;
  readonly hospitalId: string;
  readonly hospitalName: string;
  readonly line: string;
  readonly cosignedAtMs: number;
};

export async function cosignaturesOf(db: Database, sizes: readonly number[]): Promise<Cosigned[]> {
  if (sizes.length === 0) return [];
  const { rows } = await sql<Cosigned>`
    SELECT line.size, line.gateway_id, gateway.hospital_id, hospital.name AS hospital_name, line.line, line.cosigned_at_ms
    FROM evidence_cosignatures line
    JOIN (${keysInForce(sql`NULL`)}) key ON key.gateway_id = line.gateway_id AND key.public_key = line.public_key
    JOIN gateways gateway ON gateway.gateway_id = line.gateway_id
    JOIN hospitals hospital ON hospital.hospital_id = gateway.hospital_id
    WHERE line.size IN (${sql.join(sizes)})
    ORDER BY line.size, line.cosigned_at_ms, line.gateway_id`.execute(db);
  return rows;
}
