/** A gateway from its pipeline inwards, on a journal in memory, without sockets and without a clock of its own. */
import { LANES } from "../../contracts/wire/ids.ts";
import type { SyncRecord } from "../../contracts/wire/sync.ts";
import type { Topology } from "../../gateway/commissioning/topology.ts";
import { DeviceBook } from "../../gateway/ingest/device-book.ts";
import { Pipeline, type PipelineItem } from "../../gateway/ingest/pipeline.ts";
import type { RawMessage } from "../../gateway/ingest/raw-message.ts";
import { WardState } from "../../gateway/interpret/ward-state.ts";
import { Journal, type JournalRecord } from "../../gateway/journal/journal.ts";
import type { Moment } from "../../gateway/moment.ts";
import { at } from "./moments.ts";

export class WiredGateway {
  readonly topology: Topology;
  readonly journal: Journal;
  readonly ward: WardState;
  readonly book = new DeviceBook();
  readonly #pipeline: Pipeline;

  constructor(topology: Topology, journal = Journal.open(":memory:"), started = at(0)) {
    this.topology = topology;
    this.journal = journal;
    this.ward = new WardState(topology, journal.states(), started);
    const { ward, book } = this;
    this.#pipeline = new Pipeline({ topology, journal, ward, book, onCommitted: () => undefined });
    this.commit({ kind: "commission", now: started });
  }

  commit(...items: readonly PipelineItem[]): void {
    this.#pipeline.commit(items);
  }

  hears(...messages: readonly RawMessage[]): void {
    this.commit(...messages.map((message) => ({ kind: "message" as const, message })));
  }

  /** Looks at the time as often as something is due until `now`. */
  passesTo(now: Moment): void {
    for (let round = 0; round < 100; round++) {
      const due = this.ward.nextDueMonoMs();
      if (due === null || due > now.monoMs) return;
      const before = this.journal.appendedCount;
      this.commit({ kind: "time", now });
      if (this.journal.appendedCount === before) return;
    }
    throw new Error("time changes the ward again and again");
  }

  /** Everything that is in the journal, lane by lane. */
  kept(): JournalRecord[] {
    return LANES.flatMap((lane) => {
      const batch = this.journal.read(lane, 0, 100_000);
      return (batch?.bodies ?? []).map((body, index) => ({
        lane,
        seq: (batch?.firstSeq ?? 0) + index,
        record: JSON.parse(body) as SyncRecord,
      }));
    });
  }
}
