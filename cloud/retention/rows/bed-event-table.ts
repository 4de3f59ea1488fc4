/**
 * Bed events. Of each bed the newest of each kind stays, however old it is, and of those before the policy's moment the
 * newest of each kind as well: from these the bed's state now, and its state when the kept time began, are folded.
 */
import { sql } from "kysely";
import { LANES } from "../../../contracts/wire/lanes.ts";
import type { DatabaseTransaction } from "../../database/schema.ts";
import { WEEK_MS } from "../../ingest/reading-blocks.ts";
import type { Cells } from "../archive/csv.ts";
import type { Hold } from "../holds/hold.ts";
import type { DueLane } from "./due-lanes.ts";
import {
  type Cut,
  type DueParcel,
  type DueRow,
  hasHappenedBefore,
  outside,
  type PutBack,
  type PutBackRefusal,
  type RecordTable,
  type Removed,
} from "./record-table.ts";

const COLUMNS = [
  "gateway",
  "epoch",
  "lane",
  "seq",
  "bed",
  "kind",
  "body",
  "observed_at_ms",
  "received_at_ms",
  "clock_offset_ms",
  "position",
] as const;
const NAMES_SHOWN_MAX = 5;

export const bedEventTable: RecordTable = {
  columns: COLUMNS,

  async weeks(db, lanes, beforeMs) {
    if (lanes.length === 0) return [];
    const { rows } = await sql<{ fromMs: number }>`
      SELECT DISTINCT observed_at_ms / ${WEEK_MS}::bigint * ${WEEK_MS}::bigint AS from_ms FROM bed_events event
      WHERE observed_at_ms < ${beforeMs} AND (gateway_id, epoch) IN (${sql.join(lanes.map(journalOf))})
        AND ${hasSuccessor(beforeMs)} ORDER BY 1`.execute(db);
    return rows.map(({ fromMs }) => fromMs);
  },

  async read(db, parcel, cut, holds, rowsMax) {
    const { rows } = await sql<DueRow>`
      SELECT event.seq, hashtextextended(event::text, 0)::text AS hash, ARRAY[
        event.gateway_id, event.epoch, ${LANES[cut.lane]}::text, event.seq::text, event.bed_id, event.kind,
        event.body::text, event.observed_at_ms::text, event.received_at_ms::text, event.clock_offset_ms::text,
        event.position::text] AS cells
      FROM bed_events event WHERE ${isDue(parcel, cut, holds)} ORDER BY event.seq LIMIT ${rowsMax}`.execute(
      db,
    );
    return rows;
  },

  async lastOf(db, parcel, cut, holds, rowsMax) {
    const { rows } = await sql<{ seq: number | null }>`
      SELECT max(seq) AS seq FROM (
        SELECT event.seq FROM bed_events event WHERE ${isDue(parcel, cut, holds)} ORDER BY event.seq LIMIT ${rowsMax}) due`.execute(
      db,
    );
    return rows[0]?.seq ?? null;
  },

  async count(db, parcel, cut, holds) {
    const { rows } = await sql<{ count: number }>`
      SELECT count(*)::float8 AS count FROM bed_events event WHERE ${isDue(parcel, cut, holds)}`.execute(db);
    return rows[0]?.count ?? 0;
  },

  async remove(trx, parcel, cut, holds) {
    const { rows } = await sql<Removed>`
      WITH gone AS (
        DELETE FROM bed_events event WHERE ${isDue(parcel, cut, holds)}
        RETURNING hashtextextended(event::text, 0) AS hash)
      SELECT count(*)::float8 AS rows, coalesce(sum(hash), 0)::text AS hash_sum FROM gone`.execute(trx);
    return rows[0] ?? { rows: 0, hashSum: "0" };
  },

  putBack: putBackBedEvents,
};

const journalOf = ({ gatewayId, epoch }: DueLane) => sql`(${gatewayId}, ${epoch})`;

const hasSuccessor = (beforeMs: number) => sql`EXISTS (
  SELECT FROM bed_events later
  WHERE later.bed_id = event.bed_id AND later.kind = event.kind AND later.position > event.position
    AND later.observed_at_ms >= event.observed_at_ms AND later.observed_at_ms < ${beforeMs})`;

function isDue(
  { fromMs, toMs, dueBeforeMs }: DueParcel,
  { gatewayId, epoch, afterSeq, throughSeq }: Cut,
  holds: readonly Hold[],
) {
  const isNamed = ({ bedId }: Hold) => (bedId === null ? sql`true` : sql`event.bed_id = ${bedId}`);
  return sql`event.gateway_id = ${gatewayId} AND event.epoch = ${epoch} AND event.seq > ${afterSeq}
    AND event.seq <= ${throughSeq} AND event.observed_at_ms >= ${fromMs} AND event.observed_at_ms < ${toMs}
    AND ${outside(holds, sql`event.observed_at_ms`, isNamed)} AND ${hasHappenedBefore("event", dueBeforeMs)}
    AND ${hasSuccessor(dueBeforeMs)}`;
}

async function putBackBedEvents(
  trx: DatabaseTransaction,
  rows: readonly Cells[],
): Promise<PutBack | PutBackRefusal> {
  const json = JSON.stringify(
    rows.map((cells) => Object.fromEntries(COLUMNS.map((name, place) => [name, cells[place] ?? null]))),
  );
  // What was erased for good since it was archived stays away.
  const archived = sql`(
    SELECT * FROM jsonb_to_recordset(${json}::jsonb) AS file(gateway text, epoch text, seq bigint, bed text, kind text,
      body text, observed_at_ms bigint, received_at_ms bigint, clock_offset_ms bigint, position bigint)
    WHERE NOT EXISTS (
      SELECT FROM evidence_logs log JOIN evidence_leaves leaf ON leaf.log_id = log.log_id
      WHERE log.gateway_id = file.gateway AND log.epoch = file.epoch AND leaf.lane = 'beds'
        AND leaf.first_seq = file.seq AND leaf.erased_at_ms IS NOT NULL)) archived`;
  const unknown = await sql<{ name: string }>`
    SELECT DISTINCT archived.gateway || '/' || archived.epoch AS name FROM ${archived}
      LEFT JOIN journals ON journals.gateway_id = archived.gateway AND journals.epoch = archived.epoch
    WHERE journals.journal_id IS NULL ORDER BY 1 LIMIT ${NAMES_SHOWN_MAX}`.execute(trx);
  if (unknown.rows.length > 0) return { differing: [], unknown: unknown.rows.map(({ name }) => name) };
  const differing = await sql<{ name: string }>`
    SELECT archived.gateway || '/' || archived.epoch || ' ' || archived.seq AS name
    FROM ${archived} JOIN bed_events stored ON (stored.gateway_id = archived.gateway AND stored.epoch = archived.epoch
        AND stored.seq = archived.seq) OR (stored.bed_id = archived.bed AND stored.position = archived.position)
    WHERE (stored.gateway_id, stored.epoch, stored.seq, stored.bed_id, stored.kind, stored.body, stored.observed_at_ms,
        stored.received_at_ms, stored.clock_offset_ms, stored.position)
      IS DISTINCT FROM (archived.gateway, archived.epoch, archived.seq, archived.bed, archived.kind,
        archived.body::jsonb, archived.observed_at_ms, archived.received_at_ms, archived.clock_offset_ms,
        archived.position)
    ORDER BY 1 LIMIT ${NAMES_SHOWN_MAX}`.execute(trx);
  if (differing.rows.length > 0) return { differing: differing.rows.map(({ name }) => name), unknown: [] };
  const added = await sql<{ rows: number }>`
    WITH added AS (
      INSERT INTO bed_events (gateway_id, epoch, seq, bed_id, kind, body, observed_at_ms, received_at_ms,
        clock_offset_ms, position)
      SELECT gateway, epoch, seq, bed, kind, body::jsonb, observed_at_ms, received_at_ms, clock_offset_ms, position
      FROM ${archived} ON CONFLICT DO NOTHING RETURNING 1)
    SELECT count(*)::int AS rows FROM added`.execute(trx);
  const count = added.rows[0]?.rows ?? 0;
  return { added: count, alreadyThere: rows.length - count };
}
