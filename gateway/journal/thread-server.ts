/**
 * Serves what the journal's user posts, in order, and does nothing else. Groups that came while one was committed go
 * together in the next transaction. After an error that says nothing about what is on disk it does no more: an fsync
 * that failed must not be tried again, since the second one says yes to what the first one lost.
 */
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { AppendQueue } from "./append-queue.ts";
import type { SlotReader } from "./group-slots.ts";
import type { JournalHost } from "./journal-host.ts";
import { type Call, type FromThread, failureOf, type ToThread } from "./journal-messages.ts";
import type { JournalGroup } from "./journal-port.ts";
import { packBatch, packLogBatch } from "./pack-batch.ts";

/** Rows in one transaction, about: at this many a commit costs next to nothing a row, and the first need not wait long. */
const JOINED_ROWS_MAX = 4_000;
const TICK_MS = 1_000;
const STEP_MS = 100;
/** Between two clean-ups of a long backlog. */
const TIDY_MS = 20;
/** Where groups come one after the other, the thread waits at the slots; so long its loop may have to wait for it. */
const AT_SLOTS_MS = 5;
/** Groups in one second from which on they clean up behind them: a commit for that alone, and who waits for it, can wait. */
const BUSY_FROM_GROUPS = 10;
const BUSY_TIDY_EVERY_TICKS = 10;

/** `groups`: of so many that were appended it was put together. */
type Queued = { readonly groups: number; readonly isOffered: boolean };

export class ThreadServer {
  readonly #port: MessagePort;
  readonly #slots: SlotReader;
  readonly #host: JournalHost;
  readonly #appends: AppendQueue;
  /** What is told of each group in there, once it is kept. */
  readonly #queued: Queued[] = [];
  readonly #ticking: NodeJS.Timeout;
  readonly #stepping: NodeJS.Timeout;
  #tidying: NodeJS.Timeout | undefined;
  #signing: NodeJS.Timeout | undefined;
  #isAtSlots = false;
  #groupsSinceTick = 0;
  #busyTicks = 0;
  #isOver = false;

  constructor(port: MessagePort, slots: SlotReader, host: JournalHost) {
    this.#port = port;
    this.#slots = slots;
    this.#host = host;
    this.#appends = new AppendQueue({
      append: (groups) => host.append(groups),
      onKept: (count) => this.#tellKept(this.#queued.splice(0, count)),
    });
    this.#ticking = setInterval(() => this.#guarded(() => this.#tick()), TICK_MS);
    this.#stepping = setInterval(() => this.#guarded(() => host.step(() => slots.hasOffered)), STEP_MS);
    port.on("message", (message: ToThread) => this.#guarded(() => this.#take(message)));
  }

  #take(message: ToThread): void {
    switch (message.kind) {
      case "offered":
        if (!this.#isAtSlots) this.#stayAtSlots();
        return;
      case "append":
        this.#takeAllOffered();
        this.#takeAppends(message.group);
        return;
      case "acknowledge":
        this.#host.acknowledge(message.lane, message.throughSeq);
        return;
      case "log-stored":
        this.#host.logStored(message.size);
        return;
      case "call":
        this.#answer(message.id, message.call);
    }
  }

  /** With this one go those that stand right behind it. */
  #takeAppends(first: JournalGroup): void {
    const groups = [first];
    let rows = rowsOf(first);
    let other: ToThread | undefined;
    while (rows < JOINED_ROWS_MAX) {
      const next: ToThread | undefined = receiveMessageOnPort(this.#port)?.message;
      if (next?.kind !== "append") {
        other = next;
        break;
      }
      groups.push(next.group);
      rows += rowsOf(next.group);
    }
    this.#add(groups, { groups: 1, isOffered: false });
    if (other !== undefined) this.#take(other);
  }

  #add(groups: readonly JournalGroup[], each: Queued): void {
    for (let n = 0; n < groups.length; n++) this.#queued.push(each);
    this.#appends.add(groups);
    this.#groupsSinceTick += groups.length;
    this.#signInTime();
  }

  #tellKept(kept: readonly Queued[]): void {
    let count = 0;
    for (const { groups, isOffered } of kept) {
      count += groups;
      if (isOffered) this.#slots.done();
    }
    this.#post({ kind: "appended", count });
  }

  /** False: nothing lay in the slots. */
  #takeOffered(): boolean {
    const offered = this.#slots.take();
    if (offered === null) return false;
    this.#add([offered.group], { groups: offered.groups, isOffered: true });
    return true;
  }

  /** Before what was posted after it: whoever posts an append or the end offers nothing until that is done. */
  #takeAllOffered(): void {
    while (this.#takeOffered());
  }

  /** For one turn, and for the next one if something came. Whatever is posted ends a sleep there. */
  #stayAtSlots(): void {
    this.#isAtSlots = true;
    this.#slots.come();
    const untilMs = performance.now() + AT_SLOTS_MS;
    let hasTaken = false;
    for (let leftMs = AT_SLOTS_MS; leftMs > 0 && !this.#isOver; leftMs = untilMs - performance.now()) {
      if (this.#takeOffered()) {
        hasTaken = true;
        continue;
      }
      const posted: ToThread | undefined = receiveMessageOnPort(this.#port)?.message;
      if (posted === undefined) this.#slots.sleep(leftMs);
      else this.#take(posted);
    }
    if (this.#isOver) return;
    if (!hasTaken) {
      this.#slots.leave();
      hasTaken = this.#takeOffered();
    }
    this.#isAtSlots = hasTaken;
    // Timers, and what is packed for the cloud, come in between.
    if (hasTaken) setImmediate(() => this.#guarded(() => this.#stayAtSlots()));
  }

  #answer(id: number, call: Call): void {
    switch (call.kind) {
      case "encode-batch": {
        const { lane, afterSeq, recordsMax, envelope } = call;
        const batch = this.#host.nextBatch(lane, afterSeq, recordsMax, envelope);
        if (batch === null) {
          this.#post({ kind: "answer", id, value: null });
          return;
        }
        packBatch(batch).then(
          (value) => this.#post({ kind: "answer", id, value }, [value.body.buffer]),
          (error) => this.#post({ kind: "failed", id, failure: failureOf(error) }),
        );
        return;
      }
      case "encode-log-batch": {
        const batch = this.#host.nextLogBatch(call.fromIndex, call.leavesMax, call.envelope);
        const value = typeof batch === "string" ? batch : packLogBatch(batch);
        this.#post({ kind: "answer", id, value }, typeof value === "string" ? [] : [value.body.buffer]);
        return;
      }
      case "quarantine":
        this.#post({ kind: "answer", id, value: this.#host.quarantine(call.entriesMax) });
        return;
      case "session":
        this.#answerSession(id, call.method, call.args);
        return;
      case "close":
        this.#takeAllOffered();
        this.#stop();
        this.#host.close();
        this.#post({ kind: "answer", id, value: null });
        this.#port.close();
    }
  }

  #answerSession(id: number, method: string, args: readonly unknown[]): void {
    try {
      this.#post({ kind: "answer", id, value: this.#host.openSessions().call(method, args) });
    } catch (error) {
      const failure = failureOf(error);
      // A call that was wrong, or for which there is no room, was rolled back. Of anything else nobody knows.
      const isKnown =
        failure.code === null || this.#host.isFull(error) || failure.code.startsWith("SQLITE_CONSTRAINT");
      if (!isKnown) throw error;
      this.#post({ kind: "failed", id, failure });
    }
  }

  #tick(): void {
    this.#appends.retry();
    this.#host.tick();
    this.#post({ kind: "facts", facts: this.#host.facts() });
    if (this.#tidying === undefined && this.#isTimeToTidy()) this.#tidy();
    this.#signInTime();
  }

  #isTimeToTidy(): boolean {
    const isBusy = this.#groupsSinceTick >= BUSY_FROM_GROUPS;
    this.#groupsSinceTick = 0;
    this.#busyTicks = isBusy ? this.#busyTicks + 1 : 0;
    return this.#busyTicks % BUSY_TIDY_EVERY_TICKS === 0;
  }

  /** At once where a checkpoint is due, else when it is. */
  #signInTime(): void {
    if (this.#signing !== undefined) return;
    const dueInMs = this.#host.checkpointDueInMs;
    if (dueInMs === 0) {
      this.#host.signCheckpoint();
      this.#post({ kind: "checkpoint", log: this.#host.logFacts });
    } else if (dueInMs < TICK_MS) {
      const sign = () => {
        this.#signing = undefined;
        this.#signInTime();
      };
      this.#signing = setTimeout(() => this.#guarded(sign), Math.ceil(dueInMs));
    }
  }

  #tidy(): void {
    this.#tidying = undefined;
    if (!this.#host.tidy()) return;
    this.#tidying = setTimeout(() => this.#guarded(() => this.#tidy()), TIDY_MS);
  }

  /** Nothing is tried again, and nothing is closed: that would be another fsync. */
  #guarded(work: () => void): void {
    if (this.#isOver) return;
    try {
      work();
    } catch (error) {
      this.#stop();
      this.#post({ kind: "fatal", failure: failureOf(error) });
    }
  }

  #stop(): void {
    this.#isOver = true;
    clearInterval(this.#ticking);
    clearInterval(this.#stepping);
    clearTimeout(this.#tidying);
    clearTimeout(this.#signing);
  }

  #post(message: FromThread, handedOver: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, handedOver);
  }
}

const rowsOf = ({ vitals, environment }: JournalGroup) => vitals.count + environment.count;
