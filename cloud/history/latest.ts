/** Newest values of many beds at once, each with its age and what that says. */
import { sql } from "kysely";
import { freshnessOf, isGatewaySilent } from "../../contracts/bed/freshness.ts";
import { type LatestAnswer, type LatestQuery, LatestSeriesValue } from "../../contracts/wire/history.ts";
import { readFlags } from "../../contracts/wire/reading-columns.ts";
import type { PersonCaller } from "../access/scope.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/schema.ts";
import { CloudError } from "../http/problem.ts";
import { rfc3339 } from "../registry/bed-view.ts";
import { mayReadMetric } from "../registry/readable-metrics.ts";
import type { SeriesDirectory } from "./directory.ts";
import { readMetrics } from "./read-query.ts";

/** A ward of a hundred beds with everything that they say. */
export const LATEST_VALUES_MAX = 3_000;

type Row = {
  readonly hospitalId: string;
  readonly gatewayId: string;
  readonly deviceId: string;
  readonly metric: string;
  readonly bedId: string | null;
  readonly roomId: string | null;
  readonly unit: string | null;
  readonly value: number;
  readonly flags: number;
  readonly observedAtMs: number;
  readonly receivedAtMs: number;
  readonly lastHeardAtMs: number | null;
};

export type LatestDeps = {
  readonly db: Database;
  readonly directory: SeriesDirectory;
  readonly clock: Clock;
};

/** Throws a CloudError as SeriesDirectory.find does, and where there are more than LATEST_VALUES_MAX. */
export async function latestValues(
  { db, directory, clock }: LatestDeps,
  caller: PersonCaller,
  query: LatestQuery,
): Promise<LatestAnswer> {
  const metrics = readMetrics(query.metric);
  const place = await directory.placeOf(caller, query, metrics, true);
  const ofMetrics = metrics === null ? sql`true` : sql`latest.metric IN (${sql.join(metrics)})`;
  const { rows } = await sql<Row>`
    SELECT gateway.hospital_id, gateway.last_heard_at_ms, latest.gateway_id, latest.device_id, latest.metric, latest.bed_id,
      latest.room_id, latest.unit, latest.value, latest.flags, latest.observed_at_ms, latest.received_at_ms
    FROM latest_values latest JOIN gateways gateway ON gateway.gateway_id = latest.gateway_id
    WHERE ${place("latest")} AND ${ofMetrics}
    ORDER BY latest.bed_id NULLS LAST, latest.room_id, latest.metric, latest.device_id, latest.gateway_id
    LIMIT ${LATEST_VALUES_MAX + 1}`.execute(db);
  if (rows.length > LATEST_VALUES_MAX)
    throw new CloudError(
      "SERIES_TOO_MANY",
      `More than ${LATEST_VALUES_MAX} values are meant, which is what can be answered at once.`,
    );
  const intervalOf = await directory.intervalsOf(rows);
  const nowMs = clock.nowMs();
  return {
    values: rows
      .map((row) => shownValue(row, intervalOf(row.gatewayId, row.deviceId), nowMs))
      .filter(({ hospitalId, metric }) => mayReadMetric(caller, hospitalId, metric)),
    serverTime: rfc3339(nowMs),
  };
}

function shownValue(
  { value, flags, observedAtMs, receivedAtMs, lastHeardAtMs, ...key }: Row,
  expectedIntervalMs: number | null,
  nowMs: number,
): LatestSeriesValue {
  const ageMs = Math.max(0, nowMs - observedAtMs);
  return LatestSeriesValue.parse({
    ...key,
    ...readFlags(flags, value),
    observedAt: rfc3339(observedAtMs),
    receivedAt: rfc3339(receivedAtMs),
    ageMs,
    expectedIntervalMs,
    freshness: isGatewaySilent(lastHeardAtMs, nowMs)
      ? "stale"
      : expectedIntervalMs === null
        ? null
        : freshnessOf(ageMs, expectedIntervalMs),
  });
}
