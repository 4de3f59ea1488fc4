/**
 * A gateway from its ingest inwards, without sockets and without a clock of its own. Two ways in: `hears` takes messages
 * and puts them on disk in one group, within the call; `queue` is the gateway's own way, which tells each message's
 * sender when its group is on disk.
 */
import type { Topology } from "../../gateway/commissioning/topology.ts";
import { DeviceBook } from "../../gateway/ingest/device-book.ts";
import { IngestQueue } from "../../gateway/ingest/ingest-queue.ts";
import { Pipeline } from "../../gateway/ingest/pipeline.ts";
import type { RawMessage } from "../../gateway/ingest/raw-message.ts";
import { StageTrace } from "../../gateway/ingest/stage-trace.ts";
import { WardState } from "../../gateway/interpret/ward-state.ts";
import type { Journal } from "../../gateway/journal/journal-port.ts";
import type { Moment } from "../../gateway/moment.ts";
import { type KeptRecord, MemoryJournal } from "./memory-journal.ts";
import { at } from "./moments.ts";

/** One that keeps a group within the call of `append`, and can tell all that it keeps. */
export type TestJournal = Pick<Journal, "marks" | "start" | "append" | "joins"> & { kept(): KeptRecord[] };

export class WiredGateway<Kept extends TestJournal = MemoryJournal> {
  readonly topology: Topology;
  readonly journal: Kept;
  readonly ward: WardState;
  readonly book = new DeviceBook();
  readonly pipeline: Pipeline;
  readonly queue: IngestQueue;

  /** Without a journal it begins on an empty one in memory. */
  constructor(topology: Topology, journal = new MemoryJournal() as TestJournal as Kept, started = at(0)) {
    this.topology = topology;
    this.journal = journal;
    this.ward = new WardState(topology, journal.start.states, started);
    const { ward, book } = this;
    this.pipeline = new Pipeline({ topology, journal, ward, book });
    this.queue = new IngestQueue({
      pipeline: this.pipeline,
      journal,
      trace: new StageTrace(),
      nowMs: () => performance.now(),
      onCommitted: () => undefined,
      onFailure: () => undefined,
    });
    this.pipeline.commission(started);
    this.#keep();
  }

  hears(...messages: readonly RawMessage[]): void {
    for (const message of messages) this.pipeline.hear(message);
    this.#keep();
  }

  /** Looks at the time as often as something is due until `now`. */
  passesTo(now: Moment): void {
    for (let round = 0; round < 100; round++) {
      const due = this.ward.nextDueMonoMs();
      if (due === null || due > now.monoMs) return;
      this.pipeline.passTime(now);
      if (!this.#keep()) return;
    }
    throw new Error("time changes the ward again and again");
  }

  /** Everything that is in the journal, lane by lane. */
  kept(): KeptRecord[] {
    return this.journal.kept();
  }

  /** False where there was nothing to keep. */
  #keep(): boolean {
    const group = this.pipeline.take();
    if (group.records !== null) void this.journal.append(group.records);
    this.pipeline.kept(group);
    return group.records !== null;
  }
}
