/** What was measured on a patient: the readings of each device while it was at a bed that was the patient's. */
import { sql } from "kysely";
import * as z from "zod";
import { attributedSpans, type Interval } from "../../contracts/booking/attribute.ts";
import type { MetricName } from "../../contracts/metrics/catalogue.ts";
import { ENCOUNTER_READINGS_MAX, type EncounterSeries } from "../../contracts/wire/encounters.ts";
import type { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import { readFlags } from "../../contracts/wire/reading-columns.ts";
import type { Database } from "../database/schema.ts";
import { readingsWithin } from "../history/postgresql/readings-within.ts";
import { rfc3339, rfc3339OrNull } from "../registry/bed-view.ts";
import { currentPlacements, type KnownSeries, knownSeries, meets } from "./placements.ts";
import { currentStays } from "./stays.ts";

export type AskedEncounter = {
  readonly encounterId: string;
  readonly hospitalId: HospitalId;
  /** Null: all. */
  readonly metrics: readonly MetricName[] | null;
  readonly range: { readonly fromMs: number; readonly toMs: number };
};

type OwnSpan = Interval & { readonly series: KnownSeries; readonly bedId: BedId };

export async function encounterReadings(
  db: Database,
  asked: AskedEncounter,
): Promise<Pick<EncounterSeries, "readings" | "continueFrom">> {
  const spans = await ownSpans(db, asked);
  if (spans.length === 0) return { readings: [], continueFrom: null };
  const rows = await readSpans(db, spans, asked.range, ENCOUNTER_READINGS_MAX + 1);
  // Readings of one millisecond are shown together, so that whoever goes on misses none and sees none twice.
  const continueFromMs = rows[ENCOUNTER_READINGS_MAX]?.observedAtMs ?? null;
  const shown = continueFromMs === null ? rows : rows.filter((row) => row.observedAtMs < continueFromMs);
  return { readings: shown.map((row) => viewOf(row, spans)), continueFrom: rfc3339OrNull(continueFromMs) };
}

async function ownSpans(
  db: Database,
  { encounterId, hospitalId, metrics, range }: AskedEncounter,
): Promise<OwnSpan[]> {
  const stays = await currentStays(
    db,
    sql`stay.encounter_id = ${encounterId} AND stay.hospital_id = ${hospitalId} AND ${meets("stay", range)}`,
  );
  if (stays.length === 0) return [];
  const beds = [...new Set(stays.map(({ bedId }) => bedId))];
  const placements = await currentPlacements(
    db,
    sql`hospital_id = ${hospitalId} AND ${meets("placement", range)}`,
  );
  const placedHere = placements.filter(({ bedId }) => bedId !== null && beds.includes(bedId));
  const ofMetric = metrics === null ? sql`true` : sql`series.metric = ANY(${[...metrics]}::text[])`;
  const series = await knownSeries(
    db,
    hospitalId,
    sql`${ofMetric} AND (series.bed_id = ANY(${beds}::text[])
      OR series.device_id = ANY(${placedHere.map(({ deviceId }) => deviceId)}::text[]))`,
  );
  return series.flatMap((known) => {
    const own = placements.filter(
      (placed) => placed.gatewayId === known.gatewayId && placed.deviceId === known.deviceId,
    );
    return attributedSpans(known, { placements: own, stays }, range).flatMap(({ bedId, ...span }) =>
      span.encounterId === null || bedId === null ? [] : [{ ...span, bedId, series: known }],
    );
  });
}

const Row = z.object({
  span: z.int(),
  observedAtMs: z.int(),
  receivedAtMs: z.int(),
  value: z.number(),
  flags: z.int(),
});
type Row = z.infer<typeof Row>;

/** `spans` lie in the range. */
async function readSpans(
  db: Database,
  spans: readonly OwnSpan[],
  range: AskedEncounter["range"],
  rowsMax: number,
): Promise<Row[]> {
  const wanted = spans.map(({ series, fromMs, toMs }, span) => ({
    span,
    series_id: series.seriesId,
    from_ms: fromMs,
    to_ms: toMs,
  }));
  const fromMs = Math.min(...spans.map((span) => span.fromMs));
  const toMs = Math.max(...spans.map((span) => span.toMs ?? range.toMs));
  const ids = wanted.map((one) => one.series_id);
  const { rows } = await sql`
    SELECT wanted.span, reading.observed_at_ms, reading.received_at_ms, reading.value, reading.flags
    FROM jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) AS wanted(span int, series_id int, from_ms bigint, to_ms bigint)
      JOIN ${readingsWithin(ids, { fromMs, toMs })} AS reading ON reading.series_id = wanted.series_id
        AND reading.observed_at_ms >= wanted.from_ms AND reading.observed_at_ms < wanted.to_ms
    ORDER BY reading.observed_at_ms, reading.series_id, reading.seq LIMIT ${rowsMax}`.execute(db);
  return Row.array().parse(rows);
}

function viewOf(row: Row, spans: readonly OwnSpan[]): EncounterSeries["readings"][number] {
  const span = spans[row.span];
  const facts = readFlags(row.flags, row.value);
  if (span === undefined || facts === null) throw new Error("a stored reading has flags that nobody wrote");
  const { gatewayId, deviceId, metric, unit } = span.series;
  const { value, quality, badReason } = facts;
  return {
    gatewayId,
    deviceId,
    bedId: span.bedId,
    metric,
    value,
    unit,
    quality,
    badReason,
    observedAt: rfc3339(row.observedAtMs),
    receivedAt: rfc3339(row.receivedAtMs),
  };
}
