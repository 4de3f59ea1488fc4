/** The questions that are asked in InfluxQL. Pure. */
import type { Range, Series } from "../series-store.ts";
import { tagText } from "./line-protocol.ts";

/** One statement; its rows are `time` and then these columns. */
export function statementOf(series: Series, range: Range): string {
  const from = `FROM ${quoted(series.metric)} WHERE ${placeOf(series)} AND ${timesOf(range)}`;
  const { everyMs, pointsMax } = range;
  if (everyMs === null) return `SELECT "value", "bad_reason" ${from} LIMIT ${pointsMax}`;
  return `SELECT min("value"), mean("value"), max("value"), last("value"), count("value"), count("bad_reason") ${from} GROUP BY time(${everyMs}ms) fill(none) LIMIT ${pointsMax}`;
}

/**
 * What one device said in one place, in whatever unit: a bed that was moved to another room keeps its series. A tag that
 * is not there equals the empty text.
 */
function placeOf({ gatewayId, deviceId, bedId, roomId }: Series): string {
  const place =
    bedId === null
      ? [equals("bed", ""), equals("room", roomId === null ? "" : tagText(roomId))]
      : [equals("bed", tagText(bedId))];
  return [equals("device", tagText(deviceId)), equals("gateway", tagText(gatewayId)), ...place].join(" AND ");
}

const timesOf = ({ fromMs, toMs }: Range) => `time >= ${fromMs}ms AND time < ${toMs}ms`;

const quoted = (name: string) => `"${name.replace(/["\\]/g, "\\$&")}"`;
const equals = (tag: string, text: string) => `${quoted(tag)} = '${text.replace(/['\\]/g, "\\$&")}'`;
