/**
 * Group commit, first in, first out, without a timer. Messages are interpreted as they are taken, into the group that
 * is open; at the end of the turn it goes to the journal, which commits what came while it committed what was before.
 *
 *   take ─▶ open group ─▶ posted (at the end of this turn, if it goes with the next commit) ─▶ committed ─▶ kept, in order
 *
 * A lone message is committed at once, a flood in groups as large as the disk makes them. Nothing here grows without
 * bound: once a full group waits for the disk, transports are asked to read no more.
 */
import type { Journal } from "../journal/journal-port.ts";
import type { Moment } from "../moment.ts";
import type { TakenGroup } from "./group.ts";
import { Histogram } from "./histogram.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Ingest, Kept, RawMessage } from "./raw-message.ts";
import type { StageTrace } from "./stage-trace.ts";

/** What one group gathers before transports are asked to wait. */
const GROUP_ITEMS_MAX = 1_024;
const GROUP_BYTES_MAX = 4 * 1024 * 1024;
/** Groups' worth of messages that wait for the journal: repetitions bring it no rows, and would find room there for ever. */
const UNDER_WAY_GROUPS_MAX = 4;

export type IngestQueueParts = {
  readonly pipeline: Pipeline;
  readonly journal: Pick<Journal, "append" | "joins">;
  readonly trace: StageTrace;
  /** Monotonic, in ms and fractions. */
  readonly nowMs: () => number;
  /** Told after each group, also after one that left nothing to keep: when time is to be looked at next may have moved. */
  readonly onCommitted: () => void;
  /** Told once: a message could not be taken, or a commit failed. The process has to end. */
  readonly onFailure: (error: Error) => void;
  readonly limits?: { readonly itemsMax: number; readonly bytesMax: number };
};

type PostedGroup = {
  readonly group: TakenGroup;
  readonly waiting: readonly Kept[];
  readonly takenAtMs: readonly number[];
  readonly postedAtMs: number;
};

export class IngestQueue implements Ingest {
  readonly #parts: IngestQueueParts;
  readonly #itemsMax: number;
  readonly #bytesMax: number;
  readonly #underWay: PostedGroup[] = [];
  #underWayItems = 0;
  /** Of the group that was posted last. */
  #lastCommit = Promise.resolve();
  #waiting: Kept[] = [];
  #bytes = 0;
  /** Of each that waits, while the trace is on. */
  #takenAtMs: number[] = [];
  #isScheduled = false;
  #failure: Error | null = null;
  #resumes: (() => void)[] = [];
  #messages = 0;
  #groups = 0;
  readonly commitMs = new Histogram();

  constructor(parts: IngestQueueParts) {
    this.#parts = parts;
    this.#itemsMax = parts.limits?.itemsMax ?? GROUP_ITEMS_MAX;
    this.#bytesMax = parts.limits?.bytesMax ?? GROUP_BYTES_MAX;
  }

  /** Messages taken in ever, groups committed ever, and what is taken and not yet acknowledged now. */
  get counts(): { readonly messages: number; readonly groups: number; readonly depth: number } {
    const depth = this.#underWayItems + this.#waiting.length;
    return { messages: this.#messages, groups: this.#groups, depth };
  }

  get isFull(): boolean {
    return this.#waiting.length >= this.#itemsMax || this.#bytes >= this.#bytesMax;
  }

  onRoom(resume: () => void): void {
    if (this.isFull) this.#resumes.push(resume);
    else queueMicrotask(resume);
  }

  hear(message: RawMessage): Promise<void> {
    return settled((kept) => this.take(message, kept));
  }

  take(message: RawMessage, kept: Kept): void {
    if (this.#failure !== null) {
      kept(this.#failure);
      return;
    }
    const { trace, nowMs, pipeline } = this.#parts;
    const takenAtMs = trace.enabled ? nowMs() : 0;
    this.#messages += 1;
    this.#bytes += bytesOf(message);
    this.#waiting.push(kept);
    try {
      pipeline.hear(message);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (takenAtMs > 0) {
      this.#takenAtMs.push(takenAtMs);
      trace.stages.interpreted.note(nowMs() - takenAtMs);
    }
    this.#entered();
  }

  passTime(now: Moment): Promise<void> {
    return this.#enter(() => this.#parts.pipeline.passTime(now));
  }

  commission(now: Moment): Promise<void> {
    return this.#enter(() => this.#parts.pipeline.commission(now));
  }

  /** What comes from the gateway itself stands in the same line. */
  #enter(change: () => void): Promise<void> {
    return settled((kept) => {
      if (this.#failure !== null) {
        kept(this.#failure);
        return;
      }
      this.#waiting.push(kept);
      try {
        change();
      } catch (error) {
        this.#fail(error);
        return;
      }
      this.#entered();
    });
  }

  #entered(): void {
    if (!this.#mayPost) return;
    if (this.isFull) this.#post();
    else this.#schedule();
  }

  /** Or else it waits for more than two commits: for the one that runs, the next one, and its own. */
  get #mayPost(): boolean {
    if (this.#underWay.length === 0) return true;
    return this.#underWayItems < UNDER_WAY_GROUPS_MAX * this.#itemsMax && this.#parts.journal.joins;
  }

  /** After the events of this turn of the loop: what one read of all sockets brought goes together. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(this.#postScheduled);
  }

  readonly #postScheduled = (): void => {
    this.#isScheduled = false;
    this.#postIfRoom();
  };

  #postIfRoom(): void {
    if (this.#failure === null && this.#waiting.length > 0 && this.#mayPost) this.#post();
  }

  #post(): void {
    const { pipeline, journal, trace, nowMs } = this.#parts;
    const group = pipeline.take();
    const posted = { group, waiting: this.#waiting, takenAtMs: this.#takenAtMs, postedAtMs: nowMs() };
    for (const takenAtMs of posted.takenAtMs) trace.stages.posted.note(posted.postedAtMs - takenAtMs);
    this.#waiting = [];
    this.#bytes = 0;
    if (this.#takenAtMs.length > 0) this.#takenAtMs = [];
    this.#underWay.push(posted);
    this.#underWayItems += posted.waiting.length;
    // With nothing to keep there is nothing to wait for, but those before it.
    if (group.records !== null) this.#lastCommit = journal.append(group.records);
    this.#lastCommit.then(
      () => this.#committed(posted),
      (error: unknown) => this.#fail(error),
    );
    const resumes = this.#resumes.splice(0);
    for (const resume of resumes) resume();
  }

  #committed(posted: PostedGroup): void {
    if (this.#failure !== null) return;
    const { pipeline, trace, nowMs, onCommitted } = this.#parts;
    this.#underWay.shift();
    this.#underWayItems -= posted.waiting.length;
    const committedAtMs = nowMs();
    if (posted.group.records !== null) {
      this.#groups += 1;
      this.commitMs.note(committedAtMs - posted.postedAtMs);
    }
    pipeline.kept(posted.group);
    // The disk goes on first; then devices are told, which takes as long as there are many.
    this.#postIfRoom();
    // By index: an iterator makes an object for each, where there are thousands a second.
    for (let n = 0; n < posted.waiting.length; n++) posted.waiting[n]?.(null);
    for (const takenAtMs of posted.takenAtMs) {
      trace.stages.committed.note(committedAtMs - posted.postedAtMs);
      trace.stages.acknowledged.note(nowMs() - takenAtMs);
    }
    onCommitted();
  }

  /** Nobody knows what is on disk now: nothing that waits may be acknowledged, now or later. */
  #fail(cause: unknown): void {
    if (this.#failure !== null) return;
    const failure = cause instanceof Error ? cause : new Error(String(cause));
    this.#failure = failure;
    const waiting = [...this.#underWay.splice(0).flatMap((posted) => posted.waiting), ...this.#waiting];
    this.#underWayItems = 0;
    this.#waiting = [];
    this.#bytes = 0;
    for (const kept of waiting) kept(failure);
    this.#parts.onFailure(failure);
  }
}

function settled(enter: (kept: Kept) => void): Promise<void> {
  return new Promise((resolve, reject) => enter((error) => (error === null ? resolve() : reject(error))));
}

/** About what it may occupy until its group is on disk. */
function bytesOf({ body }: RawMessage): number {
  switch (body.kind) {
    case "mqtt":
      return body.payload.byteLength;
    case "frame":
    case "noise":
      return body.bytes.byteLength;
    case "registers":
      return 2 * body.blocks.reduce((sum, { words }) => sum + words.length, 0);
  }
}
