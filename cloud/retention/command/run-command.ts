/** The command for archives: opens the database, does one thing, says what it did, and ends with an exit code. */
import { dirname, resolve } from "node:path";
import { CloudConfig } from "../../../config/cloud.ts";
import { ConfigError, loadConfig } from "../../../config/load.ts";
import { systemClock, systemRandomness } from "../../clock.ts";
import { openDatabase } from "../../database/open.ts";
import type { Database } from "../../database/schema.ts";
import { seedDatabase } from "../../database/seed.ts";
import { createLog } from "../../http/log.ts";
import { StartError } from "../../start-error.ts";
import type { ArchivePlace } from "../archive/archive-place.ts";
import { ArchiveTrouble } from "../archive/archive-trouble.ts";
import { openArchive } from "../open-archive.ts";
import { RestoreRefused, readArchive, restoreArchive } from "../restore/restore.ts";
import { RetentionWorker } from "../retention-worker.ts";
import { archivesOf } from "./archive-rows.ts";
import { type ArchiveCommand, readArguments } from "./arguments.ts";
import { planOf } from "./plan.ts";

export type CommandDeps = {
  readonly databaseUrl: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  print(line: string): void;
  /** What a person has to know; on another stream. */
  complain(line: string): void;
};

/** Settles with the exit code. What is thrown past it is a bug. */
export async function runArchiveCommand(args: readonly string[], deps: CommandDeps): Promise<number> {
  try {
    const command = readArguments(args);
    const config = loadConfig(CloudConfig, command.configFile, "cloud configuration");
    const base = dirname(command.configFile);
    const place = openArchive(config.archive, base, deps.environment);
    // The log goes where complaints go, so that what is printed can be piped.
    const log = createLog({ write: (line) => deps.complain(line.trimEnd()) });
    const dataDirectory = resolve(base, config.dataDirectory);
    const database = await openDatabase({ databaseUrl: deps.databaseUrl, dataDirectory, log });
    try {
      await seedDatabase(database.db, config);
      return await carryOut(command, { ...deps, config, db: database.db, place, log });
    } finally {
      await database.close();
    }
  } catch (error) {
    if (!(error instanceof StartError || error instanceof ConfigError)) throw error;
    deps.complain(error.message);
    return 1;
  }
}

type OpenDeps = CommandDeps & {
  readonly config: CloudConfig;
  readonly db: Database;
  readonly place: ArchivePlace | null;
  readonly log: ReturnType<typeof createLog>;
};

async function carryOut(command: ArchiveCommand, deps: OpenDeps): Promise<number> {
  switch (command.what) {
    case "plan":
      return await plan(deps);
    case "run":
      return await run(deps);
    case "list":
      return await list(command, deps);
    case "verify":
      return await withEach(command, deps, async (key, place) => {
        const { manifest } = await readArchive({ db: deps.db, place }, key);
        return `${manifest.file}: ${manifest.rows} rows, as they were archived`;
      });
    case "restore":
      return await withEach(command, deps, async (key, place) => {
        const restored = await restoreArchive(
          { db: deps.db, place, clock: systemClock },
          key,
          command.keepDays,
        );
        const { minutes, hours } = restored.rollups;
        return `${restored.key}: ${restored.added} rows put back, ${restored.alreadyThere} were there; roll-ups made anew: ${minutes} of a minute, ${hours} of an hour; kept until ${day(restored.untilMs)}`;
      });
  }
}

const facts = ({ config, db }: OpenDeps) => ({
  db,
  policies: config.retention,
  hospitalIds: config.hospitals.map(({ id }) => id),
  fedStores: config.timeSeries.influxdb === undefined ? [] : ["influxdb"],
});

async function plan(deps: OpenDeps): Promise<number> {
  const { weeks, rollups } = await planOf(facts(deps), systemClock.nowMs());
  for (const { class: dataClass, hospitalId, fromMs, rows, afterwards, holds } of weeks)
    deps.print(
      `${dataClass} of ${hospitalId}, week from ${day(fromMs)}: ${rows} rows to ${afterwards}${holds === 0 ? "" : `, beside what ${holds} holds keep`}`,
    );
  for (const { class: dataClass, hospitalId, minutes, hours } of rollups)
    deps.print(
      `${dataClass} of ${hospitalId}: ${minutes} roll-ups of a minute and ${hours} of an hour to delete`,
    );
  if (weeks.length + rollups.length === 0) deps.print("Nothing is due.");
  return 0;
}

async function run(deps: OpenDeps): Promise<number> {
  const counted = { archived: 0, deleted: 0, rollups: 0, partitions: 0 };
  const worker = new RetentionWorker({
    ...facts(deps),
    place: deps.place,
    clock: systemClock,
    randomness: systemRandomness,
    log: deps.log,
    meter: {
      removed(_class, way, rows) {
        counted[way] += rows;
      },
      rollupsRemoved(rows) {
        counted.rollups += rows;
      },
      partitionDropped() {
        counted.partitions += 1;
      },
      fileArchived() {},
      round() {},
    },
  });
  const outcome = await worker.round(deps.signal);
  deps.print(
    `${outcome}: ${counted.archived} rows archived, ${counted.deleted} deleted, ${counted.partitions} partitions dropped, ${counted.rollups} roll-ups deleted`,
  );
  for (const trouble of worker.status().lastRound?.troubles ?? []) deps.complain(trouble);
  return outcome === "done" ? 0 : 1;
}

async function list({ filter }: ArchiveCommand, { db, print }: OpenDeps): Promise<number> {
  for (const { key, rowCount, bytes, archivedAtMs, restoredUntilMs } of await archivesOf(db, filter))
    print(
      `${key}  ${rowCount} rows  ${bytes} bytes  archived ${day(archivedAtMs)}${restoredUntilMs === null ? "" : `  put back until ${day(restoredUntilMs)}`}`,
    );
  return 0;
}

/** One that fails keeps back none of the others. */
async function withEach(
  { keys, filter }: ArchiveCommand,
  { db, place, print, complain, signal }: OpenDeps,
  task: (key: string, place: ArchivePlace) => Promise<string>,
): Promise<number> {
  if (place === null)
    throw new StartError("The configuration names no archive. Say where it lies with archive.");
  const wanted = keys.length > 0 ? keys : (await archivesOf(db, filter)).map(({ key }) => key);
  if (wanted.length === 0) throw new StartError("No archive was made of that; see list.");
  let failed = 0;
  for (const key of wanted) {
    if (signal.aborted) return 1;
    try {
      print(await task(key, place));
    } catch (error) {
      if (!(error instanceof ArchiveTrouble || error instanceof RestoreRefused)) throw error;
      failed += 1;
      complain(error.message);
    }
  }
  return failed === 0 ? 0 : 1;
}

const day = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
