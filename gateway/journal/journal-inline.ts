import type { Lane } from "../../contracts/wire/ids.ts";
import { AppendQueue } from "./append-queue.ts";
import { type HostClock, hostClock, type JournalFiles, JournalHost } from "./journal-host.ts";
import type {
  BatchEnvelope,
  EncodedBatch,
  Journal,
  JournalFacts,
  JournalGroup,
  JournalStart,
  LaneMarks,
  QuarantineRow,
  SessionsChannel,
} from "./journal-port.ts";
import { type JournalLog, NO_LOG } from "./log-port.ts";
import { packBatchSync, packLogBatch } from "./pack-batch.ts";
import { copyOf } from "./reading-rows.ts";

const STEPS_A_SECOND = 10;

/** The journal in its user's own thread, for tests and simulations: an append is on disk when `append` returns. */
export class InlineJournal implements Journal {
  readonly start: JournalStart;
  readonly sessions: SessionsChannel;
  readonly log: JournalLog | null;
  readonly #host: JournalHost;
  readonly #queue: AppendQueue;
  readonly #appends: PromiseWithResolvers<void>[] = [];

  constructor(files: JournalFiles, clock: HostClock = hostClock) {
    this.#host = new JournalHost(files, clock);
    this.start = this.#host.start();
    this.sessions = { call: async (method, args) => this.#host.openSessions().call(method, args) };
    this.log = this.#openLog();
    this.#queue = new AppendQueue({
      append: (groups) => this.#host.append(groups),
      onKept: (count) => {
        for (const { resolve } of this.#appends.splice(0, count)) resolve();
      },
    });
  }

  get epoch() {
    return this.#host.epoch;
  }

  get facts(): JournalFacts {
    return this.#host.facts();
  }

  marks(lane: Lane): LaneMarks {
    return this.#host.marks(lane);
  }

  readonly joins = false;

  async append(group: JournalGroup): Promise<void> {
    const append = Promise.withResolvers<void>();
    this.#appends.push(append);
    try {
      // On a full disk it waits.
      this.#queue.add([{ ...group, vitals: copyOf(group.vitals), environment: copyOf(group.environment) }]);
      this.#signInTime();
    } catch (error) {
      this.#appends.pop();
      throw error;
    }
    return append.promise;
  }

  async encodeBatch(
    lane: Lane,
    afterSeq: number,
    recordsMax: number,
    envelope: BatchEnvelope,
  ): Promise<EncodedBatch | null> {
    const batch = this.#host.nextBatch(lane, afterSeq, recordsMax, envelope);
    return batch === null ? null : packBatchSync(batch);
  }

  acknowledge(lane: Lane, throughSeq: number): void {
    this.#host.acknowledge(lane, throughSeq);
  }

  async quarantine(entriesMax: number): Promise<readonly QuarantineRow[]> {
    return this.#host.quarantine(entriesMax);
  }

  /** What the thread does by itself every second; and all that it puts off. */
  tick(): void {
    this.#queue.retry();
    this.#host.tick();
    for (let n = 0; n < STEPS_A_SECOND; n++) this.#host.step(() => false);
    while (this.#host.tidy());
    this.#signInTime();
  }

  #signInTime(): void {
    if (this.#host.checkpointDueInMs > 0) return;
    this.#host.signCheckpoint();
    this.log?.onCheckpoint();
  }

  #openLog(): JournalLog | null {
    const host = this.#host;
    if (host.logFacts === null) return null;
    return {
      get facts() {
        return host.logFacts ?? NO_LOG;
      },
      encodeBatch: async (fromIndex, leavesMax, envelope) => {
        const batch = host.nextLogBatch(fromIndex, leavesMax, envelope);
        return typeof batch === "string" ? batch : packLogBatch(batch);
      },
      stored: (size) => host.logStored(size),
      onCheckpoint() {},
    };
  }

  get isOpen(): boolean {
    return this.#host.isOpen;
  }

  async close(): Promise<void> {
    if (!this.isOpen) return;
    this.#host.close();
    for (const { reject } of this.#appends.splice(0)) reject(new Error("the journal is closed"));
  }
}
