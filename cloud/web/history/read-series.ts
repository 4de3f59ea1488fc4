import * as z from "zod";
import type { MetricName } from "../../../contracts/metrics/catalogue.ts";
import { readJson } from "../../../contracts/ui/read-json.ts";
import { SeriesAnswer, SeriesKey, type SeriesPoints } from "../../../contracts/wire/history.ts";
import { type TrendColumns, trendColumns } from "../charts/trend-columns.ts";

/** One series as a chart takes it. */
export type ShownSeries = z.infer<typeof SeriesKey> & { readonly columns: TrendColumns };

export type SeriesRange = Pick<SeriesAnswer, "everyMs" | "source"> & {
  readonly fromMs: number;
  readonly toMs: number;
  readonly series: readonly ShownSeries[];
};

export type SeriesWish = {
  /** Where it was measured, as the API names it: `bed`, `room`, `hospital` and `ward`. */
  readonly place: Readonly<Record<string, string>>;
  readonly metrics: readonly MetricName[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly points: number;
};

const isColumn = (value: unknown) =>
  Array.isArray(value) && value.every((each) => typeof each === "number" || each === null);
/** Checked by one loop: a schema for each of ten thousand numbers would take longer than drawing them. */
const column = <T>() => z.custom<T[]>(isColumn);

/** SeriesAnswer, read quickly. */
const Answer = SeriesAnswer.extend({
  series: z.array(
    z.object({
      ...SeriesKey.shape,
      points: z.object({
        atMs: column<number>(),
        min: column<number | null>(),
        mean: column<number | null>(),
        max: column<number | null>(),
        last: column<number | null>(),
        count: column<number>(),
        bad: column<number>(),
      } satisfies Record<keyof SeriesPoints, z.ZodType>),
    }),
  ),
});

export function seriesUrl({ place, metrics, fromMs, toMs, points }: SeriesWish): string {
  const query = new URLSearchParams({
    ...place,
    metric: metrics.join(),
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    points: String(points),
  });
  return `/api/v1/series?${query}`;
}

/** `intervalMsOf` says how often a series' device is due, so that a gap is told from the usual pause; null: not known. */
export async function readSeries(
  wish: SeriesWish,
  intervalMsOf: (series: z.infer<typeof SeriesKey>) => number | null,
  signal: AbortSignal,
): Promise<SeriesRange> {
  const { series, everyMs, source, from, to } = await readJson(Answer, seriesUrl(wish), signal);
  return {
    everyMs,
    source,
    fromMs: Date.parse(from),
    toMs: Date.parse(to),
    series: series.map(({ points, ...key }) => ({
      ...key,
      columns: trendColumns(points, everyMs, intervalMsOf(key)),
    })),
  };
}
