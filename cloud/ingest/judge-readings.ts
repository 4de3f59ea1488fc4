/** Judges each reading of a batch by itself, without making an object of it. Pure. */
import * as z from "zod";
import { METRIC_NAMES } from "../../contracts/metrics/catalogue.ts";
import { AtMs, BedId, DeviceId, RoomId } from "../../contracts/wire/ids.ts";
import { READING_FLAGS_MAX, readFlags, type SeriesFacts } from "../../contracts/wire/reading-columns.ts";
import type { RawReadings } from "../../contracts/wire/sync-codec.ts";
import { describe } from "./fit-records.ts";

const SeriesSchema = z.object({
  deviceId: DeviceId,
  bedId: BedId.nullable(),
  roomId: RoomId.nullable(),
  metric: z.enum(METRIC_NAMES),
  unit: z
    .string()
    .max(32)
    .refine((text) => !text.includes("\0"), "a text in it holds a character that no database stores")
    .nullable(),
}) satisfies z.ZodType<SeriesFacts>;

/** Series as they are, or what is wrong with them. */
export type JudgedSeries = readonly (SeriesFacts | string)[];

export type JudgedReadings = {
  readonly series: JudgedSeries;
  /** Place in the batch → why it is parked; those that are not in here may be stored. */
  readonly misfits: ReadonlyMap<number, string>;
};

const AT_MS_MAX = AtMs.maxValue ?? 0;
const IS_FLAGS = Array.from({ length: READING_FLAGS_MAX + 1 }, (_, flags) => readFlags(flags, 0) !== null);

/** `known`: what was found to be right before; undefined: it is to be looked at. */
export function judgeSeries(
  series: readonly unknown[],
  known: (facts: unknown) => SeriesFacts | undefined,
): JudgedSeries {
  return series.map((facts) => known(facts) ?? judged(facts));
}

function judged(facts: unknown): SeriesFacts | string {
  const result = SeriesSchema.safeParse(facts);
  return result.success ? result.data : describe(result.error);
}

export function judgeReadings(columns: Omit<RawReadings, "series">, series: JudgedSeries): JudgedReadings {
  const isGood = series.map((facts) => typeof facts !== "string");
  const misfits = new Map<number, string>();
  const { seriesOf, receivedAtMs, observedAtMs, value, flags } = columns;
  for (let index = 0; index < flags.length; index++) {
    const at = seriesOf[index] as number;
    const observed = observedAtMs[index] as number;
    const received = receivedAtMs[index] as number;
    if (
      isGood[at] === true &&
      IS_FLAGS[flags[index] as number] === true &&
      Number.isFinite(value[index]) &&
      isTime(observed) &&
      isTime(received)
    )
      continue;
    misfits.set(index, reasonOf(columns, series, index));
  }
  return { series, misfits };
}

const isTime = (atMs: number) => atMs >= 0 && atMs <= AT_MS_MAX && Number.isInteger(atMs);

function reasonOf(columns: Omit<RawReadings, "series">, series: JudgedSeries, index: number): string {
  const facts = series[columns.seriesOf[index] ?? -1];
  if (facts === undefined) return `series: expected one of ${series.length}`;
  if (typeof facts === "string") return facts;
  if (IS_FLAGS[columns.flags[index] ?? -1] !== true) return "flags: expected some that are known here";
  if (!Number.isFinite(columns.value[index])) return "value: expected a finite number";
  return "observedAtMs, receivedAtMs: expected milliseconds since 1970";
}

/** As it is kept where it is parked. */
export function rawReading(
  { series, seriesOf, value, flags, observedAtMs, receivedAtMs }: RawReadings,
  index: number,
) {
  return {
    series: series[seriesOf[index] ?? -1] ?? null,
    value: value[index],
    flags: flags[index],
    observedAtMs: observedAtMs[index],
    receivedAtMs: receivedAtMs[index],
  };
}
