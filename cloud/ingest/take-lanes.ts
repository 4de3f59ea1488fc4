/**
 * Moves on the lanes of usual batches, and notes the blocks of their readings, which follow in the same transaction: a
 * batch begins right after its lane's mark, in a journal and from a process that are the newest, and speaks of no bed that is
 * somebody else's. Where this does not hold of each of them, it fails, and the transaction with it. A lane that somebody
 * else holds is not waited for, since whoever waits with lanes in hand may wait in a circle.
 */
import { type RawBuilder, sql } from "kysely";
import { arrayText } from "../database/array-text.ts";
import { laneNumber } from "./lane-rows.ts";
import { blockSpans, noteBlocks } from "./reading-blocks.ts";
import type { WholeBatch } from "./reading-rows.ts";

export type TakenBatch = { readonly batch: WholeBatch; readonly journalId: number };

/**
 * Invalid text representation: a sentence is to be a number, which is how a statement without a function of the database's
 * says that it fails, and why. An argument that is no array ends the same way; each batch is looked at by itself then too.
 */
export const NOT_ALL_TAKEN = "22P02";

/** By name and not as the driver prepares statements, so that it can stand in one message with what follows. */
export const prepareTakeLanes = sql`
  PREPARE take_lanes (text, text, text, text, int[], bigint[], int[], text[], int[],
    bigint[], int[], bigint[], bigint[], smallint[], int[]) AS
  WITH asked AS (
    SELECT * FROM ROWS FROM (
      jsonb_array_elements_text($1::jsonb), jsonb_array_elements_text($2::jsonb), jsonb_array_elements_text($3::jsonb),
      jsonb_array_elements_text($4::jsonb), unnest($5), unnest($6), unnest($7)
    ) WITH ORDINALITY AS asked(gateway_id, epoch, lane, boot_id, journal_id, first_seq, count, place)
  ), foreign_beds AS (
    SELECT bed.place FROM unnest($8, $9) AS bed(bed_id, place)
      JOIN beds USING (bed_id) JOIN asked ON asked.place = bed.place + 1
    WHERE beds.gateway_id <> asked.gateway_id
  ), held AS (
    SELECT lanes.gateway_id, lanes.epoch, lanes.lane, lanes.journal_id, asked.place, asked.first_seq, asked.count
    FROM asked JOIN lanes USING (gateway_id, epoch, lane, journal_id) JOIN journals USING (journal_id)
    WHERE lanes.high_water_mark_seq = asked.first_seq - 1 AND NOT lanes.superseded
      AND journals.boot_id = asked.boot_id AND asked.place NOT IN (SELECT place + 1 FROM foreign_beds)
    FOR UPDATE OF lanes SKIP LOCKED
  ), taken AS (
    UPDATE lanes SET high_water_mark_seq = held.first_seq + held.count - 1 FROM held
    WHERE lanes.gateway_id = held.gateway_id AND lanes.epoch = held.epoch AND lanes.lane = held.lane
      AND lanes.high_water_mark_seq = held.first_seq - 1
    RETURNING (held.place - 1)::int AS place, held.journal_id
  ), noted AS (${noteBlocks(sql`
    SELECT taken.journal_id, span.lane, span.week, span.block, span.from_ms, span.through_ms
    FROM taken JOIN unnest($10, $11, $12, $13, $14, $15)
      AS span(block, week, from_ms, through_ms, lane, place) USING (place)
    ORDER BY 1, 3, 4, 2`)}
  )
  SELECT (CASE WHEN count(*) < (SELECT count(*) FROM asked)
    THEN 'a lane has moved on, or is another''s: each batch is looked at by itself' ELSE '0' END)::int
  FROM taken`;

export function takeLanes(batches: readonly TakenBatch[]): RawBuilder<unknown> {
  const texts = (of: (batch: WholeBatch) => string) =>
    sql.lit(JSON.stringify(batches.map(({ batch }) => of(batch))));
  const numbers = <Of>(rows: readonly Of[], of: (row: Of) => number) => sql.lit(arrayText(rows.map(of)));
  const beds = batches.flatMap(({ batch }, place) => batch.bedIds.map((bedId) => ({ bedId, place })));
  const spans = batches.flatMap(({ batch: { key, firstSeq, columns } }, place) => {
    const lane = laneNumber(key.lane);
    const ofBatch = blockSpans((at) => firstSeq + at, columns.observedAtMs);
    return ofBatch.map((span) => ({ ...span, lane, place }));
  });
  const values = [
    texts(({ key }) => key.gatewayId),
    texts(({ key }) => key.epoch),
    texts(({ key }) => key.lane),
    texts(({ bootId }) => bootId),
    numbers(batches, ({ journalId }) => journalId),
    numbers(batches, ({ batch }) => batch.firstSeq),
    numbers(batches, ({ batch }) => batch.columns.flags.length),
    sql.lit(`{${beds.map(({ bedId }) => bedId).join(",")}}`),
    numbers(beds, ({ place }) => place),
    numbers(spans, ({ block }) => block),
    numbers(spans, ({ week }) => week),
    numbers(spans, ({ fromMs }) => fromMs),
    numbers(spans, ({ throughMs }) => throughMs),
    numbers(spans, ({ lane }) => lane),
    numbers(spans, ({ place }) => place),
  ];
  return sql`EXECUTE take_lanes (${sql.join(values)})`;
}
