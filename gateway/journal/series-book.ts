import type { SeriesFacts } from "../../contracts/wire/reading-columns.ts";
import { checksumOfSeries } from "./checksum.ts";
import type { Series } from "./journal-port.ts";

/** Every series of the journal, by its number. One whose row was damaged is not here, and neither are its readings. */
export class SeriesBook {
  readonly #facts: (SeriesFacts | undefined)[] = [];
  readonly #checksums: (number | undefined)[] = [];

  /** Returns the checksum. */
  add({ id, deviceId, bedId, roomId, metric, unit }: Series): number {
    const facts = { deviceId, bedId, roomId, metric, unit };
    const checksum = checksumOfSeries(id, facts);
    this.#facts[id] = facts;
    this.#checksums[id] = checksum;
    return checksum;
  }

  factsOf(id: number): SeriesFacts | undefined {
    return this.#facts[id];
  }

  checksumOf(id: number): number | undefined {
    return this.#checksums[id];
  }

  all(): Series[] {
    return this.#facts.flatMap((facts, id) => (facts === undefined ? [] : [{ id, ...facts }]));
  }
}
