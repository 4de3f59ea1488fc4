/**
 * Brings what is stored to one more store, beside everything else: nothing waits for it, and it waits for its store.
 *
 *   cursor ─▶ read a chunk ─▶ write ─┬─ stored ─▶ note what was refused, move the cursor
 *               (the next one is     ├─ in trouble ─▶ the same chunk again, after a pause
 *                made meanwhile)     └─ lost what it had accepted ─▶ from the cursor
 *
 * At least once, and by each point's own time and tags once in effect. Two chunks are in memory at most.
 */
import type { Logger } from "pino";
import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/schema.ts";
import { waited } from "../../live/every.ts";
import type { SentBedEvent } from "../influxdb/bed-state-point.ts";
import { type Refused, type SeriesWriter, StoreTrouble } from "../series-store.ts";
import { backOffMs } from "./back-off.ts";
import type { Chunk, ChunkReader, Unfit } from "./chunk-reader.ts";
import { forgetAccepted, moveCursors, noteAccepted } from "./cursors.ts";
import type { FeedMeter, FeedStatus } from "./feed-meter.ts";
import { holdLease, LEASE_MS, releaseLease } from "./lease.ts";
import { noteRefusals } from "./refusals.ts";
import { Settling, type StoreProcess } from "./settling.ts";

const POLL_EVERY_MS = 1_000;
const STANDBY_MS = 5_000;
const DATABASE_RETRY_MS = 1_000;
const TELL_EVERY_MS = 500;
/** A store that does not answer does not hold up the end of the service. */
const LAST_LOOK_MS_MAX = 1_000;

export type FedStore = SeriesWriter & {
  writeBedEvents(events: readonly SentBedEvent[], signal: AbortSignal): Promise<readonly Refused[]>;
};

export type FeederDeps = {
  readonly db: Database;
  /** Under which the cursors stand. */
  readonly store: string;
  readonly writer: FedStore;
  readonly reader: Pick<ChunkReader, "next" | "reset">;
  /** Null: what the store acknowledges is on its disk. */
  readonly process: StoreProcess | null;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Tells this process from others that feed the same store. */
  readonly holder: string;
  readonly meter: FeedMeter;
  readonly log: Pick<Logger, "info" | "warn">;
};

export class Feeder {
  readonly #deps: FeederDeps;
  readonly #settling: Settling;
  #status: FeedStatus = { state: "standby", trouble: null };
  #leaseUntilMs = 0;
  #toldAtMs = Number.NEGATIVE_INFINITY;

  constructor(deps: FeederDeps) {
    this.#deps = deps;
    this.#settling = new Settling(deps.process);
  }

  get status(): FeedStatus {
    return this.#status;
  }

  /** Rides out a store and a database that are away. Resolves after the signal; rejects only by a bug. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#run(signal, false);
  }

  /** The same, until the store has everything that there is, and has it for good. */
  async runUntilEmpty(signal: AbortSignal): Promise<void> {
    await this.#run(signal, true);
  }

  async #run(signal: AbortSignal, untilEmpty: boolean): Promise<void> {
    const { store, log, reader } = this.#deps;
    for (let isDone = false; !signal.aborted && !isDone; ) {
      try {
        reader.reset();
        this.#settling.clear();
        if (await this.#holds()) isDone = await this.#feed(signal, untilEmpty);
        else {
          this.#status = { state: "standby", trouble: null };
          await waited(STANDBY_MS, signal);
        }
      } catch (error) {
        log.warn(
          { err: error, store },
          "what is stored could not be read for a store of series; tried again",
        );
        await waited(DATABASE_RETRY_MS, signal);
      }
    }
    await this.#end();
  }

  /** True: the store has everything. False: everything is to be read again from the cursors, or the signal came. */
  async #feed(signal: AbortSignal, untilEmpty: boolean): Promise<boolean> {
    const { reader } = this.#deps;
    let ahead: Promise<Chunk | null> | null = null;
    try {
      while (!signal.aborted && (await this.#holds())) {
        const chunk: Chunk | null = await (ahead ?? reader.next());
        ahead = null;
        await this.#tellAccepted();
        const isLookDue = chunk === null || this.#settling.isLookDue(performance.now());
        if (isLookDue && !(await this.#settle(signal))) return false;
        if (chunk === null) {
          this.#status = { state: "idle", trouble: null };
          if (untilEmpty && this.#settling.isEmpty) return true;
          await waited(POLL_EVERY_MS, signal);
          continue;
        }
        this.#status = { state: "feeding", trouble: null };
        if (chunk.isFull) ahead = this.#readAhead();
        // Whoever awaits it next hears of its error.
        ahead?.catch(() => {});
        if (!(await this.#deliver(chunk, signal))) return false;
        // A few readings a second go together, not one by one.
        if (!chunk.isFull && !untilEmpty) await waited(POLL_EVERY_MS, signal);
      }
      return false;
    } finally {
      await ahead?.catch(() => {});
    }
  }

  async #readAhead(): Promise<Chunk | null> {
    const { reader, writer } = this.#deps;
    const chunk = await reader.next();
    if (chunk !== null) writer.prepare(chunk.points);
    return chunk;
  }

  /** False: not delivered, and to be read again from the cursors where the feed goes on. */
  async #deliver(chunk: Chunk, signal: AbortSignal): Promise<boolean> {
    const { db, store, clock, log } = this.#deps;
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        const refused = await this.#write(chunk, signal);
        if (attempt > 1) log.info({ store, attempts: attempt }, "the store of series takes readings again");
        await noteRefusals(db, store, refused, clock.nowMs());
        this.#settling.accept(chunk.moves, performance.now());
        return true;
      } catch (error) {
        if (signal.aborted) return false;
        if (!(error instanceof StoreTrouble)) throw error;
        this.#noteTrouble(error, attempt);
        await waited(backOffMs(error, attempt, this.#deps.random()), signal);
        if (signal.aborted || !(await this.#holds())) return false;
        if (error.kind === "unreachable" && this.#settling.hasLostUnseen()) return false;
        if (this.#settling.isLookDue(performance.now()) && !(await this.#settle(signal))) return false;
      }
    }
    return false;
  }

  async #write(chunk: Chunk, signal: AbortSignal): Promise<Unfit[]> {
    const { writer, meter } = this.#deps;
    const startedMs = performance.now();
    try {
      const ofPoints = await writer.write(chunk.points, signal);
      const ofEvents = await writer.writeBedEvents(chunk.bedEvents, signal);
      meter.attempt("stored", (performance.now() - startedMs) / 1_000);
      meter.written(chunk.points.length + chunk.bedEvents.length - ofPoints.length - ofEvents.length);
      meter.refused("unwritable", chunk.unfit.length);
      meter.refused("store", ofPoints.length + ofEvents.length);
      return [
        ...chunk.unfit,
        ...ofPoints.flatMap(({ place, reason }) => placeOf(chunk.points[place], reason)),
        ...ofEvents.flatMap(({ place, reason }) => placeOf(chunk.bedEvents[place], reason)),
      ];
    } catch (error) {
      if (error instanceof StoreTrouble && !signal.aborted)
        meter.attempt(error.kind, (performance.now() - startedMs) / 1_000);
      throw error;
    }
  }

  async #tellAccepted(): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - this.#toldAtMs < TELL_EVERY_MS) return;
    this.#toldAtMs = nowMs;
    await noteAccepted(this.#deps.db, this.#deps.store, this.#settling.takeAccepted());
  }

  /** False: the store lost what it had accepted, or a cursor stood elsewhere. */
  async #settle(signal: AbortSignal): Promise<boolean> {
    const { db, store, log, meter } = this.#deps;
    if (await this.#settling.hasLost(performance.now(), signal)) {
      meter.repeated(1);
      await forgetAccepted(db, store);
      log.warn({ store }, "the store of series was started anew; what it may have lost is brought again");
      return false;
    }
    return await moveCursors(db, store, this.#settling.takeSettled());
  }

  /** Where the database is away, the lease runs out by itself, and what the cursors do not say is brought again. */
  async #end(): Promise<void> {
    const { db, store, holder, log } = this.#deps;
    try {
      await this.#settle(AbortSignal.timeout(LAST_LOOK_MS_MAX));
      await releaseLease(db, store, holder);
    } catch (error) {
      log.warn({ err: error, store }, "a feed could not write down how far it came");
    }
  }

  async #holds(): Promise<boolean> {
    const nowMs = performance.now();
    if (nowMs < this.#leaseUntilMs - (LEASE_MS * 2) / 3) return true;
    const { db, store, holder } = this.#deps;
    const holds = await holdLease(db, store, holder);
    this.#leaseUntilMs = holds ? nowMs + LEASE_MS : 0;
    return holds;
  }

  #noteTrouble(trouble: StoreTrouble, attempt: number): void {
    const { store, clock, log } = this.#deps;
    const { kind, message } = trouble;
    const known = this.#status.trouble;
    const isNew = known === null || known.kind !== kind;
    if (isNew) log.warn({ store, kind, attempt }, message);
    this.#status = { state: "waiting", trouble: { kind, message, sinceMs: known?.sinceMs ?? clock.nowMs() } };
  }
}

type Placed = { readonly journalId: number; readonly lane?: number; readonly seq: number };

const placeOf = (placed: Placed | undefined, reason: string): Unfit[] =>
  placed === undefined
    ? []
    : [{ journalId: placed.journalId, lane: placed.lane ?? 0, seq: placed.seq, reason }];
