/** What a bed said and how far each of it is proven, read in one statement however many there are. */
import { type RawBuilder, sql } from "kysely";
import type { Database } from "../../database/schema.ts";
import { coveringCheckpoints } from "./covering.ts";
import type { ScopedBed } from "./scoped-bed.ts";
import { firstWitnessedSize } from "./witnessed.ts";

/** What changes an axis; the newest of each stands behind the bed's current status. */
export const AXIS_KINDS = [
  "occupancy-changed",
  "readiness-changed",
  "service-changed",
  "infection-changed",
  "staffing-changed",
] as const;

export type StatementRow = {
  readonly gatewayId: string;
  readonly epoch: string;
  readonly seq: number;
  readonly kind: string;
  readonly observedAtMs: number;
  /** As it is stored on the board; the driver has parsed it. */
  readonly body: unknown;
  readonly origin: string | null;
  readonly leafIndex: number | null;
  readonly payload: string | null;
  readonly erasedAtMs: number | null;
  readonly signedAtMs: number | null;
  /** Size of the network's checkpoint that covers it and that enough others cosigned. */
  readonly witnessedSize: number | null;
  /** When the network signed that one. */
  readonly networkSignedAtMs: number | null;
};

export type StatementQuery = {
  readonly networkLogId: number;
  readonly witnessesMin: number;
  /** Beside those of the axes. */
  readonly newestMax: number;
};

/** Newest first. */
export async function statementRows(
  db: Database,
  { bedId, gatewayId, epoch }: ScopedBed,
  { networkLogId, witnessesMin, newestMax }: StatementQuery,
): Promise<StatementRow[]> {
  const newestOf = (kind: string): RawBuilder<unknown> => sql`
    (SELECT position FROM bed_events WHERE bed_id = ${bedId} AND kind = ${sql.lit(kind)}
      AND gateway_id = ${gatewayId} AND epoch = ${epoch} AND seq > 0 ORDER BY position DESC LIMIT 1)`;
  const { rows } = await sql<StatementRow>`
    WITH wanted AS (
      -- Below are words of the service itself, which no gateway logs.
      (SELECT position FROM bed_events WHERE bed_id = ${bedId} AND seq > 0 ORDER BY position DESC LIMIT ${newestMax})
      UNION ${sql.join(AXIS_KINDS.map(newestOf), sql` UNION `)}
    )
    SELECT said.gateway_id, said.epoch, said.seq, said.kind, said.observed_at_ms, said.body,
      log.origin, leaf.index AS leaf_index, leaf.payload, leaf.erased_at_ms, signed.signed_at_ms,
      witnessed.size AS witnessed_size, witnessed.signed_at_ms AS network_signed_at_ms
    FROM wanted
    JOIN bed_events said ON said.bed_id = ${bedId} AND said.position = wanted.position
    LEFT JOIN evidence_logs log ON log.gateway_id = said.gateway_id AND log.epoch = said.epoch
    LEFT JOIN LATERAL (
      SELECT index, payload, erased_at_ms FROM evidence_leaves
      WHERE log_id = log.log_id AND lane = 'beds' AND first_seq = said.seq ORDER BY index LIMIT 1
    ) leaf ON true
    LEFT JOIN LATERAL (
      SELECT signed_at_ms FROM evidence_checkpoints
      WHERE log_id = log.log_id AND size > leaf.index ORDER BY size LIMIT 1
    ) signed ON true
    LEFT JOIN LATERAL (
      ${coveringCheckpoints(sql`log.log_id`, sql`said.gateway_id`, sql`leaf.index`, 1)}
    ) entry ON true
    LEFT JOIN evidence_checkpoints witnessed ON witnessed.log_id = ${networkLogId} AND witnessed.size =
      ${firstWitnessedSize(sql`${networkLogId}`, sql`entry.network_index`, sql`said.gateway_id`, witnessesMin)}
    ORDER BY said.position DESC`.execute(db);
  return rows;
}
