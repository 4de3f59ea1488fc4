/** A journal that keeps everything in memory, as its port asks: in order, numbered, and settled once it is kept. */
import { BedEvent } from "../../contracts/wire/bed-event.ts";
import { Epoch, type Lane } from "../../contracts/wire/ids.ts";
import { Reading } from "../../contracts/wire/reading.ts";
import { readFlags } from "../../contracts/wire/reading-columns.ts";
import type { SyncRecord } from "../../contracts/wire/sync.ts";
import { CommitStopwatch } from "../../gateway/journal/commit-stopwatch.ts";
import type {
  Journal,
  JournalFacts,
  JournalGroup,
  JournalStart,
  QuarantineRow,
  ReadingLane,
  Series,
} from "../../gateway/journal/journal-port.ts";
import {
  forEachRow,
  type PackedRows,
  type ReadingRow,
  ReadingRows,
} from "../../gateway/journal/reading-rows.ts";

export type KeptRecord = { readonly lane: Lane; readonly seq: number; readonly record: SyncRecord };

export class MemoryJournal implements Omit<Journal, "encodeBatch" | "sessions"> {
  readonly epoch = Epoch.parse("0123456789abcdef");
  readonly isOpen = true;
  readonly log = null;
  readonly #series = new Map<number, Series>();
  readonly #states = new Map<string, string>();
  readonly #rows: Readonly<Record<ReadingLane, ReadingRow[]>> = { vitals: [], environment: [] };
  readonly #events: string[] = [];
  readonly #quarantined: QuarantineRow[] = [];
  readonly #acknowledged: Record<Lane, number> = { beds: 0, vitals: 0, environment: 0 };

  /** As a process that starts now would find it. */
  get start(): JournalStart {
    return {
      series: [...this.#series.values()],
      states: new Map(this.#states),
      recent: { vitals: packed(this.#rows.vitals), environment: packed(this.#rows.environment) },
      salvage: null,
    };
  }

  marks(lane: Lane) {
    const headSeq = lane === "beds" ? this.#events.length : this.#rows[lane].length;
    return { headSeq, acknowledgedSeq: this.#acknowledged[lane] };
  }

  readonly joins = false;

  append(group: JournalGroup): Promise<void> {
    for (const one of group.newSeries) this.#series.set(one.id, one);
    for (const lane of ["vitals", "environment"] as const)
      forEachRow(group[lane], (row) => {
        if (!this.#series.has(row.series)) throw new Error(`series ${row.series} was never told`);
        this.#rows[lane].push({ ...row });
      });
    for (const { body } of group.events) this.#events.push(body);
    for (const [subject, body] of group.states) this.#states.set(subject, body);
    for (const one of group.quarantined) {
      const [id, bytes] = [this.#quarantined.length + 1, one.raw.byteLength];
      this.#quarantined.push({ ...one, id, bytes });
    }
    return Promise.resolve();
  }

  acknowledge(lane: Lane, throughSeq: number): void {
    this.#acknowledged[lane] = throughSeq;
  }

  /** Everything kept, lane by lane, read as the wire's schemas read it. */
  kept(): KeptRecord[] {
    const readings = (lane: ReadingLane) =>
      this.#rows[lane].map((row, index) => ({ lane, seq: index + 1, record: this.#readingOf(row) }));
    const events = this.#events.map((body, index) => ({
      lane: "beds" as const,
      seq: index + 1,
      record: BedEvent.parse(JSON.parse(body)),
    }));
    return [...events, ...readings("vitals"), ...readings("environment")];
  }

  get facts(): JournalFacts {
    const oldestUnsentAtMs = (lane: ReadingLane) =>
      this.#rows[lane][this.#acknowledged[lane]]?.receivedAtMs ?? null;
    return {
      disk: "normal",
      bytes: 0,
      budgetBytes: 1,
      diskFreeBytes: 1,
      oldestUnsentAtMs: {
        beds: null,
        vitals: oldestUnsentAtMs("vitals"),
        environment: oldestUnsentAtMs("environment"),
      },
      tombstoned: {
        beds: { "disk-budget": 0, damaged: 0 },
        vitals: { "disk-budget": 0, damaged: 0 },
        environment: { "disk-budget": 0, damaged: 0 },
      },
      quarantinedCount: this.#quarantined.length,
      quarantinedEver: this.#quarantined.length,
      commits: new CommitStopwatch(() => 0).times(),
      lastCheck: null,
      log: null,
    };
  }

  quarantine(entriesMax: number): Promise<readonly QuarantineRow[]> {
    return Promise.resolve(this.#quarantined.toReversed().slice(0, entriesMax));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #readingOf({ series, flags, value, receivedAtMs, observedAtMs }: ReadingRow): Reading {
    const said = readFlags(flags, value);
    if (said === null) throw new Error(`flags ${flags} say what no reading is`);
    const { id: _id, ...facts } = this.#series.get(series) as Series;
    return Reading.parse({ kind: "reading", ...facts, ...said, receivedAtMs, observedAtMs });
  }
}

function packed(rows: readonly ReadingRow[]): PackedRows {
  const packing = new ReadingRows();
  for (const { series, receivedAtMs, observedAtMs, stamp, value, flags } of rows)
    packing.push(series, receivedAtMs, observedAtMs, stamp, value, flags);
  return packing.take();
}
