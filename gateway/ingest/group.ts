/** One group under way: what will be committed together, numbered as the journal will number it. */
import type { BedEvent } from "../../contracts/wire/bed-event.ts";
import type { Lane } from "../../contracts/wire/ids.ts";
import type { Journal, JournalGroup, Quarantined, ReadingLane, Series } from "../journal/journal-port.ts";
import { ReadingRows } from "../journal/reading-rows.ts";
import type { Moment } from "../moment.ts";
import type { DeviceEntry } from "./device-book.ts";

/** What goes to the journal (null: nothing), its rows lent until more is taken in; and what counts once it is there. */
export type TakenGroup = {
  readonly records: JournalGroup | null;
  readonly usable: readonly { readonly entry: DeviceEntry; readonly heard: Moment }[];
};

export class Group {
  readonly #rows: Readonly<Record<ReadingLane, ReadingRows>> = {
    vitals: new ReadingRows(),
    environment: new ReadingRows(),
  };
  readonly #headSeq: Record<Lane, number>;
  #events: JournalGroup["events"][number][] = [];
  #quarantined: Quarantined[] = [];
  #usable: TakenGroup["usable"][number][] = [];

  constructor(journal: Pick<Journal, "marks">) {
    const headSeq = (lane: Lane) => journal.marks(lane).headSeq;
    this.#headSeq = { beds: headSeq("beds"), vitals: headSeq("vitals"), environment: headSeq("environment") };
  }

  /** Returns the number that the journal will give it; see ReadingRow for what stands in it. */
  addReading(
    lane: ReadingLane,
    series: number,
    receivedAtMs: number,
    observedAtMs: number,
    stamp: number,
    value: number,
    flags: number,
  ): number {
    this.#rows[lane].push(series, receivedAtMs, observedAtMs, stamp, value, flags);
    this.#headSeq[lane] += 1;
    return this.#headSeq[lane];
  }

  addEvents(events: readonly BedEvent[]): void {
    for (const event of events) {
      this.#headSeq.beds += 1;
      this.#events.push({ receivedAtMs: event.receivedAtMs, body: JSON.stringify(event) });
    }
  }

  addQuarantined(one: Quarantined): void {
    this.#quarantined.push(one);
  }

  addUsable(entry: DeviceEntry, heard: Moment): void {
    this.#usable.push({ entry, heard });
  }

  /** Hands over what was gathered, with the states and series that belong to it, and begins anew. */
  take(states: JournalGroup["states"], newSeries: readonly Series[]): TakenGroup {
    const [events, quarantined, usable] = [this.#events, this.#quarantined, this.#usable];
    const vitals = this.#rows.vitals.lend();
    const environment = this.#rows.environment.lend();
    if (events.length > 0) this.#events = [];
    if (quarantined.length > 0) this.#quarantined = [];
    if (usable.length > 0) this.#usable = [];
    const records = vitals.count + environment.count + events.length + quarantined.length + states.length;
    return {
      records: records === 0 ? null : { vitals, environment, newSeries, events, states, quarantined },
      usable,
    };
  }
}
