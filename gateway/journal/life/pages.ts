import type Database from "better-sqlite3";

/** The journal's file in pages of SQLite's: how many there are, how many of them are free, how many there may be. */
export class Pages {
  readonly bytesEach: number;
  readonly #database: Database.Database;
  readonly #count: Database.Statement<[], number>;
  readonly #free: Database.Statement<[], number>;

  constructor(database: Database.Database) {
    this.#database = database;
    this.bytesEach = database.pragma("page_size", { simple: true }) as number;
    this.#count = database.prepare<[], number>("PRAGMA page_count").pluck();
    this.#free = database.prepare<[], number>("PRAGMA freelist_count").pluck();
  }

  get count(): number {
    return this.#count.get() ?? 0;
  }

  get free(): number {
    return this.#free.get() ?? 0;
  }

  /** SQLite sets no limit below what there is already. */
  limitBytes(bytes: number): void {
    this.#database.pragma(`max_page_count = ${Math.max(1, Math.floor(bytes / this.bytesEach))}`);
  }
}
