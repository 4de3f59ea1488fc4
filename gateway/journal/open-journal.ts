import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";
import type { Lane } from "../../contracts/wire/ids.ts";
import { LANES } from "../../contracts/wire/lanes.ts";
import { SlotWriter, slotMemory } from "./group-slots.ts";
import type { JournalFiles } from "./journal-host.ts";
import {
  type Call,
  errorOf,
  type FromThread,
  type Opened,
  type ThreadData,
  type ToThread,
} from "./journal-messages.ts";
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
import { type EncodedLogBatch, type JournalLog, NO_LOG, type NoLogBatch } from "./log-port.ts";
import { buffersOf, copyOf, NO_ROWS } from "./reading-rows.ts";

export type JournalOptions = JournalFiles & {
  /** Nobody knows any more what is on disk. The process has to end at once; whatever waits is rejected first. */
  readonly onFatal: (error: Error) => void;
};

/** Opens the journal in a thread of its own. Rejects where the file is another process's or cannot be used. */
export function openJournal({ onFatal, ...files }: JournalOptions): Promise<Journal> {
  // The thread takes over what the process was told of young objects, and of its own a MiB is enough. V8 asks when a
  // thread begins, and no other one does.
  setFlagsFromString("--max-semi-space-size=1");
  const slots = slotMemory();
  const worker = new Worker(new URL("./journal-thread.ts", import.meta.url), {
    workerData: { files, slots } satisfies ThreadData,
    name: "journal",
  });
  return new Promise((resolve, reject) => {
    const settle = (work: () => void) => {
      worker.off("error", refuse).off("exit", ended).off("message", answered);
      work();
    };
    const refuse = (error: unknown) => settle(() => reject(error));
    const ended = () => refuse(new Error("the journal's thread ended before the journal was open"));
    const answered = (message: FromThread) => {
      if (message.kind === "refused") refuse(errorOf(message.failure));
      else if (message.kind !== "opened") refuse(new Error(`expected "opened" first, got "${message.kind}"`));
      else settle(() => resolve(new ThreadJournal(worker, new SlotWriter(slots), message.opened, onFatal)));
    };
    worker.on("error", refuse).on("exit", ended).on("message", answered);
  });
}

type Append = {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly counts: Readonly<Record<Lane, number>>;
  readonly isPosted: boolean;
};

class ThreadJournal implements Journal {
  readonly epoch: Opened["epoch"];
  readonly sessions: SessionsChannel = {
    call: (method, args) => this.#call({ kind: "session", method, args }),
  };
  readonly #worker: Worker;
  readonly #slots: SlotWriter;
  readonly #onFatal: (error: Error) => void;
  readonly #appends: Append[] = [];
  /** Of those, they that went as messages. */
  #posted = 0;
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>();
  readonly log: JournalLog | null;
  readonly #marks: Record<Lane, LaneMarks>;
  #facts: JournalFacts;
  #start: JournalStart;
  #lastCall = 0;
  #state: "open" | "closing" | "over" = "open";

  constructor(
    worker: Worker,
    slots: SlotWriter,
    { epoch, marks, start, facts }: Opened,
    onFatal: (error: Error) => void,
  ) {
    this.epoch = epoch;
    this.#start = start;
    this.#marks = { ...marks };
    this.#facts = facts;
    this.#worker = worker;
    this.#slots = slots;
    this.#onFatal = onFatal;
    this.log = facts.log === null ? null : this.#openLog();
    worker.on("message", (message: FromThread) => this.#take(message));
    worker.on("error", (error) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    worker.on("exit", () => {
      // It was told to, and has said that it will: whoever waits for that word may hear of it after this.
      if (this.#state === "closing" && this.#calls.size === 0) return;
      this.#fail(new Error("the journal's thread ended by itself"));
    });
  }

  get start(): JournalStart {
    return this.#start;
  }

  get facts(): JournalFacts {
    return this.#facts;
  }

  marks(lane: Lane): LaneMarks {
    return this.#marks[lane];
  }

  get joins(): boolean {
    return this.#posted === 0 && this.#slots.hasRoom;
  }

  append(group: JournalGroup): Promise<void> {
    if (this.#state !== "open") return Promise.reject(closed());
    const { vitals, environment, events } = group;
    const counts = { beds: events.length, vitals: vitals.count, environment: environment.count };
    // Behind one that was posted the rest is posted too, so that they arrive in their order.
    const isPosted = this.#posted > 0 || !this.#slots.offer(group);
    if (!isPosted) this.#callToSlots();
    else {
      this.#posted += 1;
      const own = { ...group, vitals: copyOf(vitals), environment: copyOf(environment) };
      this.#post({ kind: "append", group: own }, buffersOf(own.vitals, own.environment));
    }
    // Whoever appends knows by now what it needed to know, and the newest readings may take twenty megabytes.
    if (this.#start.recent !== NOTHING_RECENT) this.#start = { ...this.#start, recent: NOTHING_RECENT };
    return new Promise((resolve, reject) => this.#appends.push({ resolve, reject, counts, isPosted }));
  }

  encodeBatch(lane: Lane, afterSeq: number, recordsMax: number, envelope: BatchEnvelope) {
    const call = this.#call({ kind: "encode-batch", lane, afterSeq, recordsMax, envelope });
    return call as Promise<EncodedBatch | null>;
  }

  acknowledge(lane: Lane, throughSeq: number): void {
    const marks = this.#marks[lane];
    if (this.#state !== "open" || throughSeq <= marks.acknowledgedSeq) return;
    if (throughSeq > marks.headSeq) {
      throw new Error(
        `lane ${lane}: the cloud acknowledged ${throughSeq}, but the journal ends at ${marks.headSeq}`,
      );
    }
    this.#marks[lane] = { ...marks, acknowledgedSeq: throughSeq };
    this.#post({ kind: "acknowledge", lane, throughSeq });
  }

  quarantine(entriesMax: number) {
    return this.#call({ kind: "quarantine", entriesMax }) as Promise<readonly QuarantineRow[]>;
  }

  get isOpen(): boolean {
    return this.#state === "open";
  }

  /** What was appended before is written first; what waits for room on a full disk is rejected. */
  async close(): Promise<void> {
    if (this.#state !== "open") return;
    const answered = this.#call({ kind: "close" });
    this.#state = "closing";
    await answered;
    this.#end(closed());
    await this.#worker.terminate();
  }

  #openLog(): JournalLog {
    const factsNow = () => this.#facts.log ?? NO_LOG;
    return {
      get facts() {
        return factsNow();
      },
      encodeBatch: (fromIndex, leavesMax, envelope) => {
        const call = this.#call({ kind: "encode-log-batch", fromIndex, leavesMax, envelope });
        return call as Promise<EncodedLogBatch | NoLogBatch>;
      },
      stored: (size) => {
        if (this.#state === "open") this.#post({ kind: "log-stored", size });
      },
      onCheckpoint() {},
    };
  }

  #call(call: Call): Promise<unknown> {
    if (this.#state !== "open") return Promise.reject(closed());
    this.#lastCall += 1;
    const answered = Promise.withResolvers<unknown>();
    this.#post({ kind: "call", id: this.#lastCall, call });
    this.#calls.set(this.#lastCall, answered);
    return answered.promise;
  }

  #post(message: ToThread, handedOver: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, handedOver);
    this.#slots.call();
  }

  #callToSlots(): void {
    if (!this.#slots.call()) this.#worker.postMessage({ kind: "offered" } satisfies ToThread);
  }

  #take(message: FromThread): void {
    switch (message.kind) {
      case "appended":
        this.#settle(message.count);
        return;
      case "answer":
        this.#calls.get(message.id)?.resolve(message.value);
        this.#calls.delete(message.id);
        return;
      case "failed":
        this.#calls.get(message.id)?.reject(errorOf(message.failure));
        this.#calls.delete(message.id);
        return;
      case "facts":
        this.#facts = message.facts;
        return;
      case "checkpoint":
        this.#facts = { ...this.#facts, log: message.log };
        this.log?.onCheckpoint();
        return;
      case "fatal":
        this.#fail(errorOf(message.failure));
        return;
      case "opened":
      case "refused":
        throw new Error(`expected ${message.kind} only once, at the start`);
    }
  }

  #settle(count: number): void {
    const settled = this.#appends.splice(0, count);
    for (const { counts, isPosted } of settled) {
      for (const lane of LANES) this.#advance(lane, counts[lane]);
      if (isPosted) this.#posted -= 1;
    }
    for (const { resolve } of settled) resolve();
  }

  #advance(lane: Lane, count: number): void {
    if (count === 0) return;
    const { headSeq, acknowledgedSeq } = this.#marks[lane];
    this.#marks[lane] = { headSeq: headSeq + count, acknowledgedSeq };
  }

  #fail(error: Error): void {
    if (this.#state === "over") return;
    this.#end(error);
    this.#onFatal(error);
  }

  #end(error: Error): void {
    this.#state = "over";
    for (const { reject } of this.#appends.splice(0)) reject(error);
    for (const { reject } of this.#calls.values()) reject(error);
    this.#calls.clear();
  }
}

const NOTHING_RECENT: JournalStart["recent"] = { vitals: NO_ROWS, environment: NO_ROWS };

const closed = () => new Error("the journal is closed");
