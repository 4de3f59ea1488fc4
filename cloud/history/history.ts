/** The history's composition: readers, what people ask of them, and what runs in the background. */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/schema.ts";
import { SeriesDirectory } from "./directory.ts";
import { type ReadMeter, RoutedReader } from "./routed-reader.ts";
import type { HistoryRoutes } from "./routes.ts";
import { SeriesHistory } from "./series-history.ts";
import type { SeriesReader } from "./series-store.ts";

export type HistoryDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly meter: ReadMeter;
  readonly postgresql: SeriesReader;
};

export type History = { readonly routes: HistoryRoutes };

export function createHistory({ db, clock, log, meter, postgresql }: HistoryDeps): History {
  const directory = new SeriesDirectory(db);
  const reader = new RoutedReader({ postgresql, first: null, clock, meter, log });
  return {
    routes: {
      series: new SeriesHistory({ directory, reader, clock }),
      latest: { db, directory, clock },
    },
  };
}
