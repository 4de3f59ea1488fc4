/**
 * A reading as a point. The measurement is the metric, so that no query can mix two of them.
 *
 *   good     value=71.5                          a boolean is 0 or 1
 *   bad      bad_value=612,bad_reason="out-of-range"
 *   nothing  bad_reason="no-value"
 *
 * A bad value stands in a field of its own: no mean, however careless, takes it in.
 */
import { metricOf } from "../../../contracts/metrics/catalogue.ts";
import type { SeriesKey } from "../../../contracts/wire/history.ts";
import { LANES } from "../../../contracts/wire/lanes.ts";
import { flagsOf, readFlags } from "../../../contracts/wire/reading-columns.ts";
import type { Point } from "../series-store.ts";
import { type InfluxPoint, lineOf, seriesPart, tagText } from "./line-protocol.ts";

/** What the store keeps of a time. Where it is only milliseconds, the slot is a tag. */
export type TimePrecision = "ns" | "ms";

/** The last whole millisecond that 64 bits of nanoseconds hold: the year 2262. */
export const STORE_AT_MS_MAX = 9_223_372_036_854;
/** Readings of one series, journal and millisecond. The other half is for a metric that came in the lane of others. */
export const SLOTS_MAX = 500_000;
const SLOT_DIGITS = 6;

export type Unwritable = { readonly reason: string };

/** The flags of readings with a good value. */
const GOOD = new Set(
  (["device", "gateway"] as const).flatMap((observedBy) =>
    [true, 1].map((value) => flagsOf({ badReason: null, observedBy, value })),
  ),
);

/** The point as a line: what pointOf says, without the way over objects for nearly all of them. */
export function readingLine(point: Point, precision: TimePrecision): string | Unwritable {
  const { series, journalId, lane, observedAtMs, slot, value, flags } = point;
  const isPlain =
    slot === 0 &&
    GOOD.has(flags) &&
    Number.isFinite(value) &&
    observedAtMs <= STORE_AT_MS_MAX &&
    LANES[lane] === metricOf(series.metric).lane;
  if (!isPlain) {
    const made = pointOf(point, precision);
    return "reason" in made ? made : lineOf(made);
  }
  const timestamp = precision === "ns" ? nanoseconds(observedAtMs, slot) : observedAtMs;
  return `${partOf(series, journalId)} value=${value} ${timestamp}`;
}

export function pointOf(point: Point, precision: TimePrecision): InfluxPoint | Unwritable {
  const { series, journalId, observedAtMs, value, flags } = point;
  const fields = fieldsOf(value, flags);
  if (typeof fields === "string") return { reason: fields };
  if (observedAtMs > STORE_AT_MS_MAX)
    return { reason: "observed after the year 2262, which the store cannot hold" };
  if (point.slot >= SLOTS_MAX)
    return { reason: `more than ${SLOTS_MAX} readings of one series in a millisecond` };
  const isOwnLane = LANES[point.lane] === metricOf(series.metric).lane;
  const slot = isOwnLane ? point.slot : point.slot + SLOTS_MAX;
  const tags = tagsOf(series, journalId);
  const measurement = series.metric;
  if (precision === "ns") return { measurement, tags, fields, timestamp: nanoseconds(observedAtMs, slot) };
  const timestamp = String(observedAtMs);
  return slot === 0
    ? { measurement, tags, fields, timestamp }
    : { measurement, tags: { ...tags, slot: String(slot) }, fields, timestamp };
}

export const nanoseconds = (atMs: number, slot: number) =>
  `${digitsOf(atMs)}${slot === 0 ? "000000" : String(slot).padStart(SLOT_DIGITS, "0")}`;

const THREE_DIGITS = Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, "0"));
let thousandsKnown = -1;
let thousandsText = "";

/** What String says of it, in a third of the time: readings that follow each other share all but the last digits. */
function digitsOf(atMs: number): string {
  if (atMs < 1_000) return String(atMs);
  const thousands = Math.floor(atMs / 1_000);
  if (thousands !== thousandsKnown) {
    thousandsKnown = thousands;
    thousandsText = String(thousands);
  }
  return thousandsText + THREE_DIGITS[atMs - thousands * 1_000];
}

/** Or why there are none. */
function fieldsOf(value: number, flags: number): InfluxPoint["fields"] | string {
  const read = readFlags(flags, value);
  if (read === null) return `flags ${flags} mean nothing here`;
  if (!Number.isFinite(value)) return "the value is not a finite number";
  if (read.value === null) return { bad_reason: read.badReason ?? "no-value" };
  return read.badReason === null ? { value } : { bad_value: value, bad_reason: read.badReason };
}

type Known = { readonly journalId: number; readonly part: string };
const partsOfSeries = new WeakMap<SeriesKey, Known>();

/** The measurement and the tags, made once as long as the series comes from one journal. */
function partOf(series: SeriesKey, journalId: number): string {
  const known = partsOfSeries.get(series);
  if (known?.journalId === journalId) return known.part;
  const part = seriesPart(series.metric, tagsOf(series, journalId));
  partsOfSeries.set(series, { journalId, part });
  return part;
}

/** In the order of the alphabet, which the store would sort them into. */
function tagsOf({ bedId, deviceId, gatewayId, hospitalId, roomId, unit }: SeriesKey, journalId: number) {
  return {
    ...(bedId === null ? {} : { bed: tagText(bedId) }),
    device: tagText(deviceId),
    gateway: tagText(gatewayId),
    hospital: tagText(hospitalId),
    journal: String(journalId),
    ...(roomId === null ? {} : { room: tagText(roomId) }),
    ...(unit === null ? {} : { unit: tagText(unit) }),
  };
}
