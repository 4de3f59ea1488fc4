/** Where series are read and what feeds them: this database always, another store where one is configured. */
import type { Logger } from "pino";
import type { TimeSeries } from "../../config/history.ts";
import type { Clock, Randomness } from "../clock.ts";
import type { Database } from "../database/schema.ts";
import type { Metrics } from "../health/metrics.ts";
import { createFeed } from "./feed/create-feed.ts";
import { feedLag } from "./feed/cursors.ts";
import type { FeedStatus } from "./feed/feed-meter.ts";
import type { Login } from "./influxdb/influx-1.ts";
import { openInfluxdb } from "./influxdb/open-influxdb.ts";
import { lagLook } from "./lag-look.ts";
import { PostgresqlReader } from "./postgresql/reader.ts";
import { RoutedReader } from "./routed-reader.ts";

export type StoresDeps = {
  readonly db: Database;
  readonly timeSeries: TimeSeries;
  readonly influxLogin: Login;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, "history" | "feedMeter" | "watchFeed">;
};

export type Stores = {
  readonly reader: RoutedReader;
  /** Null: nothing is fed beside the database. */
  readonly fedStore: { readonly stage: "influxdb"; status(): FeedStatus } | null;
  /** Feeds until the signal; rejects only by a bug. */
  run(signal: AbortSignal): Promise<void>;
};

export function openStores(deps: StoresDeps): Stores {
  const { db, timeSeries, influxLogin, clock, randomness, log, metrics } = deps;
  const postgresql = new PostgresqlReader(db);
  const common = { postgresql, clock, meter: metrics.history, log };
  if (timeSeries.influxdb === undefined)
    return { reader: new RoutedReader({ ...common, first: null }), fedStore: null, run: async () => {} };
  const store = openInfluxdb(timeSeries.influxdb, influxLogin, clock);
  const { name } = store.writer;
  const meter = metrics.feedMeter(name);
  const feed = createFeed({ db, store, clock, randomness, meter, log });
  const lag = () => feedLag(db, name);
  metrics.watchFeed(name, { status: () => feed.status, lag, nowMs: () => clock.nowMs() });
  const first = store.reader && { reader: store.reader, isBehind: lagLook(lag, clock) };
  return {
    reader: new RoutedReader({ ...common, first }),
    fedStore: { stage: name, status: () => feed.status },
    async run(signal) {
      try {
        await feed.run(signal);
      } finally {
        store.close();
      }
    },
  };
}
