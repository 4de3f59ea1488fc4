/** From the rows in which the database knows series to those that a client asks for. Pure. */
import { METRIC_NAMES, type MetricName, metricOf } from "../../contracts/metrics/catalogue.ts";
import type { BedId, DeviceId, GatewayId, HospitalId, RoomId } from "../../contracts/wire/ids.ts";
import type { Series } from "./series-store.ts";

export type SeriesRow = {
  readonly seriesId: number;
  readonly hospitalId: HospitalId;
  readonly gatewayId: GatewayId;
  readonly deviceId: DeviceId;
  readonly metric: MetricName;
  readonly bedId: BedId | null;
  readonly roomId: RoomId | null;
};

/**
 * One series for each device, metric and bed, or room where it is at no bed. The unit is the metric's own: a good value
 * has no other, and one in a wrong unit is bad and counts as such. A bed that was moved to another room keeps its series,
 * under the room of the newest row.
 */
export function mergeSeries(rows: readonly SeriesRow[]): Series[] {
  const groups = Map.groupBy(
    rows.toSorted((left, right) => left.seriesId - right.seriesId),
    ({ gatewayId, deviceId, metric, bedId, roomId }) =>
      [gatewayId, deviceId, metric, bedId === null ? `room ${roomId}` : `bed ${bedId}`].join(" "),
  );
  return [...groups.values()].map(merged).toSorted(inOrder);
}

function merged(rows: readonly SeriesRow[]): Series {
  const newest = rows.at(-1);
  if (newest === undefined) throw new Error("a series without rows");
  const { seriesId: _newest, ...key } = newest;
  return { ...key, unit: metricOf(key.metric).ucum, seriesIds: rows.map(({ seriesId }) => seriesId) };
}

/** By place, beds before rooms, then as the catalogue lists metrics, then by device. */
function inOrder(left: Series, right: Series): number {
  return (
    compare(left.hospitalId, right.hospitalId) ||
    Number(left.bedId === null) - Number(right.bedId === null) ||
    compare(left.bedId ?? "", right.bedId ?? "") ||
    compare(left.roomId ?? "", right.roomId ?? "") ||
    METRIC_NAMES.indexOf(left.metric) - METRIC_NAMES.indexOf(right.metric) ||
    compare(left.deviceId, right.deviceId) ||
    compare(left.gatewayId, right.gatewayId)
  );
}

const compare = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0);
