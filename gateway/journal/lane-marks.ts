import type Database from "better-sqlite3";
import type { Lane } from "../../contracts/wire/ids.ts";
import { LANES } from "../../contracts/wire/lanes.ts";
import { checksumOfMarks } from "./checksum.ts";
import type { LaneMarks } from "./journal-port.ts";
import { LANE_NUMBERS } from "./lane-numbers.ts";

type MarksRow = { readonly headSeq: number; readonly acknowledgedSeq: number; readonly checksum: number };

/** How far each lane goes, and how far the cloud has it: in memory, and on disk with the next transaction. */
export class LaneMarksTable {
  readonly #set: Database.Statement<[number, number, number, number]>;
  #marks: Readonly<Record<Lane, LaneMarks>>;
  #onDisk: Readonly<Record<Lane, LaneMarks>>;

  constructor(database: Database.Database) {
    this.#set = database.prepare(
      "UPDATE lane SET head_seq = ?, acknowledged_seq = ?, checksum = ? WHERE lane = ?",
    );
    const read = database.prepare<[number], MarksRow>(
      "SELECT head_seq AS headSeq, acknowledged_seq AS acknowledgedSeq, checksum FROM lane WHERE lane = ?",
    );
    const of = (lane: Lane): LaneMarks => {
      const row = read.get(LANE_NUMBERS[lane]);
      if (row?.checksum !== checksumOfMarks(LANE_NUMBERS[lane], row?.headSeq ?? 0, row?.acknowledgedSeq ?? 0))
        throw new Error(`lane ${lane}: the journal's marks are damaged`);
      return { headSeq: row.headSeq, acknowledgedSeq: row.acknowledgedSeq };
    };
    this.#marks = { beds: of("beds"), vitals: of("vitals"), environment: of("environment") };
    this.#onDisk = this.#marks;
  }

  of(lane: Lane): LaneMarks {
    return this.#marks[lane];
  }

  get areOnDisk(): boolean {
    return this.#marks === this.#onDisk;
  }

  acknowledge(lane: Lane, throughSeq: number): void {
    const marks = this.#marks[lane];
    if (throughSeq <= marks.acknowledgedSeq) return;
    if (throughSeq > marks.headSeq) {
      throw new Error(
        `lane ${lane}: the cloud acknowledged ${throughSeq}, but the journal ends at ${marks.headSeq}`,
      );
    }
    this.#marks = { ...this.#marks, [lane]: { ...marks, acknowledgedSeq: throughSeq } };
  }

  /** Within a transaction of the caller's; returns what becomes true once it is committed. */
  write(heads: Readonly<Record<Lane, number>>): () => void {
    const next = { ...this.#marks };
    for (const lane of LANES) {
      const { acknowledgedSeq } = this.#marks[lane];
      const headSeq = heads[lane];
      const onDisk = this.#onDisk[lane];
      next[lane] = { headSeq, acknowledgedSeq };
      if (headSeq === onDisk.headSeq && acknowledgedSeq === onDisk.acknowledgedSeq) continue;
      const number = LANE_NUMBERS[lane];
      this.#set.run(headSeq, acknowledgedSeq, checksumOfMarks(number, headSeq, acknowledgedSeq), number);
    }
    return () => {
      this.#marks = next;
      this.#onDisk = next;
    };
  }

  heads(): Record<Lane, number> {
    const { beds, vitals, environment } = this.#marks;
    return { beds: beds.headSeq, vitals: vitals.headSeq, environment: environment.headSeq };
  }
}
