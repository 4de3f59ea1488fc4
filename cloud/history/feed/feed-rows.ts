/** What goes to a store, as it is read from the database: in stretches of lanes, many rows to a text. */
import { sql } from "kysely";
import * as z from "zod";
import { METRIC_NAMES } from "../../../contracts/metrics/catalogue.ts";
import { BedEvent } from "../../../contracts/wire/bed-event.ts";
import { SeriesKey } from "../../../contracts/wire/history.ts";
import { HospitalId } from "../../../contracts/wire/ids.ts";
import { arrayText } from "../../database/array-text.ts";
import { preparedAs } from "../../database/prepared.ts";
import type { Database } from "../../database/schema.ts";
import { readingsWithin } from "../postgresql/readings-within.ts";
import type { LaneKey, Stretch } from "./plan-chunk.ts";

const column = <Row>(rows: readonly Row[], of: (row: Row) => number) => arrayText(rows.map(of));

function stretchesSql(stretches: readonly Stretch[]) {
  return sql`unnest(${column(stretches, ({ journalId }) => journalId)}::text::int[],
    ${column(stretches, ({ lane }) => lane)}::text::smallint[],
    ${column(stretches, ({ afterSeq }) => afterSeq)}::text::bigint[],
    ${column(stretches, ({ throughSeq }) => throughSeq)}::text::bigint[])
    WITH ORDINALITY AS stretch(journal_id, lane, after_seq, through_seq, place)`;
}

/** One after the other: `seq`, the number of the series, value, `observedAtMs`, flags; and again. Null: no finite number. */
export type ReadingNumbers = readonly (number | null)[];

/**
 * For each stretch its readings, by `seq`. All numbers of a stretch come as one text: as rows they would cost both this
 * process and the database twice as much, and this is what a feed spends its time on.
 */
export async function readReadings(db: Database, stretches: readonly Stretch[]): Promise<ReadingNumbers[]> {
  const { rows } = await sql<{ place: number; numbers: string | null }>`${preparedAs("read-feed-stretches")}
    SELECT stretch.place::int AS place, (
      SELECT string_agg(seq || ',' || series_id || ',' || value || ',' || observed_at_ms || ',' || flags, ',')
      FROM (
        SELECT seq, series_id, value, observed_at_ms, flags FROM readings
        WHERE readings.journal_id = stretch.journal_id AND readings.lane = stretch.lane
          AND readings.seq > stretch.after_seq AND readings.seq <= stretch.through_seq
        ORDER BY seq) reading) AS numbers
    FROM ${stretchesSql(stretches)}`.execute(db);
  const readings: ReadingNumbers[] = stretches.map(() => []);
  for (const { place, numbers } of rows) if (numbers !== null) readings[place - 1] = parseNumbers(numbers);
  return readings;
}

/** What is no number in JSON is none here either. */
function parseNumbers(text: string): ReadingNumbers {
  const numbers = text.includes("N") || text.includes("I") ? text.replace(/-?Infinity|NaN/g, "null") : text;
  return JSON.parse(`[${numbers}]`) as (number | null)[];
}

type Visit = (seq: number, seriesId: number, value: number, observedAtMs: number, flags: number) => void;

/** Without an object for each of them, since a point is made of it at once. */
export function eachReading(numbers: ReadingNumbers, visit: Visit): void {
  for (let at = 0; at < numbers.length; at += 5)
    visit(
      numbers[at] ?? 0,
      numbers[at + 1] ?? 0,
      numbers[at + 2] ?? Number.NaN,
      numbers[at + 3] ?? 0,
      numbers[at + 4] ?? 0,
    );
}

export type AskedSlot = LaneKey & {
  readonly seq: number;
  readonly seriesId: number;
  readonly observedAtMs: number;
};

/** Askings that lie closer together than this are one look into the database. */
const GAP_MS_MAX = 60_000;

/** How many readings of the same series, journal and millisecond came before each of these; in the order asked. */
export async function countEarlier(db: Database, asked: readonly AskedSlot[]): Promise<number[]> {
  const slots = asked.map(() => 0);
  const byTime = asked
    .map((asking, place) => ({ ...asking, place }))
    .toSorted((left, right) => left.observedAtMs - right.observedAtMs);
  for (let from = 0; from < byTime.length; ) {
    let to = from + 1;
    while (
      to < byTime.length &&
      (byTime[to]?.observedAtMs ?? 0) - (byTime[to - 1]?.observedAtMs ?? 0) <= GAP_MS_MAX
    )
      to += 1;
    for (const { place, slot } of await countTogether(db, byTime.slice(from, to))) slots[place] = slot;
    from = to;
  }
  return slots;
}

type Placed = AskedSlot & { readonly place: number };

async function countTogether(
  db: Database,
  asked: readonly Placed[],
): Promise<{ place: number; slot: number }[]> {
  const fromMs = asked[0]?.observedAtMs ?? 0;
  const throughMs = asked.at(-1)?.observedAtMs ?? 0;
  const ids = asked.map(({ seriesId }) => seriesId);
  const { rows } = await sql<{ place: number; slot: number }>`
    SELECT asked.place, count(*)::int AS slot
    FROM unnest(${column(asked, ({ place }) => place)}::text::int[],
        ${column(asked, ({ journalId }) => journalId)}::text::int[],
        ${column(asked, ({ lane }) => lane)}::text::smallint[],
        ${column(asked, ({ seriesId }) => seriesId)}::text::int[],
        ${column(asked, ({ observedAtMs }) => observedAtMs)}::text::bigint[],
        ${column(asked, ({ seq }) => seq)}::text::bigint[])
        AS asked(place, journal_id, lane, series_id, observed_at_ms, seq)
      JOIN ${readingsWithin(ids, { fromMs, toMs: throughMs + 1 })} AS reading
        ON reading.observed_at_ms = asked.observed_at_ms AND reading.series_id = asked.series_id
        AND reading.journal_id = asked.journal_id AND reading.lane = asked.lane AND reading.seq < asked.seq
    GROUP BY asked.place`.execute(db);
  return rows;
}

const SeriesRow = z.object({ seriesId: z.int(), ...SeriesKey.shape, metric: z.enum(METRIC_NAMES) });

/** Those of these numbers that are known; a metric that has left the catalogue is not. */
export async function readSeries(
  db: Database,
  seriesIds: readonly number[],
): Promise<Map<number, SeriesKey>> {
  const rows = await db
    .selectFrom("series")
    .innerJoin("gateways", "gateways.gatewayId", "series.gatewayId")
    .select([
      "series.seriesId",
      "gateways.hospitalId",
      "series.gatewayId",
      "series.deviceId",
      "series.metric",
      "series.bedId",
      "series.roomId",
      "series.unit",
    ])
    .where("series.seriesId", "in", seriesIds)
    .execute();
  const known = new Map<number, SeriesKey>();
  for (const row of rows) {
    const result = SeriesRow.safeParse(row);
    if (!result.success) continue;
    const { seriesId, ...key } = result.data;
    known.set(seriesId, key);
  }
  return known;
}

export type FeedEvent = {
  readonly journalId: number;
  readonly hospitalId: HospitalId;
  readonly gatewayId: string;
  readonly seq: number;
  /** Null: of a kind that is not known here. */
  readonly event: BedEvent | null;
};

const EventRow = z.object({
  journalId: z.int(),
  hospitalId: HospitalId,
  gatewayId: z.string(),
  seq: z.int(),
  body: z.unknown(),
});

/** In the order of their lanes and of `seq`. */
export async function readBedEvents(db: Database, stretches: readonly Stretch[]): Promise<FeedEvent[]> {
  if (stretches.length === 0) return [];
  const { rows } = await sql`
    SELECT stretch.journal_id, gateways.hospital_id, bed_events.gateway_id, bed_events.seq, bed_events.body
    FROM ${stretchesSql(stretches)}
      JOIN journals ON journals.journal_id = stretch.journal_id
      JOIN gateways ON gateways.gateway_id = journals.gateway_id
      JOIN bed_events ON bed_events.gateway_id = journals.gateway_id AND bed_events.epoch = journals.epoch
        AND bed_events.seq > stretch.after_seq AND bed_events.seq <= stretch.through_seq
    ORDER BY stretch.place, bed_events.seq`.execute(db);
  return EventRow.array()
    .parse(rows)
    .map(({ body, ...row }) => ({ ...row, event: BedEvent.safeParse(body).data ?? null }));
}
