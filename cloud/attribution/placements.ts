/** Where people said that devices were, and which devices there are, in the database. */
import { randomUUID } from "node:crypto";
import { type RawBuilder, sql } from "kysely";
import * as z from "zod";
import type { HeardDevice, Interval, PlacedDevice } from "../../contracts/booking/attribute.ts";
import { METRIC_NAMES } from "../../contracts/metrics/catalogue.ts";
import { BedId, DeviceId, GatewayId, type HospitalId } from "../../contracts/wire/ids.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { readingsWithin } from "../history/postgresql/readings-within.ts";
import { CloudError } from "../http/problem.ts";
import { rangeOf } from "./stays.ts";

const StoredPlacement = z.object({
  placementId: z.uuid(),
  gatewayId: GatewayId,
  deviceId: DeviceId,
  bedId: BedId.nullable(),
  fromMs: z.int(),
  toMs: z.int().nullable(),
  reason: z.string(),
  role: z.string(),
}) satisfies z.ZodType<PlacedDevice>;
export type StoredPlacement = z.infer<typeof StoredPlacement>;

/** Those that count. `which` speaks of `placement`. */
export async function currentPlacements(
  db: Database | DatabaseTransaction,
  which: RawBuilder<unknown>,
): Promise<StoredPlacement[]> {
  const { rows } = await sql`
    SELECT placement_id, gateway_id, device_id, bed_id, lower(during) AS from_ms, upper(during) AS to_ms, reason, role
    FROM placements placement WHERE is_current AND ${which}
    ORDER BY lower(during), placement_id`.execute(db);
  return StoredPlacement.array().parse(rows);
}

export async function retirePlacement(
  { trx }: DeskStep,
  { placementId }: Pick<StoredPlacement, "placementId">,
): Promise<void> {
  await sql`UPDATE placements SET is_current = false WHERE placement_id = ${placementId}`.execute(trx);
}

export async function insertPlacement(
  { trx, nowMs }: DeskStep,
  hospitalId: HospitalId,
  placed: Omit<StoredPlacement, "placementId">,
): Promise<void> {
  const { gatewayId, deviceId, bedId, reason, role } = placed;
  await sql`
    INSERT INTO placements (placement_id, gateway_id, device_id, bed_id, hospital_id, during, is_current,
      recorded_at_ms, reason, role)
    VALUES (${randomUUID()}, ${gatewayId}, ${deviceId}, ${bedId}, ${hospitalId}, ${rangeOf(placed)}, true, ${nowMs},
      ${reason}, ${role})`.execute(trx);
}

const KnownSeries = z.object({
  seriesId: z.int(),
  gatewayId: GatewayId,
  deviceId: DeviceId,
  gatewayBedId: BedId.nullable(),
  metric: z.enum(METRIC_NAMES),
  unit: z.string().nullable(),
}) satisfies z.ZodType<HeardDevice>;
export type KnownSeries = z.infer<typeof KnownSeries>;

/** What a hospital's devices have measured ever. `which` speaks of `series`. */
export async function knownSeries(
  db: Database | DatabaseTransaction,
  hospitalId: HospitalId,
  which: RawBuilder<unknown>,
): Promise<KnownSeries[]> {
  const { rows } = await sql`
    SELECT series.series_id, series.gateway_id, series.device_id, series.bed_id AS gateway_bed_id, series.metric,
      series.unit
    FROM series JOIN gateways USING (gateway_id) WHERE gateways.hospital_id = ${hospitalId} AND ${which}
    ORDER BY series.series_id`.execute(db);
  return KnownSeries.array().parse(rows);
}

export type AskedDevice = { readonly deviceId: DeviceId; readonly gatewayId?: GatewayId | undefined };

/** The series of one device of the hospital; it must be clear which. */
export async function deviceSeries(
  db: Database | DatabaseTransaction,
  hospitalId: HospitalId,
  { deviceId, gatewayId }: AskedDevice,
): Promise<readonly [KnownSeries, ...KnownSeries[]]> {
  const found = await knownSeries(db, hospitalId, sql`series.device_id = ${deviceId}`);
  const series = found.filter((known) => gatewayId === undefined || known.gatewayId === gatewayId);
  const gateways = [...new Set(series.map((known) => known.gatewayId))];
  if (gateways.length > 1)
    throw new CloudError("DEVICE_AMBIGUOUS", `${gateways.length} gateways have a device of that id.`, {
      gateways,
    });
  const [first, ...others] = series;
  if (first === undefined)
    throw new CloudError("DEVICE_NOT_FOUND", "There is no such device among those of your hospital.");
  return [first, ...others];
}

/** A device that has said nothing for so long says nothing of where it is. */
const GATEWAY_WORD_MS_MAX = 24 * 3_600_000;

/** Where the device was by its newest reading until then; undefined: it had said nothing for a day. */
export async function gatewayWordAt(
  db: Database,
  series: readonly KnownSeries[],
  atMs: number,
): Promise<KnownSeries | undefined> {
  const ids = series.map(({ seriesId }) => seriesId);
  const range = { fromMs: atMs - GATEWAY_WORD_MS_MAX + 1, toMs: atMs + 1 };
  const { rows } = await sql<{ seriesId: number }>`
    SELECT series_id FROM ${readingsWithin(ids, range)} AS reading
    ORDER BY observed_at_ms DESC, seq DESC LIMIT 1`.execute(db);
  return series.find(({ seriesId }) => seriesId === rows[0]?.seriesId);
}

export const meets = (column: "stay" | "placement", interval: Interval) =>
  sql`${sql.ref(column)}.during && ${rangeOf(interval)}`;
