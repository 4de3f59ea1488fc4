/**
 * A bed's events as far back as a page needs them: newest first, without a hole, extended at both ends and never read
 * twice. Pure but for `readPage`.
 */
import type { Timeline, TimelineEntry } from "../../../contracts/wire/board.ts";

export type EventLog = {
  readonly entries: readonly TimelineEntry[];
  /** Where the next older page is; null: this is all there is. */
  readonly olderCursor: string | null;
};

/** One page of the timeline from a cursor on; null: the newest. */
export type ReadPage = (cursor: string | null) => Promise<Pick<Timeline, "entries" | "nextCursor">>;

/** 2,000 events at 200 a page. A bed with more of them in a month is shown from then on, and the page says so. */
export const EVENT_PAGES_MAX = 10;

/** The log with whatever is newer than `known` and back to `fromMs`. */
export async function extendLog(
  known: EventLog | null,
  fromMs: number,
  readPage: ReadPage,
): Promise<EventLog> {
  let log = await withNewer(known, readPage);
  for (let page = 1; page < EVENT_PAGES_MAX && reachesTo(log) >= fromMs && log.olderCursor !== null; page++) {
    const older = await readPage(log.olderCursor);
    log = { entries: [...log.entries, ...older.entries], olderCursor: older.nextCursor };
  }
  return log;
}

async function withNewer(known: EventLog | null, readPage: ReadPage): Promise<EventLog> {
  const newest = await readPage(null);
  const fresh = { entries: newest.entries, olderCursor: newest.nextCursor };
  if (known === null) return fresh;
  const [newestKnown] = known.entries;
  if (newestKnown === undefined) return fresh;
  const meetsAt = newest.entries.findIndex((entry) => isSame(entry, newestKnown));
  // More happened than one page holds: what was known lies behind a hole.
  if (meetsAt < 0) return fresh;
  return { entries: [...newest.entries.slice(0, meetsAt), ...known.entries], olderCursor: known.olderCursor };
}

const isSame = (one: TimelineEntry, other: TimelineEntry) =>
  one.gatewayId === other.gatewayId && one.epoch === other.epoch && one.seq === other.seq;

/** The moment of the oldest entry; an empty log reaches nowhere. */
function reachesTo({ entries }: EventLog): number {
  const oldest = entries.at(-1);
  return oldest === undefined ? Number.POSITIVE_INFINITY : Date.parse(oldest.observedAt);
}
