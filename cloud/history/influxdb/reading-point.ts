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
import { LANES } from "../../../contracts/wire/ids.ts";
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
  return `${seriesPart(series.metric, tagsOf(series, journalId))} value=${value} ${timestamp}`;
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
  slot === 0 ? `${atMs}000000` : `${atMs}${String(slot).padStart(SLOT_DIGITS, "0")}`;

/** Or why there are none. */
function fieldsOf(value: number, flags: number): InfluxPoint["fields"] | string {
  const read = readFlags(flags, value);
  if (read === null) return `flags ${flags} mean nothing here`;
  if (!Number.isFinite(value)) return "the value is not a finite number";
  if (read.value === null) return { bad_reason: read.badReason ?? "no-value" };
  return read.badReason === null ? { value } : { bad_value: value, bad_reason: read.badReason };
}

const tagsOfSeries = new WeakMap<SeriesKey, Map<number, InfluxPoint["tags"]>>();

/** One object for each series and journal, for as long as its key is used. */
function tagsOf(series: SeriesKey, journalId: number): InfluxPoint["tags"] {
  let ofJournals = tagsOfSeries.get(series);
  if (ofJournals === undefined) {
    ofJournals = new Map();
    tagsOfSeries.set(series, ofJournals);
  }
  let tags = ofJournals.get(journalId);
  if (tags === undefined) {
    tags = makeTags(series, journalId);
    ofJournals.set(journalId, tags);
  }
  return tags;
}

/** In the order of the alphabet, which the store would sort them into. */
function makeTags({ bedId, deviceId, gatewayId, hospitalId, roomId, unit }: SeriesKey, journalId: number) {
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
