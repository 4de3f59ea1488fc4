/** How many records were ever given up, by lane and reason: their tombstones leave once the cloud has them. */
import type Database from "better-sqlite3";
import type { Lane } from "../../../contracts/wire/ids.ts";
import { LANES } from "../../../contracts/wire/lanes.ts";
import { checksumOfText } from "../checksum.ts";
import { TOMBSTONE_REASONS, type TombstoneReason } from "../journal-port.ts";

export type GivenUpCounts = Readonly<Record<Lane, Readonly<Record<TombstoneReason, number>>>>;

const keyOf = (lane: Lane, reason: TombstoneReason) => `given-up ${lane} ${reason}`;

export class GivenUp {
  readonly #put: Database.Statement<[string, string]>;
  readonly #counts: Record<Lane, Record<TombstoneReason, number>>;

  constructor(database: Database.Database) {
    this.#put = database.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)");
    const meta = database.prepare<[], [string, string]>("SELECT key, value FROM meta").raw().all();
    this.#counts = readGivenUp(new Map(meta));
  }

  get counts(): GivenUpCounts {
    return this.#counts;
  }

  /** Within the transaction that gives them up. Counts only once that is committed: call `counted` then. */
  note(lane: Lane, reason: TombstoneReason, records: number): void {
    const key = keyOf(lane, reason);
    this.#put.run(key, writtenCount(key, this.#counts[lane][reason] + records));
  }

  counted(lane: Lane, reason: TombstoneReason, records: number): void {
    this.#counts[lane][reason] += records;
  }
}

/** For a new journal: what an older one had counted goes on. */
export function givenUpRows(counts: GivenUpCounts): (readonly [key: string, value: string])[] {
  return LANES.flatMap((lane) =>
    TOMBSTONE_REASONS.filter((reason) => counts[lane][reason] > 0).map((reason) => {
      const key = keyOf(lane, reason);
      return [key, writtenCount(key, counts[lane][reason])] as const;
    }),
  );
}

/** A count whose checksum is wrong begins anew. */
export function readGivenUp(
  meta: ReadonlyMap<string, string>,
): Record<Lane, Record<TombstoneReason, number>> {
  const count = (lane: Lane, reason: TombstoneReason) =>
    readCount(keyOf(lane, reason), meta.get(keyOf(lane, reason)));
  const ofLane = (lane: Lane) => ({
    "disk-budget": count(lane, "disk-budget"),
    damaged: count(lane, "damaged"),
  });
  return { beds: ofLane("beds"), vitals: ofLane("vitals"), environment: ofLane("environment") };
}

const writtenCount = (key: string, count: number) => `${count} ${checksumOfText(key, count)}`;

function readCount(key: string, written: string | undefined): number {
  const count = Number(written?.split(" ")[0]);
  return written !== undefined && written === writtenCount(key, count) ? count : 0;
}
