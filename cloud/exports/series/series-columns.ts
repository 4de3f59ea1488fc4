/** What stands in a series export: a row for each reading, or for each point. Times are UTC. Pure. */
import type { SeriesKey, SeriesPoints } from "../../../contracts/wire/history.ts";
import { LANES } from "../../../contracts/wire/lanes.ts";
import { readFlags } from "../../../contracts/wire/reading-columns.ts";
import type { Column, Row } from "../table/table.ts";
import type { RawReading } from "./raw-readings.ts";

const KEY_COLUMNS = [
  { name: "hospital", type: "text" },
  { name: "bed", type: "text" },
  { name: "room", type: "text" },
  { name: "gateway", type: "text" },
  { name: "device", type: "text" },
  { name: "metric", type: "text" },
  { name: "unit_ucum", type: "text" },
] as const satisfies readonly Column[];

const keyCells = ({ hospitalId, bedId, roomId, gatewayId, deviceId, metric, unit }: SeriesKey): Row => [
  hospitalId,
  bedId,
  roomId,
  gatewayId,
  deviceId,
  metric,
  unit,
];

/**
 * A value that may be used stands in `value`, any other only in `bad_value`, so that nobody averages one by mistake.
 * Booleans are 0 and 1. (gateway, journal, lane, seq) name a reading for ever.
 */
export const READING_COLUMNS: readonly Column[] = [
  { name: "observed_at_utc", type: "time" },
  { name: "received_at_utc", type: "time" },
  { name: "lag_ms", type: "integer" },
  ...KEY_COLUMNS,
  { name: "value", type: "number" },
  { name: "quality", type: "text" },
  { name: "bad_value", type: "number" },
  { name: "bad_reason", type: "text" },
  { name: "time_by", type: "text" },
  { name: "journal", type: "text" },
  { name: "lane", type: "text" },
  { name: "seq", type: "integer" },
];

/** `unit` as it came, which for a wrong one is not the metric's. */
export type ReadingPlace = { readonly key: SeriesKey; readonly unit: string | null };

export function readingRow(reading: RawReading, { key, unit }: ReadingPlace, journal: string | null): Row {
  const read = readFlags(reading.flags, reading.value);
  const value = read === null || read.value === null ? null : Number(read.value);
  const isGood = read?.quality === "good";
  return [
    reading.observedAtMs,
    reading.receivedAtMs,
    reading.receivedAtMs - reading.observedAtMs,
    ...keyCells({ ...key, unit }),
    isGood ? value : null,
    read?.quality ?? null,
    isGood ? null : value,
    read?.badReason ?? null,
    read?.observedBy ?? null,
    journal,
    LANES[reading.lane] ?? null,
    reading.seq,
  ];
}

export const POINT_COLUMNS: readonly Column[] = [
  { name: "start_utc", type: "time" },
  { name: "width_ms", type: "integer" },
  ...KEY_COLUMNS,
  { name: "min", type: "number" },
  { name: "mean", type: "number" },
  { name: "max", type: "number" },
  { name: "last", type: "number" },
  { name: "good_count", type: "integer" },
  { name: "bad_count", type: "integer" },
];

export function pointRows(key: SeriesKey, everyMs: number, points: SeriesPoints): Row[] {
  const cells = keyCells(key);
  return points.atMs.map((atMs, place) => [
    atMs,
    everyMs,
    ...cells,
    points.min[place] ?? null,
    points.mean[place] ?? null,
    points.max[place] ?? null,
    points.last[place] ?? null,
    points.count[place] ?? null,
    points.bad[place] ?? null,
  ]);
}
