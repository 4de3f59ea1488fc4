/** What is counted of sources and gateways. Every figure of the period comes from roll-ups of a minute. */
import { type RawBuilder, sql } from "kysely";
import * as z from "zod";
import { METRIC_NAMES } from "../../contracts/metrics/catalogue.ts";
import type { Lag } from "../../contracts/wire/data-health.ts";
import { DeviceId, GatewayId, HospitalId, Lane } from "../../contracts/wire/ids.ts";
import { LANES } from "../../contracts/wire/lanes.ts";
import type { Database } from "../database/schema.ts";
import type { Period } from "./rules.ts";

/** What is true of a row of `gateway`, by which everything else is found. */
export type OfGateways = RawBuilder<unknown>;

const GatewayRow = z.object({
  gatewayId: GatewayId,
  hospitalId: HospitalId,
  lastHeardAtMs: z.number().nullable(),
  parkedRecords: z.number(),
  refusedTimes: z.number(),
  refusedAtMs: z.number().nullable(),
  lostRecords: z.number(),
  lostRanges: z.number(),
  lostAtMs: z.number().nullable(),
});

export async function gatewayRows(db: Database, which: OfGateways) {
  const { rows } = await sql`
    SELECT gateway.gateway_id, gateway.hospital_id, gateway.last_heard_at_ms,
      (SELECT count(*)::int FROM parked_records parked WHERE parked.gateway_id = gateway.gateway_id) AS parked_records,
      coalesce(refused.times, 0)::int AS refused_times, refused.last_at_ms AS refused_at_ms,
      coalesce(lost.records, 0)::float8 AS lost_records, coalesce(lost.ranges, 0)::int AS lost_ranges,
      lost.noted_at_ms AS lost_at_ms
    FROM gateways gateway
      LEFT JOIN LATERAL (SELECT sum(times) AS times, max(last_at_ms) AS last_at_ms FROM equivocations
        WHERE equivocations.gateway_id = gateway.gateway_id) refused ON true
      LEFT JOIN LATERAL (SELECT sum(through_seq - from_seq + 1) AS records, count(*) AS ranges,
          max(noted_at_ms) AS noted_at_ms
        FROM tombstones JOIN journals USING (journal_id)
        WHERE journals.gateway_id = gateway.gateway_id) lost ON true
    WHERE ${which} ORDER BY gateway.gateway_id`.execute(db);
  return GatewayRow.array().parse(rows);
}
export type GatewayRow = z.infer<typeof GatewayRow>;

const LaneRow = z.object({
  gatewayId: GatewayId,
  lane: Lane,
  highWaterMarkSeq: z.number(),
  unappliedRecords: z.number().nullable(),
  receivedAtMs: z.number().nullable(),
  behindMs: z.number().nullable(),
  clockOffsetMs: z.number().nullable(),
});
export type LaneRow = z.infer<typeof LaneRow>;

/** Of each gateway's present journal, with the newest record of each lane. */
export async function laneRows(db: Database, which: OfGateways): Promise<LaneRow[]> {
  const { rows } = await sql`
    SELECT lanes.gateway_id, lanes.lane, lanes.high_water_mark_seq,
      CASE WHEN lanes.lane = 'beds' THEN NULL
        ELSE lanes.high_water_mark_seq - coalesce(mark.through_seq, 0) END AS unapplied_records,
      newest.received_at_ms, newest.received_at_ms - newest.observed_at_ms AS behind_ms, newest.clock_offset_ms
    FROM gateways gateway JOIN lanes ON lanes.gateway_id = gateway.gateway_id AND NOT lanes.superseded
      LEFT JOIN latest_marks mark ON mark.journal_id = lanes.journal_id AND mark.lane = lanes.lane
      LEFT JOIN LATERAL (
        (SELECT received_at_ms, observed_at_ms, clock_offset_ms FROM bed_events event
          WHERE lanes.lane = 'beds' AND event.gateway_id = lanes.gateway_id AND event.epoch = lanes.epoch
          ORDER BY event.seq DESC LIMIT 1)
        UNION ALL
        (SELECT received_at_ms, observed_at_ms, clock_offset_ms FROM readings
          WHERE lanes.lane <> 'beds' AND readings.journal_id = lanes.journal_id
            AND readings.lane = CASE lanes.lane WHEN 'vitals' THEN 1 ELSE 2 END
          ORDER BY readings.seq DESC LIMIT 1)) newest ON true
    WHERE ${which}
    ORDER BY lanes.gateway_id, array_position(${`{${LANES.join()}}`}::text::text[], lanes.lane)`.execute(db);
  return LaneRow.array().parse(rows);
}

const DeviceRow = z.object({
  gatewayId: GatewayId,
  deviceId: DeviceId,
  metrics: z.array(z.enum(METRIC_NAMES)),
  isOfRoom: z.boolean(),
  lastObservedAtMs: z.number(),
});
export type DeviceRow = z.infer<typeof DeviceRow>;

/** All that ever said something. */
export async function deviceRows(db: Database, which: OfGateways): Promise<DeviceRow[]> {
  const { rows } = await sql`
    SELECT latest.gateway_id, latest.device_id, jsonb_agg(latest.metric ORDER BY latest.metric) AS metrics,
      bool_and(latest.bed_id IS NULL AND latest.room_id IS NOT NULL) AS is_of_room,
      max(latest.observed_at_ms) AS last_observed_at_ms
    FROM latest_values latest JOIN gateways gateway ON gateway.gateway_id = latest.gateway_id
    WHERE ${which} GROUP BY 1, 2 ORDER BY 1, 2`.execute(db);
  return DeviceRow.array().parse(rows);
}

const LagRow = z.object({
  gatewayId: GatewayId,
  /** Null: of the whole gateway. */
  deviceId: DeviceId.nullable(),
  readings: z.number(),
  badReadings: z.number(),
  badAmongGood: z.number(),
  /** In which something of it was observed. */
  minutes: z.number(),
  lagReadings: z.number(),
  lagMinutes: z.number(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  maxMs: z.number().nullable(),
});
export type LagRow = z.infer<typeof LagRow>;

/** Of each device and each gateway that recorded something in the period. */
export async function lagRows(db: Database, which: OfGateways, { fromMs, toMs }: Period): Promise<LagRow[]> {
  const { rows } = await sql`
    WITH minutes AS (
      SELECT series.gateway_id, series.device_id, minute.start_at_ms, sum(minute.count + minute.bad_count) AS readings,
        sum(minute.bad_count) AS bad_readings,
        coalesce(sum(minute.bad_count) FILTER (WHERE minute.count > 0), 0) AS bad_among_good, sum(minute.lag_count)::float8 AS lag_readings,
        sum(minute.lag_sum_ms) AS lag_sum_ms, max(minute.lag_max_ms) AS lag_max_ms
      FROM gateways gateway JOIN series ON series.gateway_id = gateway.gateway_id
        -- Each series looks its own hour up; the whole partition is many times that.
        JOIN LATERAL (SELECT start_at_ms, count, bad_count, lag_count, lag_sum_ms, lag_max_ms FROM rollups_1m
          WHERE rollups_1m.series_id = series.series_id AND start_at_ms >= ${fromMs} AND start_at_ms < ${toMs}
          OFFSET 0) minute ON true
      WHERE ${which}
      GROUP BY GROUPING SETS ((1, 2, 3), (1, 3))
    ), means AS (
      SELECT *, CASE WHEN lag_readings > 0 THEN lag_sum_ms / lag_readings END AS mean_ms FROM minutes
    ), placed AS (
      SELECT *, sum(lag_readings) OVER (PARTITION BY gateway_id, device_id ORDER BY mean_ms, start_at_ms) AS through,
        sum(lag_readings) OVER (PARTITION BY gateway_id, device_id) AS in_all
      FROM means
    )
    SELECT gateway_id, device_id, sum(readings)::float8 AS readings, sum(bad_readings)::float8 AS bad_readings,
      sum(bad_among_good)::float8 AS bad_among_good,
      count(*)::int AS minutes, sum(lag_readings)::float8 AS lag_readings, count(mean_ms)::int AS lag_minutes,
      min(mean_ms) FILTER (WHERE through >= 0.5 * in_all) AS p50_ms,
      min(mean_ms) FILTER (WHERE through >= 0.95 * in_all) AS p95_ms, max(lag_max_ms)::float8 AS max_ms
    FROM placed GROUP BY 1, 2 ORDER BY 1, 2`.execute(db);
  return LagRow.array().parse(rows);
}

export function lagOf(row: LagRow | undefined): Lag | null {
  if (row === undefined || row.p50Ms === null || row.p95Ms === null || row.maxMs === null) return null;
  const { lagReadings: readings, lagMinutes: minutes, p50Ms, p95Ms, maxMs } = row;
  return { readings, minutes, p50Ms, p95Ms, maxMs };
}

/** A bed's newest events; older ones of the period do not count. */
const EVENTS_MAX = 500;

const SettlingRow = z.object({ gatewayId: GatewayId, deviceId: DeviceId, settlings: z.number() });
export type SettlingRow = z.infer<typeof SettlingRow>;

/** By the source whose word differed from the bed's status. */
export async function settlingRows(
  db: Database,
  which: OfGateways,
  { fromMs, toMs }: Period,
): Promise<SettlingRow[]> {
  const { rows } = await sql`
    SELECT bed.gateway_id, said->>'deviceId' AS device_id, count(DISTINCT event.position)::int AS settlings
    FROM gateways gateway JOIN beds bed ON bed.gateway_id = gateway.gateway_id AND NOT bed.removed
      JOIN LATERAL (SELECT position, kind, body, observed_at_ms FROM bed_events
        WHERE bed_events.bed_id = bed.bed_id ORDER BY position DESC LIMIT ${EVENTS_MAX}) event ON true
      CROSS JOIN LATERAL jsonb_array_elements(event.body->'evidence') said
    WHERE ${which} AND event.kind = 'occupancy-settling' AND event.observed_at_ms >= ${fromMs}
      AND event.observed_at_ms < ${toMs} AND event.body->>'candidate' IS NOT NULL
      AND coalesce(said->>'vote', event.body->>'candidate') = event.body->>'candidate'
    GROUP BY 1, 2 ORDER BY 1, 2`.execute(db);
  return SettlingRow.array().parse(rows);
}
