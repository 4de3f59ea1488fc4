/**
 * Blocks: by which readings are found by when they were observed. A block is so many successive numbers of a lane, and
 * says of each week from when until when those of it were observed that are in this week:
 *
 *   lane vitals   1 … 4095 │ 4096 … 8191 │ 8192 …
 *   week 2961     Mon–Tue  │ Tue         │ Tue–      (numbers come in about the order of time, so blocks are short)
 *   week 0                 │ 00:03–00:04 │           (one that came from a clock that had been reset)
 *
 * Written in the transaction that stores the readings, and never made narrower: a block may promise more than there is,
 * and nothing that is there is missed. An index entry for each reading would cost a tenth of what storing it does.
 */
import { type RawBuilder, sql } from "kysely";
import { arrayText } from "../database/array-text.ts";

export const BLOCK_SEQS = 4_096;
/** As wide as a partition of readings, so that what is known of one goes with it. */
export const WEEK_MS = 604_800_000;

/** What is known of a block and a week. */
export type BlockSpan = {
  readonly block: number;
  readonly week: number;
  readonly fromMs: number;
  /** Inclusive. */
  readonly throughMs: number;
};

/**
 * Of readings by their place. Few of any usual batch, which has few blocks and one week; in the order in which everybody
 * notes them, so that two who note the same ones do not wait for each other in a circle.
 */
export function blockSpans(seqOf: (place: number) => number, observedAtMs: readonly number[]): BlockSpan[] {
  const spans = new Map<string, { -readonly [Key in keyof BlockSpan]: BlockSpan[Key] }>();
  let span = { block: -1, week: -1, fromMs: 0, throughMs: 0 };
  for (let place = 0; place < observedAtMs.length; place++) {
    const atMs = observedAtMs[place] ?? 0;
    const block = Math.floor(seqOf(place) / BLOCK_SEQS);
    const week = Math.floor(atMs / WEEK_MS);
    if (block !== span.block || week !== span.week) {
      const name = `${block} ${week}`;
      span = spans.get(name) ?? { block, week, fromMs: atMs, throughMs: atMs };
      spans.set(name, span);
    }
    if (atMs < span.fromMs) span.fromMs = atMs;
    if (atMs > span.throughMs) span.throughMs = atMs;
  }
  return [...spans.values()].toSorted((left, right) => left.week - right.week || left.block - right.block);
}

/** Arrays for `unnest`, which makes rows of `block, week, from_ms, through_ms` of them. */
export function spansSql(spans: readonly BlockSpan[]): RawBuilder<unknown> {
  const column = (of: (span: BlockSpan) => number) => arrayText(spans.map(of));
  return sql`${column(({ block }) => block)}::text::bigint[], ${column(({ week }) => week)}::text::int[],
    ${column(({ fromMs }) => fromMs)}::text::bigint[], ${column(({ throughMs }) => throughMs)}::text::bigint[]`;
}

/** Of stored readings: rows of a block's columns. */
export const blocksOf = (readings: RawBuilder<unknown>) => sql`
  SELECT journal_id, lane, observed_at_ms / ${sql.lit(WEEK_MS)} AS week, seq / ${sql.lit(BLOCK_SEQS)} AS block,
    min(observed_at_ms) AS from_ms, max(observed_at_ms) AS through_ms
  FROM ${readings} GROUP BY 1, 2, 3, 4 ORDER BY 1, 3, 4, 2`;

/** `spans`: rows of a block's columns, of which no two are of the same block and week. */
export const noteBlocks = (spans: RawBuilder<unknown>) => sql`
  INSERT INTO reading_blocks AS known (journal_id, lane, week, block, from_ms, through_ms) ${spans}
  ON CONFLICT (journal_id, week, block, lane) DO UPDATE SET
    from_ms = least(known.from_ms, excluded.from_ms), through_ms = greatest(known.through_ms, excluded.through_ms)
  WHERE excluded.from_ms < known.from_ms OR excluded.through_ms > known.through_ms`;
