/**
 * The history's composition: where series are read, what people ask of them, what files are made of them, and what runs
 * in the background.
 */
import { ExportFiles } from "../exports/export-files.ts";
import type { AnyExportKind } from "../exports/export-kind.ts";
import { Exports } from "../exports/exports.ts";
import { ExportRepository } from "../exports/repository.ts";
import type { ExportRoutes } from "../exports/routes.ts";
import { ExportRunner } from "../exports/runner.ts";
import { seriesExport } from "../exports/series/series-export.ts";
import { SeriesDirectory } from "./directory.ts";
import { openStores, type Stores, type StoresDeps } from "./open-stores.ts";
import { PartitionKeeper } from "./postgresql/partition-keeper.ts";
import { RollupFeed } from "./postgresql/rollup-feed.ts";
import type { HistoryRoutes } from "./routes.ts";
import { SeriesHistory } from "./series-history.ts";

export type HistoryDeps = StoresDeps & {
  readonly dataDirectory: string;
  /** Files that other features make. */
  readonly exportKinds?: readonly AnyExportKind[];
};

export type History = {
  readonly routes: HistoryRoutes & ExportRoutes;
  readonly fedStore: Stores["fedStore"];
  /** There are new ones to roll up. */
  readingsStored(): void;
  /** Until the signal; rejects only by a bug. */
  run(signal: AbortSignal): Promise<void>;
};

export function createHistory(deps: HistoryDeps): History {
  const { db, dataDirectory, clock, randomness, log, metrics } = deps;
  const directory = new SeriesDirectory(db);
  const stores = openStores(deps);
  const { reader, fedStore } = stores;

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
  const runner = new ExportRunner({ repository, files, kinds, clock, log, meter: metrics.history });
  return {
    routes: {
      series: new SeriesHistory({ directory, reader, clock }),
      latest: { db, directory, clock },
      exports: new Exports({ repository, files, runner, kinds, clock, randomness }),
    },
    fedStore,
    readingsStored: () => rollups.wake(),
    async run(signal) {
      const parts = [stores, partitions, rollups, runner];
      await Promise.all(parts.map((part) => part.run(signal)));
    },
  };
}
