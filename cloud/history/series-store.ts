/** What the history asks of a store of time series. */
import type { SeriesKey, SeriesPoints, StoreName } from "../../contracts/wire/history.ts";

/** A series as the database knows it. Where a unit or a place came and went, one key has several numbers. */
export type Series = SeriesKey & { readonly seriesIds: readonly number[] };

export type Range = {
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  /** One of EVERY_MS, or null for single readings. Points begin at whole multiples of it since 1970. */
  readonly everyMs: number | null;
  /** Of single readings no more than these are read, the oldest first; the caller has chosen so that it suffices. */
  readonly pointsMax: number;
};

export interface SeriesReader {
  readonly name: StoreName;
  /** In the order asked. Rejects with StoreTrouble where the store does not answer as it should. */
  read(series: readonly Series[], range: Range, signal: AbortSignal): Promise<SeriesPoints[]>;
}

/** A reading on its way to a store outside this database. */
export type Point = {
  readonly series: SeriesKey;
  readonly journalId: number;
  readonly lane: number;
  readonly seq: number;
  readonly observedAtMs: number;
  /** Which of the readings of this series, journal and millisecond it is, by `seq` from 0: two of them must both survive. */
  readonly slot: number;
  readonly value: number;
  /** As in contracts/wire/reading-columns.ts. */
  readonly flags: number;
};

export type Refused = { readonly place: number; readonly reason: string };

export interface SeriesWriter {
  readonly name: StoreName;
  /** Makes ready what `write` of the same points needs; may be left out. */
  prepare(points: readonly Point[]): void;
  /**
   * Resolves once the store said that it has them, with those that it will never take. Rejects with StoreTrouble where
   * the same points are to be brought again; bringing them twice changes nothing.
   */
  write(points: readonly Point[], signal: AbortSignal): Promise<readonly Refused[]>;
}

/** unreachable: no answer, or half of one · refused: 401, 403, 404: somebody has to change something · busy: 429, 5xx */
export type TroubleKind = "unreachable" | "refused" | "busy";

export class StoreTrouble extends Error {
  readonly kind: TroubleKind;
  /** What the store said to wait; null where it said nothing. */
  readonly retryAfterMs: number | null;

  constructor(kind: TroubleKind, message: string, retryAfterMs: number | null = null, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}
