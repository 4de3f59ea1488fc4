/** Readings: found by their partitions and lanes, removed a stretch of a lane at a time. */
import { sql } from "kysely";
import { LANES } from "../../../contracts/wire/lanes.ts";
import { arrayText } from "../../database/array-text.ts";
import type { Database } from "../../database/schema.ts";
import { otherName } from "../../history/postgresql/partitions.ts";
import { WEEK_MS } from "../../ingest/reading-blocks.ts";
import type { Hold } from "../holds/hold.ts";
import { type WeekPartition, weekPartitions } from "../week-partitions.ts";
import type { DueLane } from "./due-lanes.ts";
import { putBackReadings } from "./put-back-readings.ts";
import { READING_COLUMNS } from "./reading-columns.ts";
import {
  type Cut,
  type DueParcel,
  type DueRow,
  hasHappenedBefore,
  outside,
  type RecordTable,
  type Removed,
} from "./record-table.ts";

export const readingTable: RecordTable = {
  columns: READING_COLUMNS,

  async weeks(db, lanes, beforeMs) {
    const [lane] = lanes;
    if (lane === undefined) return [];
    const found = new Set<number>();
    for (const partition of await weekPartitions(db, "readings"))
      if (partition.fromMs + WEEK_MS <= beforeMs && (await hasAny(db, partition, lanes)))
        found.add(partition.fromMs);
    const { rows } = await sql<{ fromMs: number }>`
      SELECT DISTINCT observed_at_ms / ${WEEK_MS}::bigint * ${WEEK_MS}::bigint AS from_ms
      FROM ${sql.table(otherName("readings"))}
      WHERE observed_at_ms < ${beforeMs} AND lane = ${lane.lane} AND journal_id = ANY(${journals(lanes)}::text::int[])`.execute(
      db,
    );
    for (const { fromMs } of rows) found.add(fromMs);
    return [...found].toSorted((left, right) => left - right);
  },

  async read(db, parcel, cut, holds, rowsMax) {
    const { rows } = await sql<DueRow>`
      SELECT due.seq, due.hash::text AS hash, ARRAY[
        ${cut.gatewayId}::text, ${cut.epoch}::text, ${LANES[cut.lane]}::text, due.seq::text, series.device_id,
        series.bed_id, series.room_id, series.metric, series.unit, due.value::text, due.flags::text,
        due.observed_at_ms::text, due.gateway_received_at_ms::text, due.received_at_ms::text,
        due.clock_offset_ms::text] AS cells
      FROM (
        SELECT reading.*, hashtextextended(reading::text, 0) AS hash FROM readings reading
        WHERE ${isDue(parcel, cut, holds)} ORDER BY seq LIMIT ${rowsMax}) due
        JOIN series USING (series_id)
      ORDER BY due.seq`.execute(db);
    return rows;
  },

  async lastOf(db, parcel, cut, holds, rowsMax) {
    const { rows } = await sql<{ seq: number | null }>`
      SELECT max(seq) AS seq FROM (
        SELECT reading.seq FROM readings reading WHERE ${isDue(parcel, cut, holds)} ORDER BY reading.seq LIMIT ${rowsMax}) due`.execute(
      db,
    );
    return rows[0]?.seq ?? null;
  },

  async count(db, parcel, cut, holds) {
    const { rows } = await sql<{ count: number }>`
      SELECT count(*)::float8 AS count FROM readings reading WHERE ${isDue(parcel, cut, holds)}`.execute(db);
    return rows[0]?.count ?? 0;
  },

  async remove(trx, parcel, cut, holds) {
    const { rows } = await sql<Removed>`
      WITH gone AS (
        DELETE FROM readings reading WHERE ${isDue(parcel, cut, holds)}
        RETURNING hashtextextended(reading::text, 0) AS hash)
      SELECT count(*)::float8 AS rows, coalesce(sum(hash), 0)::text AS hash_sum FROM gone`.execute(trx);
    return rows[0] ?? { rows: 0, hashSum: "0" };
  },

  putBack: putBackReadings,
};

function isDue(
  { fromMs, toMs, dueBeforeMs }: DueParcel,
  { journalId, gatewayId, lane, afterSeq, throughSeq }: Cut,
  holds: readonly Hold[],
) {
  const isNamed = ({ bedId, deviceId }: Hold) =>
    bedId === null && deviceId === null
      ? sql`true`
      : sql`reading.series_id IN (SELECT series_id FROM series WHERE gateway_id = ${gatewayId}
          AND (${bedId}::text IS NULL OR bed_id = ${bedId}::text)
          AND (${deviceId}::text IS NULL OR device_id = ${deviceId}::text))`;
  return sql`reading.journal_id = ${journalId} AND reading.lane = ${lane} AND reading.seq > ${afterSeq}
    AND reading.seq <= ${throughSeq} AND reading.observed_at_ms >= ${sql.lit(fromMs)}
    AND reading.observed_at_ms < ${sql.lit(toMs)} AND ${hasHappenedBefore("reading", dueBeforeMs)} AND ${outside(holds, sql`reading.observed_at_ms`, isNamed)}`;
}

async function hasAny(db: Database, { name }: WeekPartition, lanes: readonly DueLane[]): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM unnest(${journals(lanes)}::text::int[]) AS journal(id)
      CROSS JOIN LATERAL (
        SELECT 1 FROM ${sql.table(name)} WHERE journal_id = journal.id AND lane = ${lanes[0]?.lane} LIMIT 1) found
    LIMIT 1`.execute(db);
  return rows.length > 0;
}

const journals = (lanes: readonly DueLane[]) => arrayText(lanes.map(({ journalId }) => journalId));
