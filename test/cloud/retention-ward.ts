/** A hospital with old data, and rounds over it, for tests of retention. */
import { sql } from "kysely";
import { systemRandomness } from "../../cloud/clock.ts";
import type { Database } from "../../cloud/database/schema.ts";
import { RollupFeed } from "../../cloud/history/postgresql/rollup-feed.ts";
import { followReadings } from "../../cloud/ingest/latest-values.ts";
import type { ArchivePlace } from "../../cloud/retention/archive/archive-place.ts";
import { ArchiveTrouble } from "../../cloud/retention/archive/archive-trouble.ts";
import type { RetentionMeter } from "../../cloud/retention/retention-meter.ts";
import { RetentionWorker, type WorkerDeps } from "../../cloud/retention/retention-worker.ts";
import type { RetentionPolicy } from "../../config/history.ts";
import { climate, furnish, pulses, storeReadings } from "./measured.ts";
import { batch, START_MS, south } from "./records.ts";
import type { TestCloud } from "./support.ts";

export const DAY_MS = 86_400_000;
export const never = new AbortController().signal;
const quiet = { info: () => {}, warn: () => {} };

/** North: 30 pulses of monitor-1 on bed-1 and 20 of monitor-2 on bed-2, 3 of the room; south: 10 of monitor-1. */
export async function storeOldReadings(cloud: TestCloud): Promise<void> {
  await furnish(cloud);
  await storeReadings(cloud, "vitals", [
    ...pulses(30),
    ...pulses(20, { deviceId: "monitor-2", bedId: "bed-2" }),
  ]);
  await storeReadings(cloud, "environment", [climate(21.5), climate(22), climate(-0.125)]);
  await storeReadings(cloud, "vitals", pulses(10, { bedId: "south-1" }), south);
  await rollUpAll(cloud.db);
}

export async function rollUpAll(db: Database): Promise<void> {
  await new RollupFeed({ db, log: quiet as never }).round(1, never);
  while (await followReadings(db));
}

export function policy(fields: Partial<RetentionPolicy> = {}): RetentionPolicy {
  return { class: "vitals", rawDays: 30, afterwards: "delete", ...fields };
}

export type Counted = { removed: Record<string, number>; rollups: number; partitions: number; files: number };

export function countingMeter(): { readonly meter: RetentionMeter; readonly counted: Counted } {
  const counted: Counted = { removed: {}, rollups: 0, partitions: 0, files: 0 };
  const meter: RetentionMeter = {
    removed(dataClass, way, rows) {
      const name = `${dataClass} ${way}`;
      counted.removed[name] = (counted.removed[name] ?? 0) + rows;
    },
    rollupsRemoved(rows) {
      counted.rollups += rows;
    },
    partitionDropped() {
      counted.partitions += 1;
    },
    fileArchived() {
      counted.files += 1;
    },
    round() {},
  };
  return { meter, counted };
}

export function worker(
  cloud: TestCloud,
  policies: readonly RetentionPolicy[],
  fields: Partial<WorkerDeps> = {},
): { readonly worker: RetentionWorker; readonly counted: Counted } {
  const { meter, counted } = countingMeter();
  const made = new RetentionWorker({
    db: cloud.db,
    clock: cloud.clock,
    randomness: systemRandomness,
    policies,
    hospitalIds: ["north", "south"] as never,
    place: null,
    fedStores: [],
    meter,
    log: quiet,
    ...fields,
  });
  return { worker: made, counted };
}

/** Days after the readings were stored. */
export function later(cloud: TestCloud, days: number): void {
  cloud.clock.now = START_MS + days * DAY_MS;
}

/** Every row with all that is in it, in one order. */
export async function allRows(db: Database, table: string): Promise<string[]> {
  const { rows } = await sql<{ text: string }>`
    SELECT stored::text AS text FROM ${sql.table(table)} stored ORDER BY 1`.execute(db);
  return rows.map(({ text }) => text);
}

export async function countOf(db: Database, table: string): Promise<number> {
  return (await allRows(db, table)).length;
}

export type MemoryPlace = ArchivePlace & { readonly files: Map<string, Uint8Array> };

export function memoryPlace(): MemoryPlace {
  const files = new Map<string, Uint8Array>();
  return {
    name: "memory",
    files,
    async put(key, bytes) {
      files.set(key, Uint8Array.from(bytes));
    },
    async get(key) {
      const found = files.get(key);
      if (found === undefined) throw new ArchiveTrouble("missing", `${key} was expected in memory.`);
      return found;
    },
    async remove(key) {
      files.delete(key);
    },
  };
}

export async function storeOldEvents(
  cloud: TestCloud,
  events: readonly unknown[],
  firstSeq: number,
): Promise<void> {
  const { status, body } = await cloud.sync(batch(events, { firstSeq, sentAtMs: cloud.clock.now }));
  if (status !== 200) throw new Error(`the events were not stored: ${JSON.stringify(body)}`);
}
