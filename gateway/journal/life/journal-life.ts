/** Who looks after the journal's file: room on the disk, damage, what was given up. */
import { statSync } from "node:fs";
import type Database from "better-sqlite3";
import { LANES } from "../../../contracts/wire/lanes.ts";
import { LANE_NUMBERS } from "../lane-numbers.ts";
import type { Life, LifeFacts } from "../life-port.ts";
import { BackgroundCheck } from "./background-check.ts";
import { Ballast, ballastFile } from "./ballast.ts";
import { isDamage, JournalDamaged } from "./damage.ts";
import { markDamaged } from "./damage-marker.ts";
import { DiskRoom } from "./disk-room.ts";
import { entombDamaged } from "./entomb.ts";
import { isFull } from "./full-disk.ts";
import { GivenUp } from "./given-up.ts";
import { MarksCopy } from "./marks-copy.ts";
import { SeriesChecksums } from "./series-checksums.ts";
import { SeriesCopy } from "./series-copy.ts";
import type { LifeSettings } from "./settings.ts";
import { Shedder } from "./shed.ts";
import { Tombstones } from "./tombstones.ts";

/** Tombstones that the cloud has, removed each second at most. */
const TOMBSTONES_A_TICK = 20;

export type LifeParts = {
  readonly database: Database.Database;
  /** Of the database; its ballast lies beside it. */
  readonly file: string;
  readonly settings: LifeSettings;
  /** Wall clock. */
  nowMs(): number;
  /** Finer than a millisecond. */
  monotonicMs(): number;
  diskFreeBytes(): number;
  /** How many records behind the acknowledged mark may be on their way to the cloud. */
  readonly frontierRecords?: number;
};

export class JournalLife implements Life {
  readonly #parts: LifeParts;
  readonly #ballast: Ballast;
  readonly #tombstones: Tombstones;
  readonly #givenUp: GivenUp;
  readonly #room: DiskRoom;
  readonly #check: BackgroundCheck;
  readonly #marksCopy: MarksCopy;
  readonly #seriesCopy: SeriesCopy;
  readonly #acknowledged: Database.Statement<[number], number>;
  #bytes = 0;
  #diskFreeBytes: number;

  constructor(parts: LifeParts) {
    this.#parts = parts;
    const { database, settings, file, nowMs, monotonicMs } = parts;
    const seriesChecksums = new SeriesChecksums(database);
    this.#tombstones = new Tombstones(database, seriesChecksums);
    this.#givenUp = new GivenUp(database);
    this.#ballast = new Ballast(ballastFile(file), settings.ballastBytes);
    this.#acknowledged = database
      .prepare<[number], number>("SELECT acknowledged_seq FROM lane WHERE lane = ?")
      .pluck();
    const shedder = new Shedder({
      ...parts,
      tombstones: this.#tombstones,
      seriesChecksums,
      givenUp: this.#givenUp,
    });
    this.#diskFreeBytes = parts.diskFreeBytes();
    this.#room = new DiskRoom({
      ...{ database, file, shedder, ballast: this.#ballast, settings, nowMs, monotonicMs },
      aggregates: this.#tombstones.estimateAggregates(),
      diskFreeBytes: () => this.#diskFreeBytes,
    });
    this.#check = new BackgroundCheck({ database, nowMs, monotonicMs });
    this.#marksCopy = new MarksCopy(database);
    this.#seriesCopy = new SeriesCopy(database);
    this.#measure();
  }

  start(): void {
    this.#guarded(() => this.#room.tick());
    this.#measure();
  }

  onFull(): boolean {
    return this.#guarded(() => this.#room.onFull());
  }

  afterCommit(): void {
    this.#guarded(() => this.#room.afterCommit());
  }

  tick(): void {
    this.#diskFreeBytes = this.#parts.diskFreeBytes();
    this.#guarded(() => {
      this.#removeAcknowledged();
      this.#room.tick();
    });
    this.#measure();
  }

  step(isWanted: () => boolean): void {
    this.#guarded(() => {
      if (!this.#room.growBallast()) this.#check.step(isWanted);
    });
  }

  onDamage(lane: number, fromSeq: number, throughSeq: number): void {
    const what = `records ${fromSeq} to ${throughSeq} of lane ${lane}`;
    this.#guarded(() => {
      const parts = { ...this.#parts, tombstones: this.#tombstones, givenUp: this.#givenUp };
      entombDamaged(parts, lane, fromSeq, throughSeq, this.#parts.nowMs());
    });
    // Where one row is damaged there may be more: the next start looks at the whole file.
    this.#mark(what);
  }

  onLogDamage(what: string): never {
    this.#mark(what);
    throw new JournalDamaged(what);
  }

  facts(): LifeFacts {
    return {
      disk: this.#room.state,
      bytes: this.#bytes,
      budgetBytes: this.#parts.settings.bytesMax,
      diskFreeBytes: this.#diskFreeBytes,
      tombstoned: this.#givenUp.counts,
      lastCheck: this.#check.last,
    };
  }

  #removeAcknowledged(): void {
    try {
      this.#marksCopy.update();
      this.#seriesCopy.update();
      this.#parts.database.transaction(() => {
        for (const lane of LANES) {
          const number = LANE_NUMBERS[lane];
          const through = this.#acknowledged.get(number) ?? 0;
          this.#room.aggregatesGone(this.#tombstones.removeAcknowledged(number, through, TOMBSTONES_A_TICK));
        }
      })();
    } catch (error) {
      if (!isFull(error, this.#parts.file)) throw error;
    }
  }

  #measure(): void {
    const sizes = [this.#parts.file, `${this.#parts.file}-wal`].map(
      (file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0,
    );
    this.#bytes = sizes.reduce((sum, size) => sum + size, this.#ballast.bytes);
  }

  /** Damage that was found is written down before the process ends, so that its next start salvages. */
  #guarded<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#mark((error as Error).message);
      throw error instanceof JournalDamaged ? error : new JournalDamaged((error as Error).message);
    }
  }

  #mark(what: string): void {
    if (this.#parts.file !== ":memory:") markDamaged(this.#parts.file, what);
  }
}
