/** The numbers under which this database knows series; in memory for those that were used before. */
import { sql } from "kysely";
import type { GatewayId } from "../../contracts/wire/ids.ts";
import type { SeriesFacts } from "../../contracts/wire/reading-columns.ts";
import type { Database } from "../database/schema.ts";

/** Series remembered of one gateway, and gateways remembered. The least recently heard are forgotten first. */
const SERIES_PER_GATEWAY_MAX = 50_000;
const GATEWAYS_MAX = 1_000;

export class SeriesIds {
  readonly #ofGateway = new Map<GatewayId, Map<string, number>>();

  /** In the order asked. What is new is written at once, outside any transaction: a series without readings harms nobody. */
  async of(db: Database, gatewayId: GatewayId, series: readonly SeriesFacts[]): Promise<number[]> {
    const known = this.#known(gatewayId);
    const keys = series.map(keyOf);
    const fresh = series.filter((_facts, index) => !known.has(keys[index] ?? ""));
    if (fresh.length > 0)
      for (const { seriesId, ...facts } of await storeSeries(db, gatewayId, fresh))
        known.set(keyOf(facts), seriesId);
    return keys.map((key) => {
      const id = known.get(key);
      if (id === undefined) throw new Error(`no number for the series ${key}`);
      return id;
    });
  }

  /** After a database came back, which may be another one: numbers may mean something else there. */
  forget(): void {
    this.#ofGateway.clear();
  }

  #known(gatewayId: GatewayId): Map<string, number> {
    let known = this.#ofGateway.get(gatewayId);
    if (known === undefined || known.size > SERIES_PER_GATEWAY_MAX) known = new Map();
    this.#ofGateway.delete(gatewayId);
    this.#ofGateway.set(gatewayId, known);
    const [oldest] = this.#ofGateway.keys();
    if (this.#ofGateway.size > GATEWAYS_MAX && oldest !== undefined) this.#ofGateway.delete(oldest);
    return known;
  }
}

const keyOf = ({ deviceId, metric, bedId, roomId, unit }: Record<keyof SeriesFacts, string | null>) =>
  `${deviceId} ${metric} ${bedId} ${roomId} ${unit === null ? "" : JSON.stringify(unit)}`;

type StoredSeries = Record<keyof SeriesFacts, string | null> & { readonly seriesId: number };

async function storeSeries(
  db: Database,
  gatewayId: GatewayId,
  series: readonly SeriesFacts[],
): Promise<StoredSeries[]> {
  const rows = JSON.stringify(
    series.map(({ deviceId, metric, bedId, roomId, unit }) => ({
      device_id: deviceId,
      metric,
      bed_id: bedId,
      room_id: roomId,
      unit,
    })),
  );
  const wanted = sql`
    SELECT DISTINCT * FROM jsonb_to_recordset(${rows}::jsonb)
      AS wanted(device_id text, metric text, bed_id text, room_id text, unit text)`;
  // In one order, so that two processes that write the same ones do not wait for each other in a circle.
  await sql`
    INSERT INTO series (gateway_id, device_id, metric, bed_id, room_id, unit)
    SELECT ${gatewayId}, * FROM (${wanted}) wanted ORDER BY 2, 3, 4, 5, 6
    ON CONFLICT DO NOTHING`.execute(db);
  const stored = await sql<StoredSeries>`
    SELECT series.series_id, series.device_id, series.metric, series.bed_id, series.room_id, series.unit
    FROM (${wanted}) wanted JOIN series ON series.gateway_id = ${gatewayId}
      AND series.device_id = wanted.device_id AND series.metric = wanted.metric
      AND series.bed_id IS NOT DISTINCT FROM wanted.bed_id AND series.room_id IS NOT DISTINCT FROM wanted.room_id
      AND series.unit IS NOT DISTINCT FROM wanted.unit`.execute(db);
  return stored.rows;
}
