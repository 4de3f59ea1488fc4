/**
 * Brings everything that the database has to the store of series from the start, beside the feed that runs: for a store
 * that is new, was emptied, or kept less for a while. It has cursors of its own, so that a second start goes on where the
 * first one ended; what the store has already is the same point a second time.
 */
import type { Logger } from "pino";
import type { Clock, Randomness } from "../clock.ts";
import type { Database } from "../database/schema.ts";
import { every } from "../live/every.ts";
import { ChunkReader } from "./feed/chunk-reader.ts";
import { cursorsBehind, dropCursors, type LaneCursor } from "./feed/cursors.ts";
import { Feeder } from "./feed/feeder.ts";
import { laneName } from "./feed/plan-chunk.ts";
import type { InfluxStore } from "./influxdb/open-influxdb.ts";

const TELL_EVERY_MS = 5_000;

/** What was observed from then, and before then; null: from the first, to the last. */
export type BackFillRange = { readonly fromMs: number | null; readonly toMs: number | null };

export type BackFillDeps = {
  readonly db: Database;
  readonly store: Pick<InfluxStore, "writer" | "process">;
  readonly range: BackFillRange;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Pick<Logger, "info" | "warn">;
  tell(progress: BackFillProgress): void;
};

export type BackFillProgress = {
  readonly written: number;
  readonly refused: number;
  readonly doneRecords: number;
  readonly totalRecords: number;
  /** What keeps it waiting. */
  readonly trouble: string | null;
};

/** Resolves with what was done once the store has it all; where the signal came before, a next start goes on from there. */
export async function backFill(
  deps: BackFillDeps,
  signal: AbortSignal,
): Promise<BackFillProgress & { isDone: boolean }> {
  const { db, store, range, clock, randomness, log, tell } = deps;
  const name = nameOf(range);
  const ends = await cursorsBehind(db, name);
  const endOf = new Map(ends.map((end) => [laneName(end), end.highWaterMarkSeq]));
  const counts = { written: 0, refused: 0 };
  const feeder = new Feeder({
    db,
    store: name,
    writer: store.writer,
    reader: new ChunkReader({
      db,
      store: name,
      range,
      cursors: (of, named) => cursorsWithin(of, named, endOf),
    }),
    process: store.process,
    clock,
    random: () => (randomness.bytes(1)[0] ?? 0) / 255,
    holder: Buffer.from(randomness.bytes(8)).toString("hex"),
    meter: {
      attempt: () => {},
      repeated: () => {},
      written: (points) => {
        counts.written += points;
      },
      refused: (_refusal, points) => {
        counts.refused += points;
      },
    },
    log,
  });
  const progress = async (): Promise<BackFillProgress> => {
    const left = recordsIn(await cursorsWithin(db, name, endOf));
    const totalRecords = recordsIn(ends);
    const trouble = feeder.status.trouble?.message ?? null;
    return { ...counts, doneRecords: totalRecords - left, totalRecords, trouble };
  };
  const isOver = new AbortController();
  const telling = every(TELL_EVERY_MS, isOver.signal, async () => tell(await progress()));
  try {
    await feeder.runUntilEmpty(signal);
  } finally {
    isOver.abort();
    await telling;
  }
  const last = await progress();
  const isDone = last.doneRecords === last.totalRecords;
  if (isDone) await dropCursors(db, name);
  return { ...last, isDone };
}

/** Another range is another back-fill. */
const nameOf = ({ fromMs, toMs }: BackFillRange) => `back-fill ${timeText(fromMs)} ${timeText(toMs)}`;
const timeText = (atMs: number | null) => (atMs === null ? "-" : new Date(atMs).toISOString());

/** What is stored while it runs is the feed's. */
async function cursorsWithin(
  db: Database,
  name: string,
  endOf: ReadonlyMap<string, number>,
): Promise<LaneCursor[]> {
  return (await cursorsBehind(db, name)).flatMap((cursor) => {
    const highWaterMarkSeq = endOf.get(laneName(cursor)) ?? 0;
    return highWaterMarkSeq > cursor.throughSeq ? [{ ...cursor, highWaterMarkSeq }] : [];
  });
}

const recordsIn = (cursors: readonly LaneCursor[]) =>
  cursors.reduce((sum, { highWaterMarkSeq, throughSeq }) => sum + highWaterMarkSeq - throughSeq, 0);
