/** Checkpoints of the network that stay whatever rests on them: what is newest of each kind. */
import { sql } from "kysely";
import type { Database } from "../../database/schema.ts";
import { firstWitnessedSize, newestWitnessedSize } from "../views/witnessed.ts";

export type KeptSizes = {
  readonly keptSizes: readonly number[];
  /** From here on all are kept: they are the newest that is witnessed, and what waits to be. 0: nothing is witnessed. */
  readonly endSize: number;
};

/**
 * The newest that every single gateway could show for its own word, what each key cosigned last, and the first that waits
 * for an anchor. By the first of these a bundle can be made however many witnesses are revoked later.
 */
export async function keptSizesOf(
  db: Database,
  networkLogId: number,
  witnessesMin: number,
): Promise<KeptSizes> {
  const kept = new Set<number>();
  const gateways = await db.selectFrom("gateways").select("gatewayId").execute();
  for (const { gatewayId } of gateways) {
    const size = await newestWitnessedSize(db, networkLogId, witnessesMin, gatewayId);
    if (size !== null) kept.add(size);
  }
  const anchored = sql`COALESCE((SELECT max(anchor.size) FROM anchors anchor
    WHERE (anchor.chain_id, anchor.contract) = (target.chain_id, target.contract) AND anchor.state = 'finalized'), 0)`;
  const { rows } = await sql<{ size: number | null }>`
    SELECT (SELECT max(line.size) FROM evidence_cosignatures line
      WHERE line.gateway_id = key.gateway_id AND line.public_key = key.public_key) AS size FROM evidence_keys key
    UNION
    SELECT ${firstWitnessedSize(sql`${networkLogId}::int`, anchored, sql`NULL`, witnessesMin)} AS size
    FROM anchor_target target`.execute(db);
  for (const { size } of rows) if (size !== null) kept.add(size);
  return {
    keptSizes: [...kept],
    endSize: (await newestWitnessedSize(db, networkLogId, witnessesMin)) ?? 0,
  };
}
