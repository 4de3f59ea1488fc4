/**
 * Asks the store that is configured first, and PostgreSQL, which has everything, where that one does not answer in time
 * or not as it should. A store that failed is left alone for a moment, so that a screen does not wait for it each time.
 */
import type { SeriesPoints, StoreName } from "../../contracts/wire/history.ts";
import type { Clock } from "../clock.ts";
import { type Range, type Series, type SeriesReader, StoreTrouble } from "./series-store.ts";

/** Somebody is waiting in front of a screen. */
export const STORE_ANSWER_MS_MAX = 2_000;
export const STORE_RESTS_MS = 10_000;

/** rested: it failed a moment ago · behind: it does not have all that is stored yet */
export const READ_OUTCOMES = ["answered", "failed", "rested", "behind"] as const;
export type ReadOutcome = (typeof READ_OUTCOMES)[number];
export type ReadMeter = { read(store: StoreName, outcome: ReadOutcome): void };

export type RoutedReaderDeps = {
  readonly postgresql: SeriesReader;
  /** The one that is asked first, where it is not too far behind; null: PostgreSQL alone. */
  readonly first: { readonly reader: SeriesReader; isBehind(): Promise<boolean> } | null;
  readonly clock: Clock;
  readonly meter: ReadMeter;
  readonly log: { warn(fields: object, message: string): void };
};

export type RoutedAnswer = { readonly source: StoreName; readonly points: readonly SeriesPoints[] };

export class RoutedReader {
  readonly #deps: RoutedReaderDeps;
  #restsUntilMs = 0;

  constructor(deps: RoutedReaderDeps) {
    this.#deps = deps;
  }

  /** In the order asked. */
  async read(series: readonly Series[], range: Range, signal: AbortSignal): Promise<RoutedAnswer> {
    const { postgresql, meter } = this.#deps;
    const answer = await this.#askFirst(series, range, signal);
    if (answer !== null) return answer;
    const points = await postgresql.read(series, range, signal);
    meter.read(postgresql.name, "answered");
    return { source: postgresql.name, points };
  }

  /** Null: PostgreSQL is to be asked. */
  async #askFirst(
    series: readonly Series[],
    range: Range,
    signal: AbortSignal,
  ): Promise<RoutedAnswer | null> {
    const { first, clock, meter, log } = this.#deps;
    if (first === null) return null;
    const { name } = first.reader;
    const notAsked =
      clock.nowMs() < this.#restsUntilMs ? "rested" : (await first.isBehind()) ? "behind" : null;
    if (notAsked !== null) {
      meter.read(name, notAsked);
      return null;
    }
    const tooLong = AbortSignal.timeout(STORE_ANSWER_MS_MAX);
    try {
      const points = await first.reader.read(series, range, AbortSignal.any([signal, tooLong]));
      meter.read(name, "answered");
      return { source: name, points };
    } catch (error) {
      if (signal.aborted || !(error instanceof StoreTrouble || tooLong.aborted)) throw error;
      meter.read(name, "failed");
      this.#restsUntilMs = clock.nowMs() + STORE_RESTS_MS;
      log.warn({ err: error, store: name }, "the store of series did not answer; PostgreSQL is read");
      return null;
    }
  }
}
