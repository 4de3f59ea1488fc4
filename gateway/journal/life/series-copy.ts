/**
 * The series written a second time, on other pages: were the only row of one damaged, no reading of it could prove any
 * more that it is right.
 */
import type Database from "better-sqlite3";
import { checksumOfSeries } from "../checksum.ts";
import type { SoundSeries } from "./damaged-rows.ts";

const COPIED_AT_ONCE = 500;
const KEY = "series ";

export class SeriesCopy {
  readonly #database: Database.Database;
  readonly #next: Database.Statement<[number, number], SoundSeries>;
  readonly #put: Database.Statement<[string, string]>;
  #copiedThrough: number;

  constructor(database: Database.Database) {
    this.#database = database;
    this.#next = database.prepare(
      "SELECT id, device_id AS deviceId, bed_id AS bedId, room_id AS roomId, metric, unit, checksum FROM series WHERE id > ? ORDER BY id LIMIT ?",
    );
    this.#put = database.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)");
    const keys = database.prepare<[], string>("SELECT key FROM meta WHERE key GLOB 'series *'").pluck().all();
    this.#copiedThrough = Math.max(0, ...keys.map((key) => Number(key.slice(KEY.length))));
  }

  /** Writes only what is new, in a transaction of its own. */
  update(): void {
    const rows = this.#next.all(this.#copiedThrough, COPIED_AT_ONCE);
    const last = rows.at(-1);
    if (last === undefined) return;
    this.#database.transaction(() => {
      for (const row of rows) this.#put.run(`${KEY}${row.id}`, JSON.stringify(row));
    })();
    this.#copiedThrough = last.id;
  }
}

export function readSeriesCopies(meta: ReadonlyMap<string, string>): readonly SoundSeries[] {
  return [...meta].flatMap(([key, value]) => {
    const copy = key.startsWith(KEY) ? attemptToParse(value) : null;
    return copy !== null && copy.checksum === checksumOfSeries(copy.id, copy) ? [copy] : [];
  });
}

function attemptToParse(text: string): SoundSeries | null {
  try {
    return JSON.parse(text) as SoundSeries | null;
  } catch {
    return null;
  }
}
