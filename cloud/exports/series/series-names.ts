/** What stands once in the database and with every reading of an export: units as they came, and names of journals. */
import { sql } from "kysely";
import type { Database } from "../../database/schema.ts";
import type { Series } from "../../history/series-store.ts";
import type { ReadingPlace } from "./series-columns.ts";

/** Series id → the series it belongs to, and the unit under which this part of it came. */
export async function unitsOf(
  db: Database,
  series: readonly Series[],
): Promise<ReadonlyMap<number, ReadingPlace>> {
  const keyOf = new Map(
    series.flatMap(({ seriesIds, ...key }) => seriesIds.map((seriesId) => [seriesId, key] as const)),
  );
  if (keyOf.size === 0) return new Map();
  const rows = await db
    .selectFrom("series")
    .select(["seriesId", "unit"])
    .where(sql<boolean>`series_id = ANY(${`{${[...keyOf.keys()].join(",")}}`}::text::int[])`)
    .execute();
  return new Map(
    rows.flatMap(({ seriesId, unit }) => {
      const key = keyOf.get(seriesId);
      return key === undefined ? [] : [[seriesId, { key, unit }] as const];
    }),
  );
}

/** Journal id → its epoch. */
export async function journalNames(
  db: Database,
  series: readonly Series[],
): Promise<ReadonlyMap<number, string>> {
  const gateways = [...new Set(series.map(({ gatewayId }) => gatewayId))];
  if (gateways.length === 0) return new Map();
  const rows = await db
    .selectFrom("journals")
    .select(["journalId", "epoch"])
    .where("gatewayId", "in", gateways)
    .execute();
  return new Map(rows.map(({ journalId, epoch }) => [journalId, epoch]));
}
