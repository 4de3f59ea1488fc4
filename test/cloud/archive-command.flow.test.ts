/**
 * Archives by hand, on a database on disk: planned, made, listed, checked, put back; read by Python in between; and a disk that fills up while an archive is written.
 */
import { execFile, execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openEmbedded } from "../../cloud/database/embedded.ts";
import { migrate } from "../../cloud/database/migrate.ts";
import { seedDatabase } from "../../cloud/database/seed.ts";
import { runArchiveCommand } from "../../cloud/retention/command/run-command.ts";
import { layEmptyPglite } from "../support/empty-pglite.ts";
import { hasTool } from "../support/tools.ts";
import { allRows } from "./retention-ward.ts";
import { testConfig } from "./support.ts";

const COMMAND = join(import.meta.dirname, "../../cloud/archive.ts");
const PYTHON = "/usr/bin/python3";
const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** Where a week began a hundred days ago. */
const OLD_MS = Math.floor((Date.now() - 100 * DAY_MS) / WEEK_MS) * WEEK_MS;
const READINGS = 6_000;
const RUN_MS_MAX = 120_000;
const hasPython = hasTool(PYTHON, ["--version"], "python3");

let root = "";
beforeAll(() => {
  // In memory where there is such a place: nobody cuts the power of these.
  root = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "hospitell-archive-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A reading each half minute of one monitor, rolled up and shown. */
async function prepare(directory: string): Promise<string[]> {
  await layEmptyPglite(join(directory, "data"), "");
  const { db, close } = await openEmbedded(join(directory, "data"));
  await migrate(db);
  await seedDatabase(db, testConfig);
  const epoch = "00000000000000a1";
  await sql`INSERT INTO journals (gateway_id, epoch) VALUES ('gw-north', ${epoch})`.execute(db);
  await sql`INSERT INTO lanes SELECT 'gw-north', ${epoch}, lane, ${READINGS}, false, journal_id
    FROM journals, unnest(ARRAY['beds', 'vitals', 'environment']) AS lane`.execute(db);
  await sql`INSERT INTO latest_marks SELECT journal_id, 'vitals', ${READINGS} FROM journals`.execute(db);
  await sql`INSERT INTO series_cursors SELECT 'rollups', journal_id, 1, ${READINGS} FROM journals`.execute(
    db,
  );
  await sql`INSERT INTO series (gateway_id, device_id, metric, bed_id, room_id, unit)
    VALUES ('gw-north', 'monitor-1', 'pulse-rate', 'bed-1', NULL, '/min')`.execute(db);
  await sql`INSERT INTO readings SELECT n, 60 + n % 40 + 0.1, ${OLD_MS}::bigint + n * 30000, ${OLD_MS}::bigint + n * 30000 + 2,
      ${OLD_MS}::bigint + n * 30000 + 40, -3, journal_id, series_id, 1, 8
    FROM journals, series, generate_series(1, ${READINGS}) AS n`.execute(db);
  const rows = await allRows(db, "readings");
  await close();
  return rows;
}

async function readings(directory: string): Promise<string[]> {
  const { db, close } = await openEmbedded(join(directory, "data"));
  const rows = await allRows(db, "readings");
  await close();
  return rows;
}

function configure(directory: string, archive: string): string {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, "cloud.yaml");
  const gateway = testConfig.gateways[0];
  writeFileSync(
    file,
    `dataDirectory: data
hospitals: [{ id: north, name: Northside General }, { id: south, name: Southbank Hospital }]
gateways: [{ id: gw-north, hospital: north, keySha256: ${gateway?.keySha256} }]
retention: [{ class: vitals, rawDays: 30, afterwards: archive }]
archive: { directory: ${archive} }
`,
  );
  return file;
}

type Ended = { readonly code: number; readonly out: string; readonly err: string };

/** As the process does, without the time that a process takes to start. */
async function command(config: string, ...args: string[]): Promise<Ended> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runArchiveCommand([...args, "--config", config], {
    databaseUrl: undefined,
    environment: {},
    signal: new AbortController().signal,
    print: (line) => out.push(`${line}\n`),
    complain: (line) => err.push(`${line}\n`),
  });
  return { code, out: out.join(""), err: err.join("") };
}

function asProcess(config: string, ...args: string[]): Promise<Ended> {
  const { DATABASE_URL: _, ...env } = process.env;
  return new Promise((resolve) => {
    const all = [COMMAND, ...args, "--config", config];
    execFile(process.execPath, all, { env, timeout: RUN_MS_MAX }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), out, err }),
    );
  });
}

test("what is old is planned, archived, read by Python, listed, checked and put back, row by row", async () => {
  const directory = join(root, "whole");
  const config = configure(directory, "archive");
  mkdirSync(join(directory, "archive"));
  const before = await prepare(directory);

  const week = new Date(OLD_MS).toISOString().slice(0, 10);
  expect(await command(config, "plan")).toMatchObject({
    code: 0,
    out: `vitals of north, week from ${week}: ${READINGS} rows to archive\n`,
  });
  expect(await asProcess(config, "run")).toMatchObject({
    code: 0,
    out: `done: ${READINGS} rows archived, 0 deleted, 0 partitions dropped, 0 roll-ups deleted\n`,
  });

  const folder = join(directory, "archive/vitals/north", week);
  const names = readdirSync(folder).toSorted();
  expect(names).toHaveLength(2);
  const manifest = JSON.parse(readFileSync(join(folder, names[1] ?? ""), "utf8"));
  expect(manifest).toMatchObject({
    rows: READINGS,
    lanes: [{ gateway: "gw-north", firstSeq: 1, lastSeq: READINGS }],
  });
  if (hasPython) expect(readByPython(join(folder, names[0] ?? ""))).toEqual(toldByHand(manifest.sha256));

  const list = await command(config, "list", "--class", "vitals", "--hospital", "north");
  expect(list.out).toContain(`${manifest.file}  ${READINGS} rows`);
  const restored = await command(config, "restore", "--hospital", "north", "--from", week);
  expect(restored, restored.err).toMatchObject({ code: 0 });
  expect(restored.out).toContain(
    `${READINGS} rows put back, 0 were there; roll-ups made anew: ${READINGS / 2 + 1} of a minute`,
  );
  // Put back, they stay.
  expect((await command(config, "plan")).out).toBe("Nothing is due.\n");
  expect(await readings(directory)).toEqual(before);

  const bytes = readFileSync(join(folder, names[0] ?? ""));
  writeFileSync(join(folder, names[0] ?? ""), bytes.subarray(0, bytes.length - 10));
  const spoilt = await command(config, "verify", manifest.file);
  expect(spoilt).toMatchObject({ code: 1, out: "" });
  expect(spoilt.err).toContain("The file is not what was archived; take it from a copy.");
}, 300_000);

/** Sums over the file, with nothing of ours in between. */
function readByPython(file: string): unknown {
  const script = `import csv, gzip, hashlib, json, sys
rows = list(csv.DictReader(gzip.open(sys.argv[1], "rt", newline="", encoding="utf-8")))
print(json.dumps({
  "sha256": hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest(),
  "rows": len(rows),
  "seq": sum(int(row["seq"]) for row in rows),
  "tenths": sum(round(float(row["value"]) * 10) for row in rows),
  "first": rows[0],
}))`;
  return JSON.parse(execFileSync(PYTHON, ["-c", script, file]).toString());
}

function toldByHand(sha256: string): object {
  const numbers = Array.from({ length: READINGS }, (_, place) => place + 1);
  const sum = (of: (n: number) => number) => numbers.reduce((total, n) => total + of(n), 0);
  const first = {
    gateway: "gw-north",
    epoch: "00000000000000a1",
    lane: "vitals",
    seq: "1",
    device: "monitor-1",
    bed: "bed-1",
    room: "",
    metric: "pulse-rate",
    unit: "/min",
    value: "61.1",
    flags: "8",
    observed_at_ms: String(OLD_MS + 30_000),
    gateway_received_at_ms: String(OLD_MS + 30_002),
    received_at_ms: String(OLD_MS + 30_040),
    clock_offset_ms: "-3",
  };
  return { sha256, rows: READINGS, seq: sum((n) => n), tenths: sum((n) => (60 + (n % 40)) * 10 + 1), first };
}

test("a disk that is full while an archive is written loses nothing, and says so", async () => {
  const directory = join(root, "full");
  const small = join(directory, "small");
  const config = configure(directory, small);
  mkdirSync(small);
  if (!mounted(small)) return;
  try {
    const before = await prepare(directory);
    const ended = await command(config, "run");
    expect(ended).toMatchObject({ code: 1, out: expect.stringContaining("troubled: 0 rows archived") });
    expect(ended.err).toContain(`The disk of the archive's folder ${small} is full. Make room there.`);
    expect(await readings(directory)).toEqual(before);
    const left = readdirSync(small, { recursive: true }).map(String);
    expect(left.filter((name) => /\.(gz|json|part)$/.test(name))).toEqual([]);
  } finally {
    execFileSync("umount", [small]);
  }
}, 180_000);

/** A disk of 16 KiB in memory. */
function mounted(folder: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", folder], { stdio: "ignore" });
    return true;
  } catch {
    process.stderr.write("a small disk cannot be mounted here, so a full one is not tried: run as root\n");
    return false;
  }
}
