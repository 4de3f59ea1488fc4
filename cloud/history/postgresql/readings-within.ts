/** Readings by when they were observed. */
import { type RawBuilder, sql } from "kysely";
import { arrayText } from "../../database/array-text.ts";
import { BLOCK_SEQS, WEEK_MS } from "../../ingest/reading-blocks.ts";

/**
 * As a table, in no order: those of these series, from `fromMs` until before `toMs`. They are looked for in the
 * blocks of the series' gateways that hold something of that time.
 */
export function readingsWithin(
  seriesIds: readonly number[],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): RawBuilder<unknown> {
  const week = (atMs: number) => sql.lit(Math.floor(atMs / WEEK_MS));
  const [from, to, seqs] = [fromMs, toMs, BLOCK_SEQS].map((number) => sql`${sql.lit(number)}::bigint`);
  // Written out: a parameter's text would be made an array anew for each row that is looked at.
  const ids = sql`${sql.lit(arrayText([...new Set(seriesIds)]))}::int[]`;
  // The gateways' journals as an array, by which the blocks are looked up; joined, they might come last.
  // Each week of a block is looked at by itself, so that nothing is found twice. Which partitions there are to look into
  // is known of the range before, and of the block when it comes to that.
  return sql`(
    SELECT found.* FROM reading_blocks block CROSS JOIN LATERAL (
      SELECT * FROM readings
      WHERE readings.journal_id = block.journal_id AND readings.lane = block.lane
        AND readings.seq >= block.block * ${seqs} AND readings.seq < (block.block + 1) * ${seqs}
        AND readings.observed_at_ms >= block.from_ms AND readings.observed_at_ms <= block.through_ms
        AND readings.observed_at_ms >= ${from} AND readings.observed_at_ms < ${to}
        AND readings.series_id = ANY(${ids})
      OFFSET 0
    ) found
    WHERE block.journal_id = ANY(ARRAY(
        SELECT journals.journal_id FROM journals JOIN series USING (gateway_id) WHERE series.series_id = ANY(${ids})))
      AND block.week BETWEEN ${week(fromMs)} AND ${week(toMs - 1)}
      AND block.from_ms < ${to} AND block.through_ms >= ${from})`;
}
