/** Partitions: made ahead, made for what lies in none, and by whoever comes first. */
import { sql } from "kysely";
import { Migrator } from "kysely/migration";
import { expect, onTestFinished, test } from "vitest";
import { openPglite } from "../../cloud/database/embedded.ts";
import { migrate } from "../../cloud/database/migrate.ts";
import { firstLight } from "../../cloud/database/migrations/0001-first-light.ts";
import { findings } from "../../cloud/database/migrations/0002-findings.ts";
import { columns } from "../../cloud/database/migrations/0003-columns.ts";
import type { Database } from "../../cloud/database/schema.ts";
import { PartitionKeeper } from "../../cloud/history/postgresql/partition-keeper.ts";
import {
  makePartition,
  PARTITIONED,
  READINGS,
  wantedStarts,
} from "../../cloud/history/postgresql/partitions.ts";
import { RollupFeed } from "../../cloud/history/postgresql/rollup-feed.ts";
import { emptyPglite } from "../support/empty-pglite.ts";
import { unfoundReadings } from "../support/unfound-readings.ts";
import { START_MS } from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

const WEEK_MS = 604_800_000;
const log = { warn: () => {} } as never;

/** One each second from this moment, so many, of one journal. */
async function storeRows(db: Database, fromMs: number, count: number, firstSeq = 1): Promise<void> {
  await sql`
    INSERT INTO readings
    SELECT ${firstSeq}::bigint + n, n, ${fromMs}::bigint + n * 1000, 0, ${fromMs}::bigint + n * 1000 + 500, 0, 1, 1, 1, 0
    FROM generate_series(0, ${count - 1}::int) n`.execute(db);
}

async function rowsByPartition(db: Database): Promise<Record<string, number>> {
  const { rows } = await sql<{ name: string; count: number }>`
    SELECT tableoid::regclass::text AS name, count(*) AS count FROM readings GROUP BY 1 ORDER BY 1`.execute(
    db,
  );
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}

async function partitionsOf(db: Database, table: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = ${table}::regclass ORDER BY 1`.execute(
    db,
  );
  return rows.map(({ name }) => name);
}

test("partitions begin at whole weeks since 1970, some before now and some after", () => {
  const starts = wantedStarts(READINGS, START_MS);
  expect(starts.map((fromMs) => fromMs % WEEK_MS)).toEqual(starts.map(() => 0));
  expect(starts).toHaveLength(9);
  expect(starts[4]).toBeLessThanOrEqual(START_MS);
  expect(starts[5]).toBeGreaterThan(START_MS);
});

describeOnEachDatabase("partitions", (cloud) => {
  const keeper = (nowMs = START_MS) =>
    new PartitionKeeper({ db: cloud().db, clock: { nowMs: () => nowMs }, log });
  const keepAll = async (nowMs = START_MS) => {
    for (const partitioned of PARTITIONED) await keeper(nowMs).keep(partitioned);
  };

  test("take what is stored after they were made, and leave the rest to the one for all others", async () => {
    const { db } = cloud();
    await keepAll();
    await storeRows(db, START_MS, 10);
    await storeRows(db, 0, 2, 100);
    expect(await rowsByPartition(db)).toEqual({ readings_20260101: 10, readings_other: 2 });
    expect(await partitionsOf(db, "rollups_1h")).toContain("rollups_1h_20251023");
  });

  test("are made for what was stored without one, and nothing is lost or there twice", async () => {
    const { db } = cloud();
    const later = START_MS + 20 * WEEK_MS;
    await storeRows(db, later, 30);
    await storeRows(db, later + WEEK_MS, 20, 1_000);
    await keepAll(later);
    const found = await rowsByPartition(db);
    expect(found).toEqual({ readings_20260521: 30, readings_20260528: 20 });
    await keepAll(later);
    expect(await rowsByPartition(db)).toEqual(found);
  });

  test("are made for weeks long ago only where much of them is there", async () => {
    const { db } = cloud();
    const old = Date.UTC(2024, 0, 4);
    await storeRows(db, old, 10_000);
    await storeRows(db, Date.UTC(2012, 5, 1), 9, 20_000);
    await storeRows(db, Date.UTC(2077, 0, 1), 10_000, 30_000);
    await keepAll();
    expect(await rowsByPartition(db)).toEqual({ readings_20240104: 10_000, readings_other: 10_009 });
  });

  test("are made once, whoever comes at the same moment, and while others store", async () => {
    const { db } = cloud();
    const fromMs = Math.floor((START_MS + 40 * WEEK_MS) / WEEK_MS) * WEEK_MS;
    await storeRows(db, fromMs, 5_000);
    const made = await Promise.all([
      makePartition(db, READINGS, fromMs),
      makePartition(db, READINGS, fromMs),
      storeRows(db, fromMs, 100, 10_000),
      storeRows(db, fromMs + WEEK_MS, 100, 20_000),
    ]);
    expect(made.filter((isMade) => isMade === true)).toHaveLength(1);
    expect(await rowsByPartition(db)).toEqual({ readings_20261008: 5_100, readings_other: 100 });
  });

  test("that cannot be made are told of, and keep nobody from storing", async () => {
    const { db } = cloud();
    const told: string[] = [];
    const stop = new AbortController();
    const warn = (_fields: object, message: string) => {
      told.push(message);
      if (told.length === PARTITIONED.length) stop.abort();
    };
    const clock = {
      nowMs: () => {
        throw new Error("no clock");
      },
    };
    await new PartitionKeeper({ db, clock, log: { warn } as never }).run(stop.signal);
    expect(told).toHaveLength(PARTITIONED.length);
    await storeRows(db, START_MS + 60 * WEEK_MS, 1);
  });

  test("that are new are known to whoever asks by time, and what was rolled up before goes on in them", async () => {
    const { db } = cloud();
    const later = START_MS + 80 * WEEK_MS;
    await sql`INSERT INTO journals (gateway_id, epoch) OVERRIDING SYSTEM VALUE VALUES ('gw-north', '00000000000000a1')`.execute(
      db,
    );
    const { rows } = await sql<{ journalId: number }>`SELECT journal_id FROM journals`.execute(db);
    const journalId = rows[0]?.journalId ?? 0;
    await sql`INSERT INTO lanes VALUES ('gw-north', '00000000000000a1', 'vitals', 120, false, ${journalId})`.execute(
      db,
    );
    await storeRows(db, later, 120);
    await sql`UPDATE readings SET journal_id = ${journalId}`.execute(db);
    const feed = new RollupFeed({ db, log, numbersMax: 70 });
    const stop = new AbortController();
    await feed.round(1, stop.signal);
    await keepAll(later);
    await sql`UPDATE lanes SET high_water_mark_seq = 130`.execute(db);
    await storeRows(db, later, 10, 121);
    await sql`UPDATE readings SET journal_id = ${journalId}`.execute(db);
    await feed.round(1, stop.signal);
    const { rows: hours } = await sql`SELECT count, tableoid::regclass::text AS name FROM rollups_1h`.execute(
      db,
    );
    expect(hours).toEqual([{ count: 130, name: "rollups_1h_20261022" }]);
  });
});

test("readings of a database from before are all there, in partitions of their weeks", async () => {
  const { db, close } = openPglite(await emptyPglite());
  onTestFinished(close);
  const before = { "0001-first-light": firstLight, "0002-findings": findings, "0003-columns": columns };
  const migrator = new Migrator({ db, provider: { getMigrations: async () => before } });
  expect((await migrator.migrateToLatest()).error).toBeUndefined();
  await storeRows(db, START_MS, 1_000);
  await storeRows(db, START_MS + WEEK_MS, 999, 2_000);
  const all = sql`SELECT * FROM readings ORDER BY seq`;
  const known = (await all.execute(db)).rows;
  await migrate(db);
  expect((await all.execute(db)).rows).toEqual(known);
  expect(await rowsByPartition(db)).toEqual({ readings_20260101: 1_000, readings_other: 999 });
  expect(await unfoundReadings(db)).toBe(0);
}, 60_000);
