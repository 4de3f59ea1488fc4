/** What was asked for at the terminal. Pure. */
import { parseArgs } from "node:util";
import { RETENTION_CLASSES } from "../../../config/history.ts";
import { errorCode, StartError } from "../../start-error.ts";
import type { DataClass } from "../policy.ts";

const KEEP_DAYS_DEFAULT = 30;
const KEEP_DAYS_MAX = 3_650;

export const USAGE = `usage: node cloud/archive.ts WHAT --config FILE
  plan                         what would be archived or removed now, and what keeps the rest; changes nothing
  run                          does so now
  list                         archives that were made
  verify [KEY ...]             reads archives and compares them with their manifests
  restore [KEY ...]            puts archives back; they stay for --keep-days (${KEEP_DAYS_DEFAULT})
In place of keys, and with list: --class vitals|environment|bed-events, --hospital ID, --from TIME, --to TIME.
DATABASE_URL: a PostgreSQL; without it, the embedded database, while the service is stopped.`;

const COMMANDS = ["plan", "run", "list", "verify", "restore"] as const;

export type ArchiveFilter = {
  readonly class: DataClass | null;
  readonly hospital: string | null;
  readonly fromMs: number | null;
  readonly toMs: number | null;
};
export type ArchiveCommand = {
  readonly what: (typeof COMMANDS)[number];
  readonly configFile: string;
  readonly keys: readonly string[];
  readonly filter: ArchiveFilter;
  readonly keepDays: number;
};

/** Throws a StartError with what was expected. */
export function readArguments(args: readonly string[]): ArchiveCommand {
  const { values, positionals } = parsed(args);
  const [name, ...keys] = positionals;
  const what = COMMANDS.find((each) => each === name);
  if (what === undefined || values.config === undefined) throw new StartError(USAGE);
  if (keys.length > 0 && what !== "verify" && what !== "restore")
    throw new StartError(`${what} takes no keys.\n${USAGE}`);
  const filter = {
    class: classOf(values.class),
    hospital: values.hospital ?? null,
    fromMs: timeOf("from", values.from),
    toMs: timeOf("to", values.to),
  };
  const isFiltered = Object.values(filter).some((value) => value !== null);
  if (keys.length > 0 && isFiltered)
    throw new StartError("Name archives by their keys, or by what they hold; not both.");
  if (keys.length === 0 && !isFiltered && (what === "verify" || what === "restore"))
    throw new StartError(`Say which archives: keys as list prints them, or what they hold.\n${USAGE}`);
  return { what, configFile: values.config, keys, filter, keepDays: keepDaysOf(values["keep-days"]) };
}

function parsed(args: readonly string[]) {
  const text = { type: "string" } as const;
  const options = { config: text, class: text, hospital: text, from: text, to: text, "keep-days": text };
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    if (!errorCode(error)?.startsWith("ERR_PARSE_ARGS")) throw error;
    throw new StartError(USAGE);
  }
}

function classOf(name: string | undefined): DataClass | null {
  if (name === undefined) return null;
  const found = RETENTION_CLASSES.find((each) => each === name);
  if (found === undefined) throw new StartError(`--class: expected one of ${RETENTION_CLASSES.join(", ")}.`);
  return found;
}

function timeOf(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const hasZone = /^\d{4}-\d{2}-\d{2}(T.*(Z|[+-]\d{2}:\d{2}))?$/i.test(text);
  const atMs = hasZone ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs))
    throw new StartError(
      `--${option}: expected a day such as 2026-11-26, or a time with its zone such as 2026-11-26T05:00:00Z.`,
    );
  return atMs;
}

function keepDaysOf(text: string | undefined): number {
  if (text === undefined) return KEEP_DAYS_DEFAULT;
  const days = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (days >= 1 && days <= KEEP_DAYS_MAX) return days;
  throw new StartError(`--keep-days: expected a whole number from 1 to ${KEEP_DAYS_MAX}.`);
}
