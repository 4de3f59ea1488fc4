/**
 * Takes what a store does not have out of the database, a bounded chunk at a time, each lane in its order. It reads on
 * from where it has read, which may be ahead of the cursors: those follow when the store has said yes.
 */
import type { SeriesKey } from "../../../contracts/wire/history.ts";
import type { Database } from "../../database/schema.ts";
import type { SentBedEvent } from "../influxdb/bed-state-point.ts";
import type { Point } from "../series-store.ts";
import { type CursorMove, cursorsBehind, type LaneCursor } from "./cursors.ts";
import {
  type AskedSlot,
  countEarlier,
  eachReading,
  type ReadingNumbers,
  readBedEvents,
  readReadings,
  readSeries,
} from "./feed-rows.ts";
import { laneName, planChunk, type Stretch } from "./plan-chunk.ts";
import { Slots } from "./slots.ts";

const RECORDS_MAX = 10_000;
const SERIES_REMEMBERED_MAX = 100_000;
const BEDS_LANE = 0;
const EVERYTHING = { fromMs: null, toMs: null };

export type Unfit = {
  readonly journalId: number;
  readonly lane: number;
  readonly seq: number;
  readonly reason: string;
};

export type Chunk = {
  readonly points: readonly Point[];
  readonly bedEvents: readonly SentBedEvent[];
  /** What can be brought to no store. */
  readonly unfit: readonly Unfit[];
  /** What the cursors do once the store has it all. */
  readonly moves: readonly CursorMove[];
  /** Records that it accounts for, also those that stand for none. */
  readonly recordCount: number;
  readonly isFull: boolean;
};

type LaneReading = {
  readThroughSeq: number;
  readonly slots: Slots;
  /** Where the cursor was seen last. */
  cursorSeq: number;
};

export type ChunkReaderOptions = {
  readonly db: Database;
  readonly store: string;
  readonly recordsMax?: number;
  /** What was observed outside of it stays here. Null: no bound. */
  readonly range?: { readonly fromMs: number | null; readonly toMs: number | null };
  /** Which lanes there are and how far the store has them. */
  readonly cursors?: (db: Database, store: string) => Promise<LaneCursor[]>;
};

export class ChunkReader {
  readonly #options: Required<ChunkReaderOptions>;
  readonly #lanes = new Map<string, LaneReading>();
  readonly #series = new Map<number, SeriesKey>();

  constructor(options: ChunkReaderOptions) {
    this.#options = { recordsMax: RECORDS_MAX, range: EVERYTHING, cursors: cursorsBehind, ...options };
  }

  /** Reads on from the cursors. */
  reset(): void {
    this.#lanes.clear();
  }

  /** Null: the store has been given everything. */
  async next(): Promise<Chunk | null> {
    const { db, store, recordsMax, cursors } = this.#options;
    const behind = (await cursors(db, store)).map((cursor) => ({
      ...cursor,
      reading: this.#readingOf(cursor),
    }));
    const stretches = planChunk(
      behind.map(({ reading, ...cursor }) => ({ ...cursor, readThroughSeq: reading.readThroughSeq })),
      recordsMax,
    );
    if (stretches.length === 0) return null;
    const ofReadings = stretches.filter(({ lane }) => lane !== BEDS_LANE);
    const ofBeds = stretches.filter(({ lane }) => lane === BEDS_LANE);
    const [readings, events] = [await readReadings(db, ofReadings), await readBedEvents(db, ofBeds)];
    const { points, unfit } = await this.#points(ofReadings, readings);
    const unknown = events.filter(({ event }) => event === null);
    const recordCount = stretches.reduce((sum, { afterSeq, throughSeq }) => sum + throughSeq - afterSeq, 0);
    return {
      points,
      bedEvents: events.flatMap(({ event, ...sent }) =>
        event === null || !this.#isInRange(event.observedAtMs) ? [] : [{ ...sent, event }],
      ),
      unfit: [
        ...unfit,
        ...unknown.map(({ journalId, seq }) => ({
          journalId,
          lane: BEDS_LANE,
          seq,
          reason: "no event that is known here",
        })),
      ],
      moves: stretches.map((stretch) => this.#move(stretch)),
      recordCount,
      isFull: recordCount >= recordsMax,
    };
  }

  #isInRange(observedAtMs: number): boolean {
    const { fromMs, toMs } = this.#options.range;
    return (fromMs === null || observedAtMs >= fromMs) && (toMs === null || observedAtMs < toMs);
  }

  #readingOf(cursor: LaneCursor): LaneReading {
    const name = laneName(cursor);
    const known = this.#lanes.get(name);
    // One that was set back, since something was stored late, is read again from there.
    if (known !== undefined && cursor.throughSeq >= known.cursorSeq) {
      known.cursorSeq = cursor.throughSeq;
      return known;
    }
    const { throughSeq, newestAtMs } = cursor;
    const made = { readThroughSeq: throughSeq, slots: new Slots(newestAtMs), cursorSeq: throughSeq };
    this.#lanes.set(name, made);
    return made;
  }

  #move(stretch: Stretch): CursorMove {
    const { journalId, lane, afterSeq, throughSeq } = stretch;
    const reading = this.#lanes.get(laneName(stretch));
    if (reading !== undefined) reading.readThroughSeq = throughSeq;
    return { journalId, lane, fromSeq: afterSeq, throughSeq, newestAtMs: reading?.slots.newestAtMs ?? -1 };
  }

  async #points(
    stretches: readonly Stretch[],
    readings: readonly ReadingNumbers[],
  ): Promise<{ points: Point[]; unfit: Unfit[] }> {
    await this.#learnSeries(readings);
    const points: (Point & { slot: number })[] = [];
    const unfit: Unfit[] = [];
    const asked: (AskedSlot & { readonly place: number })[] = [];
    for (const [index, stretch] of stretches.entries()) {
      const { journalId, lane } = stretch;
      const slots = this.#lanes.get(laneName(stretch))?.slots;
      eachReading(readings[index] ?? [], (seq, seriesId, value, observedAtMs, flags) => {
        const slot = slots?.next(seriesId, observedAtMs) ?? null;
        if (!this.#isInRange(observedAtMs)) return;
        const series = this.#series.get(seriesId);
        if (series === undefined) {
          unfit.push({ journalId, lane, seq, reason: "of a metric that is not known here" });
          return;
        }
        if (slot === null) asked.push({ journalId, lane, seq, seriesId, observedAtMs, place: points.length });
        points.push({ series, journalId, lane, seq, observedAtMs, slot: slot ?? 0, value, flags });
      });
    }
    const counted = asked.length === 0 ? [] : await countEarlier(this.#options.db, asked);
    for (const [index, slot] of counted.entries()) {
      const point = points[asked[index]?.place ?? -1];
      if (point !== undefined) point.slot = slot;
    }
    return { points, unfit };
  }

  async #learnSeries(readings: readonly ReadingNumbers[]): Promise<void> {
    if (this.#series.size > SERIES_REMEMBERED_MAX) this.#series.clear();
    const unknown = new Set<number>();
    for (const numbers of readings)
      eachReading(numbers, (_seq, seriesId) => {
        if (!this.#series.has(seriesId)) unknown.add(seriesId);
      });
    if (unknown.size === 0) return;
    for (const [seriesId, key] of await readSeries(this.#options.db, [...unknown]))
      this.#series.set(seriesId, key);
  }
}
