/**
 * Room for what comes next. Above nine tenths of the budget readings are shed; at a full disk the ballast is let go and
 * readings are shed so that the file's own free pages carry what comes, bed events first of all.
 *
 *   normal ── disk full, nearly full, or budget used up ──▶ reserve ── no room can be made ──▶ stalled
 *     ▲                                                       │ ▲                                │
 *     └──────────── room for the ballast again ───────────────┘ └────────── a commit ────────────┘
 */
import type Database from "better-sqlite3";
import type { DiskState } from "../journal-port.ts";
import type { Ballast } from "./ballast.ts";
import { isFull } from "./full-disk.ts";
import { Pages } from "./pages.ts";
import { AGGREGATES_SHARE_MAX, type LifeSettings, SHED_ABOVE, SHED_UNTIL } from "./settings.ts";
import type { Shedder } from "./shed.ts";

/** How long appends may have to wait for shedding each time; where the disk is full they cannot go on anyway. */
const WORK_MS_MAX = 15;
const WORK_WHEN_FULL_MS_MAX = 250;
const BALLAST_SLICE_BYTES = 1024 * 1024;
const LOOK_EVERY_MS = 10;
const ROWS_MIN = 200;
export const ROWS_MAX = 20_000;
/** As SQLite stores one, about. */
const AGGREGATE_BYTES = 64;
/** Free pages of the file that are kept ready while the disk is full: a share of those in use, within bounds. */
const READY_SHARE = 1 / 16;
const READY_PAGES_MIN = 64;
const READY_PAGES_MAX = 512;
/** Of the ballast's size: with less than this free on the disk it counts as full. Twice as much ends it. */
const LOW_SHARE = 1 / 4;
/** Without a commit in between, making room again has not helped. */
const FULL_IN_A_ROW_MAX = 4;

export type DiskRoomParts = {
  readonly database: Database.Database;
  /** Of the database. */
  readonly file: string;
  readonly shedder: Shedder;
  readonly ballast: Ballast;
  readonly settings: LifeSettings;
  /** How many aggregates the journal holds, about. */
  readonly aggregates: number;
  nowMs(): number;
  monotonicMs(): number;
  diskFreeBytes(): number;
};

export class DiskRoom {
  readonly #parts: DiskRoomParts;
  readonly #pages: Pages;
  #state: DiskState = "normal";
  #isOverBudget = false;
  #isLimitRaised = false;
  #aggregates: number;
  #rowsAtOnce = 2_000;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #fullInARow = 0;

  constructor(parts: DiskRoomParts) {
    this.#parts = parts;
    this.#aggregates = parts.aggregates;
    this.#pages = new Pages(parts.database);
    this.#pages.limitBytes(parts.settings.bytesMax);
  }

  get state(): DiskState {
    return this.#state;
  }

  onFull(): boolean {
    this.#state = "reserve";
    this.#fullInARow += 1;
    const { ballast, settings } = this.#parts;
    const readyBefore = this.#pages.free;
    let isRoomMade = false;
    if (!this.#isLimitRaised) {
      isRoomMade = (this.#pages.count + 1) * this.#pages.bytesEach > settings.bytesMax;
      this.#pages.limitBytes(settings.bytesMax + settings.reserveBytes);
      this.#isLimitRaised = true;
    }
    if (!isRoomMade) isRoomMade = ballast.drop() > 0;
    if (this.#checkpoint()) isRoomMade = true;
    this.#shed(WORK_WHEN_FULL_MS_MAX);
    isRoomMade ||= this.#pages.free > readyBefore;
    if (isRoomMade && this.#fullInARow <= FULL_IN_A_ROW_MAX) return true;
    this.#state = "stalled";
    // The next try may find what somebody else has freed.
    this.#fullInARow = 0;
    return false;
  }

  afterCommit(): void {
    this.#fullInARow = 0;
    if (this.#state === "stalled") this.#state = "reserve";
    const now = this.#parts.monotonicMs();
    if (this.#state === "normal" && now - this.#lookedAtMs < LOOK_EVERY_MS) return;
    this.#lookedAtMs = now;
    this.#shed(WORK_MS_MAX);
  }

  tick(): void {
    this.#shed(WORK_MS_MAX);
    const { ballast, settings } = this.#parts;
    const free = this.#parts.diskFreeBytes();
    const low = settings.ballastBytes * LOW_SHARE;
    const missing = Math.max(0, settings.ballastBytes - ballast.bytes);
    if (this.#state === "normal") {
      if (free < low) this.#state = "reserve";
    } else if (free >= missing + 2 * low && this.#usedBytes <= settings.bytesMax * SHED_ABOVE) {
      this.#pages.limitBytes(settings.bytesMax);
      this.#isLimitRaised = false;
      this.#state = "normal";
    }
  }

  /** By a slice. False: there is nothing to grow. */
  growBallast(): boolean {
    const { ballast } = this.#parts;
    if (this.#state !== "normal" || ballast.isWhole) return false;
    if (!ballast.grow(BALLAST_SLICE_BYTES)) this.#state = "reserve";
    return true;
  }

  /** With tombstones that the cloud has. */
  aggregatesGone(count: number): void {
    this.#aggregates = Math.max(0, this.#aggregates - count);
  }

  get #usedBytes(): number {
    return (this.#pages.count - this.#pages.free) * this.#pages.bytesEach;
  }

  #wantsRoom(): boolean {
    const { bytesMax } = this.#parts.settings;
    const free = this.#pages.free;
    const used = this.#pages.count - free;
    const usedBytes = used * this.#pages.bytesEach;
    if (usedBytes > bytesMax * SHED_ABOVE) this.#isOverBudget = true;
    else if (usedBytes < bytesMax * SHED_UNTIL) this.#isOverBudget = false;
    if (this.#isOverBudget) return true;
    const ready = Math.min(READY_PAGES_MAX, Math.max(READY_PAGES_MIN, used * READY_SHARE));
    return this.#state !== "normal" && free < ready;
  }

  #shed(forMs: number): void {
    const deadline = this.#parts.monotonicMs() + forMs;
    try {
      while (this.#wantsRoom() && this.#shedOnce() && this.#parts.monotonicMs() < deadline);
    } catch (error) {
      // The next append finds out in its turn, and asks for room.
      if (!isFull(error, this.#parts.file)) throw error;
    }
  }

  /** False: nothing is left that may be given up. */
  #shedOnce(): boolean {
    const { shedder, nowMs, monotonicMs, settings } = this.#parts;
    const began = monotonicMs();
    if (shedder.dropAcknowledged(this.#rowsAtOnce) > 0) {
      this.#fitRows(monotonicMs() - began);
      return true;
    }
    if (this.#aggregates * AGGREGATE_BYTES > settings.bytesMax * AGGREGATES_SHARE_MAX && this.#coarsen())
      return true;
    const shed = shedder.shedOldest(this.#rowsAtOnce, nowMs());
    if (shed === null) return this.#coarsen();
    this.#aggregates += shed.aggregates;
    this.#fitRows(monotonicMs() - began);
    return true;
  }

  #coarsen(): boolean {
    const fewer = this.#parts.shedder.coarsenOldest();
    if (fewer === null) return false;
    this.#aggregates = Math.max(0, this.#aggregates - fewer);
    return true;
  }

  #fitRows(tookMs: number): void {
    const factor = tookMs > WORK_MS_MAX ? 0.5 : tookMs < WORK_MS_MAX / 2 ? 1.5 : 1;
    this.#rowsAtOnce = Math.round(Math.min(ROWS_MAX, Math.max(ROWS_MIN, this.#rowsAtOnce * factor)));
  }

  /**
   * The log begins anew, in the blocks that it has: given back, they could be taken by whoever filled the disk. True: it
   * had anything in it, so that there is room in it now.
   */
  #checkpoint(): boolean {
    try {
      const [done] = this.#parts.database.pragma("wal_checkpoint(RESTART)") as Checkpoint[];
      return done !== undefined && done.busy === 0 && done.log > 0 && done.checkpointed === done.log;
    } catch (error) {
      if (!isFull(error, this.#parts.file)) throw error;
      return false;
    }
  }
}

/** As SQLite answers; in frames of the log. */
type Checkpoint = { readonly busy: number; readonly log: number; readonly checkpointed: number };
