/** The numbers under which this database knows series; in memory for those that were used before. */
import { sql } from "kysely";
import type { GatewayId } from "../../contracts/wire/ids.ts";
import type { SeriesFacts } from "../../contracts/wire/reading-columns.ts";
import type { Database } from "../database/schema.ts";

/** Series remembered of one gateway, and gateways remembered. The least recently heard are forgotten first. */
const SERIES_PER_GATEWAY_MAX = 50_000;
const GATEWAYS_MAX = 1_000;

type KnownSeries = { readonly seriesId: number; readonly facts: SeriesFacts };
type OfGateway = {
  readonly byKey: Map<string, KnownSeries>;
  /** By what came, which often is the same object again (SeenItems). */
  readonly byRaw: WeakMap<object, SeriesFacts>;
};

export class SeriesIds {
  readonly #ofGateway = new Map<GatewayId, OfGateway>();
  /** Of the facts that `known` hands out, so that they are not looked up a second time. */
  #ofFacts = new WeakMap<SeriesFacts, number>();

  /** What came, if it was stored here before and so needs no second look; undefined: it does. */
  known(gatewayId: GatewayId, raw: unknown): SeriesFacts | undefined {
    const known = this.#ofGateway.get(gatewayId);
    if (known === undefined || typeof raw !== "object" || raw === null) return undefined;
    const seen = known.byRaw.get(raw);
    if (seen !== undefined) return seen;
    const facts = known.byKey.get(keyOf(raw))?.facts;
    if (facts !== undefined) known.byRaw.set(raw, facts);
    return facts;
  }

  /** In the order asked. What is new is written at once, outside any transaction: a series without readings harms nobody. */
  async of(db: Database, gatewayId: GatewayId, series: readonly SeriesFacts[]): Promise<number[]> {
    const ready = series.map((facts) => this.#ofFacts.get(facts));
    if (ready.every((seriesId) => seriesId !== undefined)) return ready;
    const { byKey: known } = this.#known(gatewayId);
    const keys = series.map(keyOf);
    const fresh = new Map<string, SeriesFacts>();
    for (const [index, facts] of series.entries()) {
      const key = keys[index] ?? "";
      if (!known.has(key)) fresh.set(key, facts);
    }
    if (fresh.size > 0)
      for (const { seriesId, ...stored } of await storeSeries(db, gatewayId, [...fresh.values()])) {
        const facts = fresh.get(keyOf(stored));
        if (facts === undefined) continue;
        known.set(keyOf(stored), { seriesId, facts });
        this.#ofFacts.set(facts, seriesId);
      }
    return keys.map((key) => {
      const found = known.get(key);
      if (found === undefined) throw new Error(`no number for the series ${key}`);
      return found.seriesId;
    });
  }

  /** After a database came back, which may be another one: numbers may mean something else there. */
  forget(): void {
    this.#ofGateway.clear();
    this.#ofFacts = new WeakMap();
  }

  #known(gatewayId: GatewayId): OfGateway {
    let known = this.#ofGateway.get(gatewayId);
    if (known === undefined || known.byKey.size > SERIES_PER_GATEWAY_MAX)
      known = { byKey: new Map(), byRaw: new WeakMap() };
    this.#ofGateway.delete(gatewayId);
    this.#ofGateway.set(gatewayId, known);
    const [oldest] = this.#ofGateway.keys();
    if (this.#ofGateway.size > GATEWAYS_MAX && oldest !== undefined) this.#ofGateway.delete(oldest);
    return known;
  }
}

/** Of what is no text or null there is no key: it is nobody's. */
const keyOf = ({ deviceId, metric, bedId, roomId, unit }: Partial<Record<keyof SeriesFacts, unknown>>) =>
  `${textOf(deviceId)} ${textOf(metric)} ${textOf(bedId)} ${textOf(roomId)} ${textOf(unit)}`;

const textOf = (value: unknown) => (value === null ? "" : typeof value === "string" ? `=${value}` : "?");

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
