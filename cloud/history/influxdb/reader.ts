/** Reads series in InfluxQL: InfluxDB 1.x, and whatever else answers at its /query. */
import * as z from "zod";
import type { SeriesPoints } from "../../../contracts/wire/history.ts";
import { type Range, type Series, type SeriesReader, StoreTrouble } from "../series-store.ts";
import { statementOf } from "./influxql.ts";

/** The body of an answer, of whatever shape. Rejects with StoreTrouble. */
export type Ask = (statements: string, signal: AbortSignal) => Promise<unknown>;

/** Of one request. */
const STATEMENTS_MAX = 50;

const Rows = z.array(z.custom<readonly unknown[]>(Array.isArray));
const Answer = z.object({
  results: z.array(
    z.object({
      error: z.string().optional(),
      series: z
        .array(z.object({ values: Rows.default([]), partial: z.boolean().default(false) }))
        .default([]),
    }),
  ),
});
type Result = z.infer<typeof Answer>["results"][number];

export class InfluxReader implements SeriesReader {
  readonly name = "influxdb";
  readonly #ask: Ask;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  async read(series: readonly Series[], range: Range, signal: AbortSignal): Promise<SeriesPoints[]> {
    const read: SeriesPoints[] = [];
    for (let from = 0; from < series.length; from += STATEMENTS_MAX)
      read.push(...(await this.#together(series.slice(from, from + STATEMENTS_MAX), range, signal)));
    return read;
  }

  /** A store with a limit of rows an answer (`max-row-limit`) leaves some out: then it is asked for fewer at a time. */
  async #together(series: readonly Series[], range: Range, signal: AbortSignal): Promise<SeriesPoints[]> {
    const body = await this.#ask(series.map((some) => statementOf(some, range)).join("; "), signal);
    const parsed = Answer.safeParse(body);
    if (!parsed.success)
      throw new StoreTrouble("refused", "The store's answer is not one of InfluxQL. Check its url.");
    const { results } = parsed.data;
    const [failed] = results.flatMap(({ error }) => error ?? []);
    if (failed !== undefined)
      throw new StoreTrouble("refused", `The store answered: ${failed.slice(0, 300)}`);
    const isCut =
      results.length < series.length ||
      results.some((result) => result.series.some(({ partial }) => partial));
    if (!isCut) return results.map((result) => pointsOf(result, range));
    if (series.length === 1)
      throw new StoreTrouble("refused", "The store left rows out of its answer. Raise its max-row-limit.");
    const middle = series.length >> 1;
    return [
      ...(await this.#together(series.slice(0, middle), range, signal)),
      ...(await this.#together(series.slice(middle), range, signal)),
    ];
  }
}

function pointsOf({ series }: Result, { everyMs }: Range): SeriesPoints {
  const points: SeriesPoints = { atMs: [], min: [], mean: [], max: [], last: [], count: [], bad: [] };
  const rows = series.flatMap(({ values }) => values);
  for (const row of rows) {
    points.atMs.push(numberOf(row[0]));
    const [min, mean, max, last, count, bad] = everyMs === null ? single(row) : row.slice(1);
    points.min.push(numberOrNull(min));
    points.mean.push(numberOrNull(mean));
    points.max.push(numberOrNull(max));
    points.last.push(numberOrNull(last));
    points.count.push(numberOrNull(count) ?? 0);
    points.bad.push(numberOrNull(bad) ?? 0);
  }
  return points;
}

/** A reading is the least, the mean, the greatest and the last of itself. */
function single([, value, badReason]: readonly unknown[]): readonly unknown[] {
  return [value, value, value, value, value === null ? 0 : 1, badReason === null ? 0 : 1];
}

const numberOrNull = (value: unknown) => (value === null || value === undefined ? null : numberOf(value));

function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  throw new StoreTrouble("refused", `The store was to answer with a number, but did with a ${typeof value}.`);
}
