/** The feed of the store that is configured, beside everything else that the service does. */
import type { Logger } from "pino";
import type { Clock, Randomness } from "../../clock.ts";
import type { Database } from "../../database/schema.ts";
import { ChunkReader } from "./chunk-reader.ts";
import type { FeedMeter } from "./feed-meter.ts";
import { type FedStore, Feeder } from "./feeder.ts";
import type { StoreProcess } from "./settling.ts";

export type FeedDeps = {
  readonly db: Database;
  readonly store: { readonly writer: FedStore; readonly process: StoreProcess | null };
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly meter: FeedMeter;
  readonly log: Pick<Logger, "info" | "warn">;
};

export function createFeed({
  db,
  store: { writer, process },
  clock,
  randomness,
  meter,
  log,
}: FeedDeps): Feeder {
  const store = writer.name;
  return new Feeder({
    db,
    store,
    writer,
    reader: new ChunkReader({ db, store }),
    process,
    clock,
    random: () => (randomness.bytes(1)[0] ?? 0) / 255,
    holder: Buffer.from(randomness.bytes(8)).toString("hex"),
    meter,
    log,
  });
}
