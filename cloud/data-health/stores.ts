/** How far behind what readings are brought on to is, and what it refused. */
import { sql } from "kysely";
import * as z from "zod";
import type { StoreHealth } from "../../contracts/wire/data-health.ts";
import type { Database } from "../database/schema.ts";
import type { FeedStatus } from "../history/feed/feed-meter.ts";
import { rfc3339, rfc3339OrNull } from "../registry/bed-view.ts";
import type { OfGateways } from "./repository.ts";

/** The feed of a store beside the database, as this process knows it. */
export type FedStoreStatus = { readonly stage: "influxdb"; status(): FeedStatus };

const StoreRow = z.object({
  store: z.string(),
  behindRecords: z.number(),
  oldestReceivedAtMs: z.number().nullable(),
  refusedRecords: z.number(),
  refusedReason: z.string().nullable(),
});

/** Of the gateways' lanes. Roll-ups and newest values have no bed events; a store of its own has them too. */
export async function storeHealth(
  db: Database,
  which: OfGateways,
  fed: FedStoreStatus | null,
): Promise<StoreHealth[]> {
  const { rows } = await sql`
    WITH lane AS (
      SELECT lanes.journal_id, lanes.lane AS name, CASE lanes.lane WHEN 'beds' THEN 0 WHEN 'vitals' THEN 1 ELSE 2 END AS lane,
        lanes.high_water_mark_seq, lanes.superseded
      FROM gateways gateway JOIN lanes ON lanes.gateway_id = gateway.gateway_id WHERE ${which}
    ), mark AS (
      SELECT 'latest' AS store, lane.*, latest.through_seq
      FROM lane LEFT JOIN latest_marks latest ON latest.journal_id = lane.journal_id AND latest.lane = lane.name
      WHERE lane.lane > 0 AND NOT lane.superseded
      UNION ALL
      SELECT store.store, lane.*, done.through_seq
      FROM lane CROSS JOIN (VALUES ('rollups'), ('influxdb')) store(store)
        LEFT JOIN series_cursors done
          ON done.store = store.store AND done.journal_id = lane.journal_id AND done.lane = lane.lane
      WHERE lane.lane > 0 OR store.store = 'influxdb'
    ), behind AS (
      SELECT mark.store, sum(mark.high_water_mark_seq - coalesce(mark.through_seq, 0))::float8 AS behind_records,
        min(oldest.received_at_ms) AS oldest_received_at_ms
      FROM mark LEFT JOIN LATERAL (
        SELECT received_at_ms FROM readings
        WHERE readings.journal_id = mark.journal_id AND readings.lane = mark.lane
          AND readings.seq > coalesce(mark.through_seq, 0) AND readings.seq <= mark.high_water_mark_seq
        ORDER BY readings.seq LIMIT 1) oldest ON true
      GROUP BY 1
    ), refused AS (
      SELECT refusal.store, count(*)::float8 AS refused_records,
        (array_agg(refusal.reason ORDER BY refusal.refused_at_ms DESC))[1] AS refused_reason
      FROM series_refusals refusal JOIN lane USING (journal_id, lane) GROUP BY 1
    )
    SELECT store, coalesce(behind_records, 0) AS behind_records, oldest_received_at_ms,
      coalesce(refused_records, 0) AS refused_records, refused_reason
    FROM (VALUES ('latest', 1), ('rollups', 2), ('influxdb', 3)) stage(store, place)
      LEFT JOIN behind USING (store) LEFT JOIN refused USING (store)
    ORDER BY place`.execute(db);
  return StoreRow.array()
    .parse(rows)
    .flatMap(({ store, oldestReceivedAtMs, ...row }) => {
      if (store === "influxdb" && fed === null) return [];
      const status = fed !== null && fed.stage === store ? fed.status() : null;
      const trouble = status?.trouble ?? null;
      return {
        ...row,
        stage: store === "influxdb" ? "influxdb" : store === "rollups" ? "rollups" : "latest",
        oldestReceivedAt: rfc3339OrNull(oldestReceivedAtMs),
        state: status?.state ?? null,
        trouble: trouble === null ? null : { message: trouble.message, since: rfc3339(trouble.sinceMs) },
      } satisfies StoreHealth;
    });
}
