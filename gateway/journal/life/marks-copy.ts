/**
 * What the cloud has, written a second time, on another page: were the only note of it damaged, a salvaged journal would
 * send again, under its new epoch, what the cloud has counted.
 */
import type Database from "better-sqlite3";
import { LANES } from "../../../contracts/wire/lanes.ts";
import { checksumOfText } from "../checksum.ts";
import { LANE_NUMBERS } from "../lane-numbers.ts";

const keyOf = (lane: number) => `acknowledged ${lane}`;
const written = (lane: number, seq: number) => `${seq} ${checksumOfText(keyOf(lane), seq)}`;

export class MarksCopy {
  readonly #database: Database.Database;
  readonly #read: Database.Statement<[number], number>;
  readonly #put: Database.Statement<[string, string]>;
  readonly #copied = new Map<number, number>();

  constructor(database: Database.Database) {
    this.#database = database;
    this.#read = database
      .prepare<[number], number>("SELECT acknowledged_seq FROM lane WHERE lane = ?")
      .pluck();
    this.#put = database.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)");
  }

  /** Writes only what has changed, in a transaction of its own. */
  update(): void {
    const changed = LANES.map((name) => LANE_NUMBERS[name])
      .map((lane) => ({ lane, seq: this.#read.get(lane) ?? 0 }))
      .filter(({ lane, seq }) => seq !== (this.#copied.get(lane) ?? 0));
    if (changed.length === 0) return;
    this.#database.transaction(() => {
      for (const { lane, seq } of changed) this.#put.run(keyOf(lane), written(lane, seq));
    })();
    for (const { lane, seq } of changed) this.#copied.set(lane, seq);
  }
}

export function readMarksCopy(
  meta: ReadonlyMap<string, string>,
  lane: number,
): { readonly acknowledgedSeq: number } | null {
  const value = meta.get(keyOf(lane));
  const acknowledgedSeq = Number(value?.split(" ")[0]);
  return value !== undefined && value === written(lane, acknowledgedSeq) ? { acknowledgedSeq } : null;
}
