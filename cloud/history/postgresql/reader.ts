/**
 * Reads series from this database. Single readings and points of less than a minute come from readings, those of less
 * than an hour from the roll-ups of a minute, wider ones from the roll-ups of an hour; what is not rolled up yet is in
 * all of them. Where the finer ones are not whole any more, the coarser ones answer.
 */
import type { SeriesPoints } from "../../../contracts/wire/history.ts";
import type { Database } from "../../database/schema.ts";
import type { Range, Series, SeriesReader } from "../series-store.ts";
import { completed, type Part, pointsOf, within } from "./part.ts";
import { type Level, readParts } from "./read-parts.ts";
import { HOUR_MS, MINUTE_MS } from "./reading-sql.ts";

export class PostgresqlReader implements SeriesReader {
  readonly name = "postgresql";
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async read(series: readonly Series[], range: Range, signal: AbortSignal): Promise<SeriesPoints[]> {
    signal.throwIfAborted();
    const levels = await readParts(this.#db, series, levelsOf(range));
    return series.map((_series, place) => {
      const [finest = [], ...coarser] = levels.map((level) => level[place] ?? []);
      const coarse = coarser.reduceRight<readonly Part[]>(
        (coarsest, finer) => completed(finer, coarsest),
        [],
      );
      if (range.everyMs !== null) return pointsOf(within(completed(finest, coarse), range));
      const readThroughMs = endOfReadings(finest, range);
      const known = coarse.filter(({ startAtMs, widthMs }) => startAtMs + widthMs <= readThroughMs);
      return pointsOf(within(completed(finest, known), range).slice(0, range.pointsMax));
    });
  }
}

/** Finest first. A coarser one can be compared with the finer ones only where these are read throughout it. */
function levelsOf({ fromMs, toMs, everyMs, pointsMax }: Range): Level[] {
  const inHours = around(fromMs, toMs, HOUR_MS);
  const minutes = { kind: "minutes", everyMs: MINUTE_MS, ...inHours } as const;
  const hours = { kind: "hours", everyMs: HOUR_MS, ...inHours } as const;
  const inMinutes = around(fromMs, toMs, MINUTE_MS);
  if (everyMs === null)
    return [
      { kind: "single", ...inMinutes, counted: { fromMs, toMs, perSeriesMax: pointsMax } },
      minutes,
      hours,
    ];
  if (everyMs < MINUTE_MS) return [{ kind: "readings", everyMs, ...inMinutes }, minutes, hours];
  if (everyMs < HOUR_MS) return [{ ...minutes, everyMs }, hours];
  return [{ kind: "hours", everyMs, ...around(fromMs, toMs, everyMs) }];
}

/** Whole pieces of time around a range. */
const around = (fromMs: number, toMs: number, everyMs: number) => ({
  fromMs: Math.floor(fromMs / everyMs) * everyMs,
  toMs: Math.ceil(toMs / everyMs) * everyMs,
});

/** Where there are more readings than may be read, nothing is known of the time from the last one's minute on. */
function endOfReadings(readings: readonly Part[], { fromMs, toMs, pointsMax }: Range): number {
  const inRange = readings.filter(({ startAtMs }) => startAtMs >= fromMs && startAtMs < toMs);
  const last = inRange.length < pointsMax ? undefined : inRange.at(-1);
  return last === undefined ? Number.POSITIVE_INFINITY : last.startAtMs - (last.startAtMs % MINUTE_MS);
}
