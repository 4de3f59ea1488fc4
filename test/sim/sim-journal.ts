/** The gateway's journal on real files, whose commits can fail, whose power can be cut, and whose bytes can rot. */
import { copyFileSync, existsSync } from "node:fs";
import Database from "better-sqlite3";
import type { Lane } from "../../contracts/wire/ids.ts";
import type { SyncRecord } from "../../contracts/wire/sync.ts";
import { checksumOfReading } from "../../gateway/journal/checksum.ts";
import { InlineJournal } from "../../gateway/journal/journal-inline.ts";
import type { JournalGroup, JournalStart, ReadingLane } from "../../gateway/journal/journal-port.ts";
import { LANE_NUMBERS } from "../../gateway/journal/lane-numbers.ts";
import { ReadingRows } from "../../gateway/journal/reading-rows.ts";
import { readBatch } from "../support/read-batch.ts";
import type { TestJournal } from "../support/wired-gateway.ts";
import { senderIdentity } from "./sender-identity.ts";

export type Held = { readonly seq: number; readonly record: SyncRecord };
export type KeptLane = { readonly held: readonly Held[]; readonly tombstoned: ReadonlySet<number> };

type Row = {
  readonly seq: number;
  readonly series: number;
  readonly receivedAtMs: number;
  readonly observedAtMs: number;
  readonly stamp: number | null;
  readonly value: number;
  readonly flags: number;
};

/** Enough for a simulation. */
const LIFE = { bytesMax: 64 * 1024 * 1024, ballastBytes: 0, reserveBytes: 1024 * 1024 };

export class SimJournal extends InlineJournal {
  readonly file: string;
  failsNextCommit = false;
  /** Of the lane `vitals`, as whoever opens the files at this instant reads it. */
  acknowledgedOnDisk = 0;

  constructor(file: string, nowMs: () => number) {
    super({ file, sessionsFile: ":memory:", life: LIFE }, { nowMs, monotonicMs: nowMs });
    this.file = file;
  }

  override append(group: JournalGroup): Promise<void> {
    if (this.failsNextCommit) return Promise.reject(new Error("no commit"));
    return super.append(group);
  }

  /** As the pipeline knows it. `forgets`: the mistake of not knowing after a restart what came before it. */
  asPipelineSees({ forgets }: { readonly forgets: boolean }): TestJournal {
    const none = () => new ReadingRows().take();
    const start: JournalStart = forgets
      ? { ...this.start, recent: { vitals: none(), environment: none() } }
      : this.start;
    const [marks, append] = [this.marks.bind(this), this.append.bind(this)];
    return { start, marks, joins: this.joins, append, kept: () => [] };
  }

  /** What the files hold at this instant, under another name, all in one file. */
  cutPower(to: string): void {
    for (const part of ["", "-wal"])
      if (existsSync(this.file + part)) copyFileSync(this.file + part, to + part);
    const copy = new Database(to);
    const marks = copy
      .prepare<[], { acknowledgedSeq: number }>(
        `SELECT acknowledged_seq AS acknowledgedSeq FROM lane WHERE lane = ${LANE_NUMBERS.vitals}`,
      )
      .get();
    this.acknowledgedOnDisk = marks?.acknowledgedSeq ?? 0;
    copy.close();
  }

  /** Everything of a lane after this number, read as the cloud would read it. */
  async keptAfter(lane: Lane, afterSeq: number): Promise<KeptLane> {
    const held: Held[] = [];
    const tombstoned = new Set<number>();
    for (let after = afterSeq; ; ) {
      const batch = await this.encodeBatch(lane, after, 2_000, { ...senderIdentity, sentAtMs: 0 });
      if (batch === null) return { held, tombstoned };
      const { firstSeq, lastSeq, records } = readBatch(batch.body);
      for (const [index, record] of (records ?? []).entries()) held.push({ seq: firstSeq + index, record });
      if (records === null) for (let seq = firstSeq; seq <= lastSeq; seq++) tombstoned.add(seq);
      after = lastSeq;
    }
  }
}

/**
 * One unsent reading of a file says something else from now on. `pick` chooses which; its value as it was, or null where
 * none is left. `findsOut` false: as if the file kept no checksums, so that nobody can tell.
 */
export function rot(
  file: string,
  lane: ReadingLane,
  pick: number,
  { findsOut }: { readonly findsOut: boolean },
): number | null {
  const database = new Database(file);
  try {
    const rows = database
      .prepare<[], Row>(
        `SELECT seq, series, received_at_ms AS receivedAtMs, observed_at_ms AS observedAtMs, stamp, value, flags
         FROM ${lane} WHERE seq > (SELECT acknowledged_seq FROM lane WHERE lane = ${LANE_NUMBERS[lane]})`,
      )
      .all();
    const row = rows[pick % Math.max(1, rows.length)];
    if (row === undefined) return null;
    const value = row.value + 1_000;
    database.prepare(`UPDATE ${lane} SET value = ? WHERE seq = ?`).run(value, row.seq);
    if (!findsOut) {
      const { checksum: ofSeries } = database
        .prepare<[number], { checksum: number }>("SELECT checksum FROM series WHERE id = ?")
        .get(row.series) ?? { checksum: 0 };
      const { seq, receivedAtMs, observedAtMs, stamp, flags } = row;
      const checksum = checksumOfReading(
        LANE_NUMBERS[lane],
        seq,
        ofSeries,
        receivedAtMs,
        observedAtMs,
        stamp,
        value,
        flags,
      );
      database.prepare(`UPDATE ${lane} SET checksum = ? WHERE seq = ?`).run(checksum, seq);
    }
    return row.value;
  } finally {
    database.close();
  }
}
