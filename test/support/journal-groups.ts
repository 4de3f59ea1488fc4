import type { Lane } from "../../contracts/wire/ids.ts";
import type { Reading } from "../../contracts/wire/reading.ts";
import { flagsOf, numberOf } from "../../contracts/wire/reading-columns.ts";
import type { SyncRecord } from "../../contracts/wire/sync.ts";
import type { Journal, JournalGroup, ReadingLane, Series } from "../../gateway/journal/journal-port.ts";
import { ReadingRows } from "../../gateway/journal/reading-rows.ts";
import { anOccupancyChange, aReading } from "./records.ts";

/** A group with nothing in it: its buffers are handed over when it is appended, so each is made anew. */
export const emptyGroup = (): JournalGroup => ({
  vitals: new ReadingRows(1).take(),
  environment: new ReadingRows(1).take(),
  newSeries: [],
  events: [],
  states: [],
  quarantined: [],
});

const keyOf = ({ deviceId, bedId, roomId, metric, unit }: Omit<Series, "id">) =>
  [deviceId, bedId, roomId, metric, unit].join(" ");

type Appendable = Pick<Journal, "start" | "marks" | "append">;

/** What its user knows of each journal's series. */
const seriesOf = new WeakMap<Appendable, Map<string, number>>();
function knownSeries(journal: Appendable): Map<string, number> {
  const known =
    seriesOf.get(journal) ?? new Map(journal.start.series.map((series) => [keyOf(series), series.id]));
  seriesOf.set(journal, known);
  return known;
}

/** A group of records of one lane. A device's own time is what its repetition is known by. */
export function groupOf(journal: Appendable, lane: Lane, records: readonly SyncRecord[]): JournalGroup {
  if (lane === "beds") {
    const events = records.map((record) => ({
      receivedAtMs: record.receivedAtMs,
      body: JSON.stringify(record),
    }));
    return { ...emptyGroup(), events };
  }
  const known = knownSeries(journal);
  const newSeries: Series[] = [];
  const rows = new ReadingRows();
  for (const reading of records as readonly Reading[]) {
    const { deviceId, bedId, roomId, metric, unit, receivedAtMs, observedAtMs, observedBy, value } = reading;
    const facts = { deviceId, bedId, roomId, metric, unit };
    const id = known.get(keyOf(facts)) ?? known.size + 1;
    if (!known.has(keyOf(facts))) newSeries.push({ id, ...facts });
    known.set(keyOf(facts), id);
    const stamp = observedBy === "device" ? observedAtMs : Number.NaN;
    rows.push(id, receivedAtMs, observedAtMs, stamp, numberOf(value), flagsOf(reading));
  }
  return { ...emptyGroup(), [lane]: rows.take(), newSeries };
}

/** Appends so many readings, each with its own number as its value. */
export function appendReadings(
  journal: Appendable,
  count: number,
  lane: ReadingLane = "vitals",
  receivedAtMs?: number,
): Promise<void> {
  const head = journal.marks(lane).headSeq;
  const at = receivedAtMs === undefined ? {} : { receivedAtMs, observedAtMs: receivedAtMs };
  const numbered = Array.from({ length: count }, (_, index) => aReading({ value: head + 1 + index, ...at }));
  return journal.append(groupOf(journal, lane, numbered));
}

/** Appends so many bed events. */
export function appendEvents(journal: Appendable, count: number): Promise<void> {
  const events = Array.from({ length: count }, (_, index) =>
    anOccupancyChange(index % 2 === 0 ? "present" : "absent"),
  );
  return journal.append(groupOf(journal, "beds", events));
}
