/** Readings from an archive into their partitions. A reading is the same where its journal, lane and number are. */
import { sql } from "kysely";
import { LANES } from "../../../contracts/wire/lanes.ts";
import type { DatabaseTransaction } from "../../database/schema.ts";
import { blocksOf, noteBlocks } from "../../ingest/reading-blocks.ts";
import type { Cells } from "../archive/csv.ts";
import { READING_COLUMNS } from "./reading-columns.ts";
import type { PutBack, PutBackRefusal } from "./record-table.ts";

const NAMES_SHOWN_MAX = 5;

export async function putBackReadings(
  trx: DatabaseTransaction,
  rows: readonly Cells[],
): Promise<PutBack | PutBackRefusal> {
  const json = JSON.stringify(
    rows.map((cells) =>
      Object.fromEntries(READING_COLUMNS.map((name, place) => [name, cells[place] ?? null])),
    ),
  );
  const archived = sql`jsonb_to_recordset(${json}::jsonb) AS archived(gateway text, epoch text, lane text, seq bigint,
    device text, bed text, room text, metric text, unit text, value double precision, flags smallint,
    observed_at_ms bigint, gateway_received_at_ms bigint, received_at_ms bigint, clock_offset_ms bigint)`;
  const lane = sql`array_position(${`{${LANES.join(",")}}`}::text::text[], archived.lane) - 1`;
  const unknown = await sql<{ name: string }>`
    SELECT DISTINCT archived.gateway || '/' || archived.epoch AS name FROM ${archived}
      LEFT JOIN journals ON journals.gateway_id = archived.gateway AND journals.epoch = archived.epoch
    WHERE journals.journal_id IS NULL ORDER BY 1 LIMIT ${NAMES_SHOWN_MAX}`.execute(trx);
  if (unknown.rows.length > 0) return { differing: [], unknown: unknown.rows.map(({ name }) => name) };

  await sql`
    INSERT INTO series (gateway_id, device_id, metric, bed_id, room_id, unit)
    SELECT DISTINCT gateway, device, metric, bed, room, unit FROM ${archived}
    ON CONFLICT DO NOTHING`.execute(trx);
  const known = sql`
    SELECT journals.journal_id, (${lane})::smallint AS lane, archived.seq, series.series_id, archived.value,
      archived.flags, archived.observed_at_ms, archived.gateway_received_at_ms, archived.received_at_ms,
      archived.clock_offset_ms
    FROM ${archived}
      JOIN journals ON journals.gateway_id = archived.gateway AND journals.epoch = archived.epoch
      JOIN series ON series.gateway_id = archived.gateway AND series.device_id = archived.device
        AND series.metric = archived.metric AND series.bed_id IS NOT DISTINCT FROM archived.bed
        AND series.room_id IS NOT DISTINCT FROM archived.room AND series.unit IS NOT DISTINCT FROM archived.unit`;
  const differing = await sql<{ name: string }>`
    SELECT journals.gateway_id || '/' || journals.epoch || ' ' || known.seq AS name
    FROM (${known}) known JOIN readings stored USING (journal_id, lane, seq) JOIN journals USING (journal_id)
    WHERE (stored.series_id, stored.value, stored.flags, stored.observed_at_ms, stored.gateway_received_at_ms,
        stored.received_at_ms, stored.clock_offset_ms)
      IS DISTINCT FROM (known.series_id, known.value, known.flags, known.observed_at_ms, known.gateway_received_at_ms,
        known.received_at_ms, known.clock_offset_ms)
    ORDER BY 1 LIMIT ${NAMES_SHOWN_MAX}`.execute(trx);
  if (differing.rows.length > 0) return { differing: differing.rows.map(({ name }) => name), unknown: [] };

  const added = await sql<{ rows: number }>`
    WITH added AS (
      INSERT INTO readings (journal_id, lane, seq, series_id, value, flags, observed_at_ms, gateway_received_at_ms,
        received_at_ms, clock_offset_ms)
      ${known} ON CONFLICT DO NOTHING RETURNING journal_id, lane, seq, observed_at_ms
    ), noted AS (${noteBlocks(blocksOf(sql`added`))}
    )
    SELECT count(*)::int AS rows FROM added`.execute(trx);
  const count = added.rows[0]?.rows ?? 0;
  return { added: count, alreadyThere: rows.length - count };
}
