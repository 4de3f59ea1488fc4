/** Which series there are of a bed, a ward, a room or a device, among those that the caller may read. */
import { type RawBuilder, sql } from "kysely";
import * as z from "zod";
import { METRIC_NAMES, type MetricName } from "../../contracts/metrics/catalogue.ts";
import { BedId, DeviceId, GatewayId, HospitalId, RoomId, type WardId } from "../../contracts/wire/ids.ts";
import { type PersonCaller, type Scope, scopeOf } from "../access/scope.ts";
import type { Database } from "../database/schema.ts";
import { CloudError } from "../http/problem.ts";
import { isVitalSign, mayReadMetric } from "../registry/readable-metrics.ts";
import { mergeSeries, type SeriesRow } from "./merge-series.ts";
import type { Series } from "./series-store.ts";

/** Narrower than any place that is asked for by mistake, and wider than any that makes sense on a screen. */
const ROWS_MAX = 20_000;

export type Selection = {
  readonly hospital?: HospitalId | undefined;
  readonly ward?: WardId | undefined;
  readonly room?: RoomId | undefined;
  readonly bed?: BedId | undefined;
  readonly device?: DeviceId | undefined;
};

const BedPlace = z.object({ bedId: BedId, gatewayId: GatewayId, roomId: RoomId });
type BedPlace = z.infer<typeof BedPlace>;

const Row = z.object({
  seriesId: z.int(),
  hospitalId: HospitalId,
  gatewayId: GatewayId,
  deviceId: DeviceId,
  metric: z.enum(METRIC_NAMES),
  bedId: BedId.nullable(),
  roomId: RoomId.nullable(),
}) satisfies z.ZodType<SeriesRow>;

export class SeriesDirectory {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * `metrics` null: all that the caller may read. Throws a CloudError where the place is not among what the caller may
   * see, and where a metric is asked for that the caller may not read.
   */
  async find(
    caller: PersonCaller,
    selection: Selection,
    metrics: readonly MetricName[] | null,
  ): Promise<Series[]> {
    const place = await this.placeOf(caller, selection, metrics, metrics !== null);
    const ofMetrics = metrics === null ? sql`true` : sql`series.metric IN (${sql.join(metrics)})`;
    const { rows } = await sql`
      SELECT series.series_id, gateway.hospital_id, series.gateway_id, series.device_id, series.metric, series.bed_id,
        series.room_id
      FROM series JOIN gateways gateway ON gateway.gateway_id = series.gateway_id
      WHERE ${place("series")} AND ${ofMetrics} ORDER BY series.series_id LIMIT ${ROWS_MAX}`.execute(
      this.#db,
    );
    if (rows.length === 0 && selection.device !== undefined) await this.#requireDevice(place);
    return mergeSeries(
      Row.array()
        .parse(rows)
        .filter(({ hospitalId, metric }) => mayReadMetric(caller, hospitalId, metric)),
    );
  }

  /**
   * What rows of `table` (with a gateway_id, device_id, bed_id and room_id, joined with `gateway`) have to be for a place;
   * `withRooms`: the sensors of a bed's room are part of it. Throws as `find` does.
   */
  async placeOf(
    caller: PersonCaller,
    selection: Selection,
    metrics: readonly MetricName[] | null,
    withRooms: boolean,
  ): Promise<(table: string) => RawBuilder<unknown>> {
    checkSelection(selection);
    checkMetrics(caller, metrics);
    const scope = scopeOf(caller);
    const { hospital, device, room } = selection;
    const beds = await this.#beds(scope, selection);
    return (table) => {
      const column = (name: string) => sql.ref(`${table}.${name}`);
      const conditions = [inScope(scope)];
      if (hospital !== undefined) conditions.push(sql`gateway.hospital_id = ${hospital}`);
      if (device !== undefined) conditions.push(sql`${column("device_id")} = ${device}`);
      if (beds !== null && room !== undefined)
        conditions.push(sql`${column("bed_id")} IS NULL`, inRooms(beds, column));
      else if (beds !== null) {
        const atBeds = sql`(${column("gateway_id")}, ${column("bed_id")}) IN
          (${sql.join(beds.map(({ gatewayId, bedId }) => sql`(${gatewayId}, ${bedId})`))})`;
        const inTheirRooms = sql`(${column("bed_id")} IS NULL AND ${inRooms(beds, column)})`;
        conditions.push(withRooms ? sql`(${atBeds} OR ${inTheirRooms})` : atBeds);
      }
      return sql.join(conditions, sql` AND `);
    };
  }

  /** How often each of these devices is due, in milliseconds; those of which nobody said so are not in it. */
  async intervalsOf(
    devices: readonly { readonly gatewayId: string; readonly deviceId: string }[],
  ): Promise<(gatewayId: string, deviceId: string) => number | null> {
    if (devices.length === 0) return () => null;
    const gateways = [...new Set(devices.map(({ gatewayId }) => gatewayId))];
    const names = [...new Set(devices.map(({ deviceId }) => deviceId))];
    const { rows } = await sql<{ gatewayId: string; deviceId: string; intervalMs: number }>`
      SELECT bed.gateway_id, source->>'deviceId' AS device_id, min((source->>'expectedIntervalMs')::int) AS interval_ms
      FROM beds bed, jsonb_array_elements(bed.sources) source
      WHERE bed.gateway_id IN (${sql.join(gateways)}) AND source->>'deviceId' IN (${sql.join(names)})
      GROUP BY 1, 2`.execute(this.#db);
    const known = new Map(rows.map((row) => [`${row.gatewayId} ${row.deviceId}`, row.intervalMs]));
    return (gatewayId, deviceId) => known.get(`${gatewayId} ${deviceId}`) ?? null;
  }

  /** A device that is known and says nothing of the metrics asked for has no series; one that is not known is an error. */
  async #requireDevice(place: (table: string) => RawBuilder<unknown>): Promise<void> {
    const { rows } = await sql`
      SELECT 1 FROM series JOIN gateways gateway ON gateway.gateway_id = series.gateway_id
      WHERE ${place("series")} LIMIT 1`.execute(this.#db);
    if (rows.length === 0)
      throw new CloudError(
        "DEVICE_NOT_FOUND",
        "There is no such device with series among those you may see.",
      );
  }

  /** Null: the selection names no place but a device. A bed out of service keeps its history; of a ward and a room it is no part. */
  async #beds(scope: Scope, { hospital, ward, room, bed }: Selection): Promise<readonly BedPlace[] | null> {
    if (bed === undefined && ward === undefined && room === undefined) return null;
    const conditions = [bedInScope(scope)];
    if (hospital !== undefined) conditions.push(sql`bed.hospital_id = ${hospital}`);
    if (bed !== undefined) conditions.push(sql`bed.bed_id = ${bed}`);
    if (ward !== undefined) conditions.push(sql`bed.ward_id = ${ward} AND NOT bed.removed`);
    if (room !== undefined) conditions.push(sql`bed.room_id = ${room}`);
    const { rows } = await sql`
      SELECT bed.bed_id, bed.gateway_id, bed.room_id FROM beds bed
      WHERE ${sql.join(conditions, sql` AND `)} ORDER BY bed.bed_id LIMIT ${ROWS_MAX}`.execute(this.#db);
    if (rows.length > 0) return BedPlace.array().parse(rows);
    // The same for what belongs to another hospital: that it exists is not told.
    if (bed !== undefined)
      throw new CloudError("BED_NOT_FOUND", "There is no such bed among those you may see.");
    if (ward !== undefined)
      throw new CloudError("WARD_NOT_FOUND", "There is no such ward with beds among those you may see.");
    throw new CloudError("ROOM_NOT_FOUND", "There is no such room with beds among those you may see.");
  }
}

const inScope = (scope: Scope) =>
  scope.kind === "network" ? sql`true` : sql`gateway.hospital_id = ${scope.hospitalId}`;
const bedInScope = (scope: Scope) =>
  scope.kind === "network" ? sql`true` : sql`bed.hospital_id = ${scope.hospitalId}`;

function inRooms(beds: readonly BedPlace[], column: (name: string) => RawBuilder<unknown>) {
  const rooms = new Map(beds.map((bed) => [`${bed.gatewayId} ${bed.roomId}`, bed]));
  return sql`(${column("gateway_id")}, ${column("room_id")}) IN
    (${sql.join([...rooms.values()].map(({ gatewayId, roomId }) => sql`(${gatewayId}, ${roomId})`))})`;
}

function checkMetrics(caller: PersonCaller, metrics: readonly MetricName[] | null): void {
  // Whoever may not read it in the own hospital reads it nowhere, and roles of the network are at home in none.
  const { hospitalId } = caller;
  const forbidden = (metrics ?? []).filter((metric) =>
    hospitalId === null ? isVitalSign(metric) : !mayReadMetric(caller, hospitalId, metric),
  );
  if (forbidden.length > 0)
    throw new CloudError(
      "METRIC_FORBIDDEN",
      `Your role may not read ${forbidden.join(", ")}. They are vital signs.`,
    );
}

function checkSelection({ hospital, ward, room, bed, device }: Selection): void {
  const places = [bed, room, ward].filter((named) => named !== undefined).length;
  if (places > 1)
    throw new CloudError("SERIES_SELECTION", "Expected one of bed, room and ward, got several.");
  if (ward !== undefined && hospital === undefined)
    throw new CloudError(
      "SERIES_SELECTION",
      "Expected the ward's hospital, since wards of two hospitals may share a name.",
    );
  if (places === 0 && device === undefined)
    throw new CloudError(
      "SERIES_SELECTION",
      "Expected a bed, a room, a ward with its hospital, or a device.",
    );
}
