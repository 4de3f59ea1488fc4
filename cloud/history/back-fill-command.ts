/** The back-fill as a program: arguments and signals in, lines and exit code out. */
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { CloudConfig } from "../../config/cloud.ts";
import { ConfigError, loadConfig } from "../../config/load.ts";
import { systemClock, systemRandomness } from "../clock.ts";
import { openDatabase } from "../database/open.ts";
import { createLog } from "../http/log.ts";
import { errorCode, StartError } from "../start-error.ts";
import { type BackFillProgress, type BackFillRange, backFill } from "./back-fill.ts";
import { type Environment, influxLogin } from "./influxdb/credentials.ts";
import { openInfluxdb } from "./influxdb/open-influxdb.ts";

const USAGE = `usage: node cloud/history-command.ts back-fill --config FILE [--from TIME] [--to TIME]
Brings what the database has to the store of timeSeries.influxdb, from the start or what was observed from --from and
before --to (RFC 3339 with its zone, 2026-11-26T05:00:00Z). It may run beside the service, and goes on after a stop.`;

/** Settles with the exit code: 0 done, 1 it could not begin, 2 it was stopped before its end. */
export async function runHistoryCommand(args: readonly string[], environment: Environment): Promise<number> {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  try {
    const { config: configFile, range } = argumentsOf(args);
    const config = loadConfig(CloudConfig, configFile, "cloud configuration");
    const { influxdb } = config.timeSeries;
    if (influxdb === undefined)
      throw new StartError(
        `timeSeries.influxdb was expected in ${configFile}, but is not there. There is nothing to fill.`,
      );
    const login = influxLogin(environment);
    const log = createLog();
    const dataDirectory = resolve(dirname(configFile), config.dataDirectory);
    const databaseUrl = environment.DATABASE_URL || undefined;
    const database = await openDatabase({ databaseUrl, dataDirectory, log });
    const store = openInfluxdb(influxdb, login, systemClock);
    try {
      const ports = { clock: systemClock, randomness: systemRandomness, log };
      const done = await backFill({ db: database.db, store, range, ...ports, tell }, stop.signal);
      tell(done);
      console.log(done.isDone ? "Done." : "Stopped. The same command goes on from here.");
      return done.isDone ? 0 : 2;
    } finally {
      store.close();
      await database.close();
    }
  } catch (error) {
    if (!(error instanceof StartError || error instanceof ConfigError)) throw error;
    console.error(error.message);
    return 1;
  }
}

function tell({ written, refused, doneRecords, totalRecords, trouble }: BackFillProgress): void {
  const percent = totalRecords === 0 ? 100 : Math.floor((doneRecords / totalRecords) * 100);
  const why = trouble === null ? "" : ` Waiting: ${trouble}`;
  console.log(
    `${percent} %: ${doneRecords} of ${totalRecords} records, ${written} points written, ${refused} refused.${why}`,
  );
}

function argumentsOf(args: readonly string[]): { config: string; range: BackFillRange } {
  const time = { type: "string" } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { config: { type: "string" }, from: time, to: time },
      allowPositionals: true,
    });
    if (positionals.join() === "back-fill" && values.config !== undefined) {
      const range = { fromMs: timeOf("--from", values.from), toMs: timeOf("--to", values.to) };
      if (range.fromMs !== null && range.toMs !== null && range.fromMs >= range.toMs)
        throw new StartError("--from was to lie before --to, but does not. Turn them round.");
      return { config: values.config, range };
    }
  } catch (error) {
    if (!errorCode(error)?.startsWith("ERR_PARSE_ARGS")) throw error;
  }
  throw new StartError(USAGE);
}

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

function timeOf(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const atMs = Date.parse(text);
  if (RFC_3339.test(text) && !Number.isNaN(atMs)) return atMs;
  throw new StartError(`${name} was to be a time like 2026-11-26T05:00:00Z, with its zone, but is not.`);
}
