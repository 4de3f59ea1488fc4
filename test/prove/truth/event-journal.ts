/** Numbers what a gateway appends and hands on its bed events: a day's readings would fill the memory, and nobody asks for them. */
import { BedEvent } from "../../../contracts/wire/bed-event.ts";
import { Epoch, type Lane } from "../../../contracts/wire/ids.ts";
import type { JournalGroup, JournalStart, LaneMarks } from "../../../gateway/journal/journal-port.ts";

const NO_ROWS = { count: 0, buffer: new ArrayBuffer(0) };

export class EventJournal {
  readonly epoch = Epoch.parse("0123456789abcdef");
  readonly start: JournalStart = {
    series: [],
    states: new Map(),
    recent: { vitals: NO_ROWS, environment: NO_ROWS },
    salvage: null,
  };
  readonly joins = false;
  readonly #headSeq: Record<Lane, number> = { beds: 0, vitals: 0, environment: 0 };
  #events: BedEvent[] = [];

  marks(lane: Lane): LaneMarks {
    return { headSeq: this.#headSeq[lane], acknowledgedSeq: 0 };
  }

  append({ vitals, environment, events }: JournalGroup): Promise<void> {
    this.#headSeq.beds += events.length;
    this.#headSeq.vitals += vitals.count;
    this.#headSeq.environment += environment.count;
    this.#events.push(...events.map(({ body }) => BedEvent.parse(JSON.parse(body))));
    return Promise.resolve();
  }

  /** The events since it was asked last, with the number of the first. */
  takeEvents(): { readonly firstSeq: number; readonly events: readonly BedEvent[] } {
    const events = this.#events;
    this.#events = [];
    return { firstSeq: this.#headSeq.beds - events.length + 1, events };
  }

  kept(): [] {
    return [];
  }
}
