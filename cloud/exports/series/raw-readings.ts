/**
 * Every single reading of some series, in the order in which they were observed, a page at a time and with no cursor
 * held open in the database. The range is walked in slices, as wide as a page or two of what is found; within a slice
 * each page goes on after the last row of the one before.
 */
import { sql } from "kysely";
import type { Database } from "../../database/schema.ts";
import { readingsWithin } from "../../history/postgresql/readings-within.ts";

const ROWS_PER_PAGE = 5_000;
const SLICE_MS_MIN = 1_000;
const SLICE_MS_FIRST = 10 * 60_000;
const SLICE_MS_MAX = 28 * 86_400_000;

export type RawReading = {
  readonly seriesId: number;
  readonly journalId: number;
  readonly lane: number;
  readonly seq: number;
  readonly observedAtMs: number;
  readonly receivedAtMs: number;
  readonly value: number;
  readonly flags: number;
};

export type RawRange = {
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
};

export async function* rawReadings(
  db: Database,
  seriesIds: readonly number[],
  { fromMs, toMs }: RawRange,
  signal: AbortSignal,
): AsyncGenerator<readonly RawReading[]> {
  if (seriesIds.length === 0) return;
  let sliceMs = SLICE_MS_FIRST;
  for (let startMs = fromMs; startMs < toMs; ) {
    const slice = { fromMs: startMs, toMs: Math.min(startMs + sliceMs, toMs) };
    let rows = 0;
    let after: RawReading | null = null;
    do {
      signal.throwIfAborted();
      const page: readonly RawReading[] = await pageOf(db, seriesIds, slice, after);
      if (page.length > 0) yield page;
      rows += page.length;
      after = page.length === ROWS_PER_PAGE ? (page.at(-1) ?? null) : null;
    } while (after !== null);
    startMs = slice.toMs;
    sliceMs = nextSliceMs(sliceMs, rows);
  }
}

/** Twice as wide where little was found, half where it took several pages. */
function nextSliceMs(sliceMs: number, rows: number): number {
  if (rows < ROWS_PER_PAGE / 2) return Math.min(sliceMs * 2, SLICE_MS_MAX);
  return rows > ROWS_PER_PAGE * 2 ? Math.max(Math.floor(sliceMs / 2), SLICE_MS_MIN) : sliceMs;
}

async function pageOf(
  db: Database,
  seriesIds: readonly number[],
  range: RawRange,
  after: RawReading | null,
): Promise<readonly RawReading[]> {
  const beyond =
    after === null
      ? sql`true`
      : sql`(observed_at_ms, journal_id, lane, seq)
          > (${after.observedAtMs}::bigint, ${after.journalId}::int, ${after.lane}::smallint, ${after.seq}::bigint)`;
  const { rows } = await sql<RawReading>`
    SELECT series_id, journal_id, lane, seq, observed_at_ms, received_at_ms, value, flags
    FROM ${readingsWithin(seriesIds, range)} AS reading
    WHERE ${beyond}
    ORDER BY observed_at_ms, journal_id, lane, seq
    LIMIT ${ROWS_PER_PAGE}`.execute(db);
  return rows;
}
