import type { Lane } from "../../contracts/wire/ids.ts";
import type { SyncRecord } from "../../contracts/wire/sync.ts";
import type { Journal, JournalGroup } from "../../gateway/journal/journal.ts";
import { anOccupancyChange, aReading } from "./records.ts";

export const emptyGroup: JournalGroup = { records: [], states: new Map(), identities: [], quarantined: [] };

/** A group of records of one lane, numbered on from where the journal stands. */
export function groupOf(journal: Journal, lane: Lane, records: readonly SyncRecord[]): JournalGroup {
  const head = journal.marks(lane).headSeq;
  return {
    ...emptyGroup,
    records: records.map((record, index) => ({ lane, seq: head + 1 + index, record })),
  };
}

/** Appends so many readings, each with its own number as its value. */
export function appendReadings(
  journal: Journal,
  count: number,
  lane: "vitals" | "environment" = "vitals",
): void {
  const head = journal.marks(lane).headSeq;
  const numbered = Array.from({ length: count }, (_, index) => aReading({ value: head + 1 + index }));
  journal.append(groupOf(journal, lane, numbered));
}

/** Appends so many bed events. */
export function appendEvents(journal: Journal, count: number): void {
  const events = Array.from({ length: count }, (_, index) =>
    anOccupancyChange(index % 2 === 0 ? "present" : "absent"),
  );
  journal.append(groupOf(journal, "beds", events));
}
