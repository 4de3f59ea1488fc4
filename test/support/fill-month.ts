/**
 * `node test/support/fill-month.ts --database URL | --directory CLOUD-DATA-DIRECTORY`: fills an empty database with a month
 * of the demo's wards, for looking at. The cloud is not to run on an embedded one meanwhile.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { pino } from "pino";
import { openDatabase } from "../../cloud/database/open.ts";
import { loadConfig } from "../../config/load.ts";
import { WardFile } from "../../config/ward.ts";
import { fillMonth } from "./month-of-history.ts";

const WARD_FILE = join(import.meta.dirname, "../../config/demo/ward.yaml");
const USAGE =
  "Expected --database postgres://… or --directory DIRECTORY; further --days 30, --every-s 60 (300 with --directory), --seed 1, --until 2026-11-26T12:00:00Z (now).\n";

const { values } = parseArgs({
  options: {
    database: { type: "string" },
    directory: { type: "string" },
    days: { type: "string", default: "30" },
    "every-s": { type: "string" },
    seed: { type: "string", default: "1" },
    until: { type: "string" },
  },
});
const { database, directory, until } = values;
const toMs = until === undefined ? Date.now() : Date.parse(until);
const everyS = Number(values["every-s"] ?? (database === undefined ? 300 : 60));
const days = Number(values.days);
if ((database === undefined) === (directory === undefined) || !(toMs > 0 && everyS >= 1 && days >= 1)) {
  process.stderr.write(USAGE);
  process.exit(1);
}

const opened = await openDatabase({
  databaseUrl: database,
  dataDirectory: directory ?? "",
  log: pino({ enabled: false }),
});
try {
  const { readings, bedEvents } = await fillMonth({
    db: opened.db,
    hospitals: loadConfig(WardFile, WARD_FILE, "Ward file").hospitals,
    toMs,
    days,
    everyMs: everyS * 1_000,
    seed: Number(values.seed),
    say: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${JSON.stringify({ readings, bedEvents })}\n`);
} finally {
  await opened.close();
}
