/**
 * The history's composition: where series are read, what people ask of them, what files are made of them, and what runs
 * in the background.
 */
import type { Logger } from "pino";
import type { Clock, Randomness } from "../clock.ts";
import type { Database } from "../database/schema.ts";
import { ExportFiles } from "../exports/export-files.ts";
import type { AnyExportKind } from "../exports/export-kind.ts";
import { Exports } from "../exports/exports.ts";
import { ExportRepository } from "../exports/repository.ts";
import type { ExportRoutes } from "../exports/routes.ts";
import { ExportRunner } from "../exports/runner.ts";
import { seriesExport } from "../exports/series/series-export.ts";
import type { HistoryMeter } from "../health/history-metrics.ts";
import { SeriesDirectory } from "./directory.ts";
import { PartitionKeeper } from "./postgresql/partition-keeper.ts";
import { PostgresqlReader } from "./postgresql/reader.ts";
import { RollupFeed } from "./postgresql/rollup-feed.ts";
import { RoutedReader } from "./routed-reader.ts";
import type { HistoryRoutes } from "./routes.ts";
import { SeriesHistory } from "./series-history.ts";

export type HistoryDeps = {
  readonly db: Database;
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Logger;
  readonly meter: HistoryMeter;
  /** Files that other features make. */
  readonly exportKinds?: readonly AnyExportKind[];
};

export type History = {
  readonly routes: HistoryRoutes & ExportRoutes;
  /** There are new ones to roll up. */
  readingsStored(): void;
  /** Until the signal; rejects only by a bug. */
  run(signal: AbortSignal): Promise<void>;
};

export function createHistory(deps: HistoryDeps): History {
  const { db, dataDirectory, clock, randomness, log, meter } = deps;
  const directory = new SeriesDirectory(db);
  const postgresql = new PostgresqlReader(db);
  const reader = new RoutedReader({ postgresql, first: null, clock, meter, log });

  const partitions = new PartitionKeeper({ db, clock, log });
  const rollups = new RollupFeed({ db, log });

  const files = new ExportFiles(dataDirectory);
  const repository = new ExportRepository(db);
  const kinds = new Map(
    [seriesExport({ db, directory, reader, clock }), ...(deps.exportKinds ?? [])].map((kind) => [
      kind.name,
      kind,
    ]),
  );
  const runner = new ExportRunner({ repository, files, kinds, clock, log, meter });
  return {
    routes: {
      series: new SeriesHistory({ directory, reader, clock }),
      latest: { db, directory, clock },
      exports: new Exports({ repository, files, runner, kinds, clock, randomness }),
    },
    readingsStored: () => rollups.wake(),
    async run(signal) {
      await Promise.all([partitions.run(signal), rollups.run(signal), runner.run(signal)]);
    },
  };
}
