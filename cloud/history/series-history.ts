/** What is answered over time: which series, how wide their points are, and from which store they come. */
import {
  SERIES_MAX,
  type SeriesAnswer,
  type SeriesPoints,
  type SeriesQuery,
} from "../../contracts/wire/history.ts";
import type { PersonCaller } from "../access/scope.ts";
import type { Clock } from "../clock.ts";
import { CloudError } from "../http/problem.ts";
import { rfc3339 } from "../registry/bed-view.ts";
import type { SeriesDirectory } from "./directory.ts";
import { type Plan, type PlanQuestion, planOf, pointsPlan, tooFine } from "./plan.ts";
import { readQuery, resolutionName } from "./read-query.ts";
import type { RoutedReader } from "./routed-reader.ts";
import type { Range, Series } from "./series-store.ts";

/** Of a device that nobody says the interval of. Short: then single readings are looked for in short ranges only. */
const INTERVAL_MS_DEFAULT = 1_000;
const DAY_MS = 86_400_000;

type Answered = {
  readonly range: Range;
  readonly source: SeriesAnswer["source"];
  readonly points: readonly SeriesPoints[];
};

export type SeriesHistoryDeps = {
  readonly directory: SeriesDirectory;
  readonly reader: RoutedReader;
  readonly clock: Clock;
};

export class SeriesHistory {
  readonly #directory: SeriesDirectory;
  readonly #reader: RoutedReader;
  readonly #clock: Clock;

  constructor({ directory, reader, clock }: SeriesHistoryDeps) {
    this.#directory = directory;
    this.#reader = reader;
    this.#clock = clock;
  }

  async answer(caller: PersonCaller, query: SeriesQuery, signal: AbortSignal): Promise<SeriesAnswer> {
    const asked = readQuery(query, this.#clock.nowMs());
    const series = await this.#directory.find(caller, query, asked.metrics);
    if (series.length > SERIES_MAX)
      throw new CloudError(
        "SERIES_TOO_MANY",
        `${series.length} series are meant; ${SERIES_MAX} can be answered at once.`,
      );
    const question = { ...asked, seriesCount: series.length, intervalMs: await this.#intervalMs(series) };
    const { range, source, points } = await this.#read(series, question, signal);
    return {
      from: rfc3339(range.fromMs),
      to: rfc3339(range.toMs),
      everyMs: range.everyMs,
      source,
      series: series.map(({ seriesIds: _own, ...key }, place) => ({
        ...key,
        points: pointsAt(points, place),
      })),
      serverTime: rfc3339(this.#clock.nowMs()),
    };
  }

  async #intervalMs(series: readonly Series[]): Promise<number> {
    const intervalOf = await this.#directory.intervalsOf(series);
    const known = series.map(
      ({ gatewayId, deviceId }) => intervalOf(gatewayId, deviceId) ?? INTERVAL_MS_DEFAULT,
    );
    return known.length === 0 ? INTERVAL_MS_DEFAULT : Math.min(...known);
  }

  async #read(series: readonly Series[], question: PlanQuestion, signal: AbortSignal): Promise<Answered> {
    const plan = planOf(question);
    if (plan.kind === "points") return await this.#readRange(series, plan, signal);
    if (plan.kind !== "readings") throw refusal(question, plan);
    const readings = await this.#readReadings(series, question, plan, signal);
    if (readings !== null) return readings;
    if (question.everyMs === null) throw refusal(question, tooFine(question));
    const points = pointsPlan(question);
    if (points.kind === "too-long") throw refusal(question, points);
    return await this.#readRange(series, points, signal);
  }

  /** Null: there are more than fit. */
  async #readReadings(
    series: readonly Series[],
    question: PlanQuestion,
    { expected, pointsMax }: Extract<Plan, { kind: "readings" }>,
    signal: AbortSignal,
  ): Promise<Answered | null> {
    if (!expected && (await this.#holdsMoreThan(pointsMax, series, question, signal))) return null;
    const { fromMs, toMs } = question;
    // One more than is shown: if it comes, there are too many.
    const range = { fromMs, toMs, everyMs: null, pointsMax: pointsMax + 1 };
    const answered = await this.#readRange(series, range, signal);
    return answered.points.some(({ atMs }) => atMs.length > pointsMax) ? null : answered;
  }

  /** By the counts of wide points, which cost little over any range; single readings of a long one would cost much. */
  async #holdsMoreThan(
    readingsMax: number,
    series: readonly Series[],
    question: PlanQuestion,
    signal: AbortSignal,
  ): Promise<boolean> {
    const plan = pointsPlan(question);
    if (plan.kind === "too-long") return true;
    const { points } = await this.#readRange(series, plan, signal);
    return points.some(({ count, bad }) => sum(count) + sum(bad) > readingsMax);
  }

  async #readRange(
    series: readonly Series[],
    { fromMs, toMs, everyMs, pointsMax }: Range,
    signal: AbortSignal,
  ): Promise<Answered> {
    const range = { fromMs, toMs, everyMs, pointsMax };
    return { range, ...(await this.#reader.read(series, range, signal)) };
  }
}

const sum = (numbers: readonly number[]) => numbers.reduce((left, right) => left + right, 0);

function pointsAt(points: readonly SeriesPoints[], place: number): SeriesPoints {
  const found = points[place];
  if (found === undefined) throw new Error("a store answered with fewer series than were asked for");
  return found;
}

function refusal(
  { everyMs, fromMs, toMs, seriesCount, points }: PlanQuestion,
  plan: Extract<Plan, { kind: "too-fine" | "too-long" }>,
): CloudError {
  const days = ((toMs - fromMs) / DAY_MS).toFixed(1);
  const asked = `${days} days of ${seriesCount} series in at most ${points} points each`;
  if (plan.kind === "too-long")
    return new CloudError(
      "RANGE_TOO_LONG",
      `${asked} are not possible; ${Math.floor(plan.rangeMsMax / DAY_MS)} days are.`,
    );
  const finest = resolutionName(plan.finestMs);
  const name = everyMs === "auto" ? "auto" : resolutionName(everyMs);
  return new CloudError(
    "RESOLUTION_TOO_FINE",
    `resolution: ${name} was asked for; for ${asked} the finest that is possible is ${finest}.`,
    { finest },
  );
}
