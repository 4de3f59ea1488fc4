/** The checksums of the series, which go into those of their readings; a series that is damaged has none. */
import type Database from "better-sqlite3";
import type { SeriesFacts } from "../../../contracts/wire/reading-columns.ts";
import { checksumOfSeries } from "../checksum.ts";

type SeriesRow = SeriesFacts & { readonly checksum: number };

export class SeriesChecksums {
  readonly #known = new Map<number, number>();
  readonly #get: Database.Statement<[number], SeriesRow>;

  constructor(database: Database.Database) {
    this.#get = database.prepare(
      "SELECT device_id AS deviceId, bed_id AS bedId, room_id AS roomId, metric, unit, checksum FROM series WHERE id = ?",
    );
  }

  of(id: number): number | undefined {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const row = this.#get.get(id);
    if (row === undefined || row.checksum !== checksumOfSeries(id, row)) return undefined;
    this.#known.set(id, row.checksum);
    return row.checksum;
  }
}
