/** The store, who looks after its file, and the broker's memory: all that works where the files are open. */
import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import type { Lane } from "../../contracts/wire/ids.ts";
import type { LogBatch } from "../../contracts/wire/log-sync.ts";
import type { SyncBatch } from "../../contracts/wire/sync-batch.ts";
import type {
  BatchEnvelope,
  JournalFacts,
  JournalGroup,
  JournalStart,
  LaneMarks,
  QuarantineRow,
} from "./journal-port.ts";
import { JournalStore } from "./journal-store.ts";
import { isFull } from "./life/full-disk.ts";
import { JournalLife } from "./life/journal-life.ts";
import { openOrSalvage } from "./life/open-or-salvage.ts";
import type { LifeSettings } from "./life/settings.ts";
import type { Life } from "./life-port.ts";
import { Checkpoints } from "./log/checkpoints.ts";
import { OpenLog } from "./log/open-log.ts";
import type { LogEnvelope, LogFacts, LogSettings, NoLogBatch } from "./log-port.ts";
import { SessionsHost } from "./sessions-host.ts";

export type JournalFiles = {
  readonly file: string;
  /** The broker's memory. */
  readonly sessionsFile: string;
  readonly life: LifeSettings;
  /** Left out: the records are in no log of their own, to see what it costs. */
  readonly log?: LogSettings;
};
export type HostClock = {
  nowMs(): number;
  /** Monotonic, finer than a millisecond. */
  monotonicMs(): number;
};
export const hostClock: HostClock = { nowMs: Date.now, monotonicMs: () => performance.now() };

export class JournalHost {
  readonly #file: string;
  readonly #store: JournalStore;
  readonly #life: Life;
  readonly #openSessions: () => SessionsHost;
  readonly #log: OpenLog | null;
  #sessions: SessionsHost | undefined;

  constructor({ file, sessionsFile, life: settings, log }: JournalFiles, clock: HostClock) {
    this.#file = file;
    this.#openSessions = () => new SessionsHost(sessionsFile, clock.nowMs);
    const { database, salvage } = openOrSalvage(file, clock.nowMs());
    try {
      const diskFreeBytes = () => freeBytes(file);
      this.#life = new JournalLife({ database, file, settings, ...clock, diskFreeBytes });
      this.#life.start();
      const { monotonicMs: stopwatchMs } = clock;
      const isLogged = log !== undefined;
      this.#store = new JournalStore({ database, salvage, life: this.#life, stopwatchMs, isLogged });
      this.#log = log === undefined ? null : this.#openLog(log, clock);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  get epoch() {
    return this.#store.epoch;
  }

  start(): JournalStart {
    return this.#store.start();
  }

  marks(lane: Lane): LaneMarks {
    return this.#store.marks(lane);
  }

  /** False: the disk is full, none of it is kept, and there is no room to be made; the caller tries again later. */
  append(groups: readonly JournalGroup[]): boolean {
    const isKept = this.#withRoom(() => this.#store.append(groups)) !== null;
    if (isKept) this.#life.afterCommit();
    return isKept;
  }

  nextBatch(lane: Lane, afterSeq: number, recordsMax: number, envelope: BatchEnvelope): SyncBatch | null {
    return this.#store.nextBatch(lane, afterSeq, recordsMax, envelope);
  }

  acknowledge(lane: Lane, throughSeq: number): void {
    this.#store.acknowledge(lane, throughSeq);
  }

  nextLogBatch(fromIndex: number, leavesMax: number, envelope: LogEnvelope): LogBatch | NoLogBatch {
    return this.#log?.nextBatch(fromIndex, leavesMax, envelope) ?? "not-kept";
  }

  logStored(size: number): void {
    this.#log?.stored(size);
  }

  /** 0: now. */
  get checkpointDueInMs(): number {
    return this.#log?.checkpointDueInMs ?? Number.POSITIVE_INFINITY;
  }

  signCheckpoint(): void {
    this.#log?.signCheckpoint();
  }

  get logFacts(): LogFacts | null {
    return this.#log?.facts ?? null;
  }

  /** True: there may be more to tidy. */
  tidy(): boolean {
    return this.#withRoom(() => this.#store.tidy())?.done ?? false;
  }

  /** Once a second. */
  tick(): void {
    this.#life.tick();
    this.#store.secondPassed();
  }

  /** Ten times a second. */
  step(isWanted: () => boolean): void {
    this.#life.step(isWanted);
  }

  quarantine(entriesMax: number): readonly QuarantineRow[] {
    return this.#store.quarantine(entriesMax);
  }

  facts(): JournalFacts {
    return { ...this.#store.facts(this.#life.facts()), log: this.logFacts };
  }

  /** Opened with the first call at the latest. */
  openSessions(): SessionsHost {
    this.#sessions ??= this.#openSessions();
    return this.#sessions;
  }

  isFull(error: unknown): boolean {
    return isFull(error, this.#file);
  }

  get isOpen(): boolean {
    return this.#store.isOpen;
  }

  close(): void {
    // A copy of the files, or a new epoch, would else tell the cloud again what it has.
    this.#withRoom(() => this.#store.writeMarks());
    this.#sessions?.close();
    this.#store.close();
  }

  #openLog(settings: LogSettings, clock: HostClock): OpenLog | null {
    const { log: book, epoch } = this.#store;
    if (book === null) return null;
    const checkpoints = new Checkpoints({ settings, epoch, ...clock });
    const onDamage = (what: string) => this.#life.onLogDamage(what);
    return new OpenLog({ book, checkpoints, publicKey: settings.key.publicKey, epoch, onDamage });
  }

  /** Null where the disk is full and stays so. */
  #withRoom<Result>(work: () => Result): { readonly done: Result } | null {
    for (;;) {
      try {
        return { done: work() };
      } catch (error) {
        if (!this.isFull(error)) throw error;
        if (!this.#life.onFull()) return null;
      }
    }
  }
}

function freeBytes(file: string): number {
  if (file === ":memory:") return Number.MAX_SAFE_INTEGER;
  const { bavail, bsize } = statfsSync(dirname(file));
  return bavail * bsize;
}
