/** Removes roll-ups whose time is over, series by series, a bounded number of rows in each transaction. */
import { sql } from "kysely";
import { METRIC_NAMES, METRICS } from "../../../contracts/metrics/catalogue.ts";
import type { HospitalId } from "../../../contracts/wire/ids.ts";
import { arrayText } from "../../database/array-text.ts";
import type { Database } from "../../database/schema.ts";
import type { Hold } from "../holds/hold.ts";
import { type DataClass, type Errand, laneOf } from "../policy.ts";
import { outside } from "../rows/record-table.ts";
import { inRemoval } from "../rows/removal.ts";
import { ROWS_PER_STEP, type StepDeps } from "./step.ts";

const SERIES_PER_STEP = 50;

export type RollupTable = "rollups_1m" | "rollups_1h";
export const ROLLUP_WIDTHS_MS = { rollups_1m: 60_000, rollups_1h: 3_600_000 } as const satisfies Record<
  RollupTable,
  number
>;

export async function trimRollups(
  { db, clock, step, deleted }: StepDeps & { deleted(table: RollupTable, rows: number): void },
  errand: Errand,
): Promise<void> {
  const { minuteMs, hourMs } = errand.cutoffs;
  for (const [table, beforeMs] of [
    ["rollups_1m", minuteMs],
    ["rollups_1h", hourMs],
  ] as const) {
    if (beforeMs === null) continue;
    const seriesIds = await seriesOf(db, errand.class, errand.hospitalId);
    for (let at = 0; at < seriesIds.length; at += SERIES_PER_STEP) {
      const some = seriesIds.slice(at, at + SERIES_PER_STEP);
      let removed = ROWS_PER_STEP;
      while (removed === ROWS_PER_STEP) {
        await step();
        removed = await inRemoval(db, clock.nowMs(), async (trx, holds) => {
          const { rows } = await sql<{ rows: number }>`
            WITH due AS (
              SELECT series_id, start_at_ms FROM ${sql.table(table)} part WHERE ${isDue(errand, table, beforeMs, some, holds)}
              ORDER BY series_id, start_at_ms LIMIT ${ROWS_PER_STEP}
            ), gone AS (
              DELETE FROM ${sql.table(table)} part USING due
              WHERE part.series_id = due.series_id AND part.start_at_ms = due.start_at_ms
                AND part.start_at_ms < ${sql.lit(beforeMs)}
              RETURNING 1)
            SELECT count(*)::int AS rows FROM gone`.execute(trx);
          return rows[0]?.rows ?? 0;
        });
        deleted(table, removed);
      }
    }
  }
}

export async function countDueRollups(
  db: Database,
  errand: Errand,
  table: RollupTable,
  beforeMs: number,
  holds: readonly Hold[],
): Promise<number> {
  const seriesIds = await seriesOf(db, errand.class, errand.hospitalId);
  const { rows } = await sql<{ count: number }>`
    SELECT count(*)::float8 AS count FROM ${sql.table(table)} part
    WHERE ${isDue(errand, table, beforeMs, seriesIds, holds)}`.execute(db);
  return rows[0]?.count ?? 0;
}

/** A part that a hold begins or ends inside of is kept. */
function isDue(
  { class: dataClass, hospitalId }: Errand,
  table: RollupTable,
  beforeMs: number,
  seriesIds: readonly number[],
  holds: readonly Hold[],
) {
  const widthMs = ROLLUP_WIDTHS_MS[table];
  const over = holds
    .filter((hold) => hold.hospitalId === hospitalId && (hold.class ?? dataClass) === dataClass)
    .map((hold) => ({ ...hold, fromMs: Math.floor(hold.fromMs / widthMs) * widthMs }));
  const isNamed = ({ bedId, deviceId }: Hold) => sql`part.series_id IN (
    SELECT series_id FROM series WHERE (${bedId}::text IS NULL OR bed_id = ${bedId}::text)
      AND (${deviceId}::text IS NULL OR device_id = ${deviceId}::text))`;
  return sql`part.series_id = ANY(${arrayText(seriesIds)}::text::int[]) AND part.start_at_ms < ${sql.lit(beforeMs)}
    AND ${outside(over, sql`part.start_at_ms`, isNamed)}`;
}

/** A metric that has left the catalogue is nobody's, and stays. */
async function seriesOf(db: Database, dataClass: DataClass, hospitalId: HospitalId): Promise<number[]> {
  const metrics = METRIC_NAMES.filter((name) => METRICS[name].lane === laneOf(dataClass));
  if (metrics.length === 0) return [];
  const { rows } = await sql<{ seriesId: number }>`
    SELECT series_id FROM series JOIN gateways USING (gateway_id)
    WHERE hospital_id = ${hospitalId} AND metric IN (${sql.join(metrics)}) ORDER BY series_id`.execute(db);
  return rows.map(({ seriesId }) => seriesId);
}
