/** What a round removes, and what it never does. */
import { sql } from "kysely";
import { expect, test } from "vitest";
import { holdLease, releaseLease } from "../../cloud/history/feed/lease.ts";
import { RETENTION_LEASE } from "../../cloud/retention/retention-worker.ts";
import { furnish, pulses, storeReadings } from "./measured.ts";
import { batch, changed, START_MS } from "./records.ts";
import {
  allRows,
  countOf,
  DAY_MS,
  later,
  memoryPlace,
  never,
  policy,
  rollUpAll,
  storeOldEvents,
  storeOldReadings,
  worker,
} from "./retention-ward.ts";
import { describeOnEachDatabase } from "./support.ts";

describeOnEachDatabase("a round of retention", (cloud) => {
  test("nothing goes before its week is over, and after that only the class that the policy names", async () => {
    await storeOldReadings(cloud());
    const { worker: retention, counted } = worker(cloud(), [policy({ rawDays: 30 })]);
    later(cloud(), 30);
    expect(await retention.round(never)).toBe("done");
    expect(await countOf(cloud().db, "readings")).toBe(63);

    later(cloud(), 37);
    expect(await retention.round(never)).toBe("done");
    // What is left is the room's.
    expect(await countOf(cloud().db, "readings")).toBe(3);
    expect(counted.removed).toEqual({ "vitals deleted": 60 });
    expect(await countOf(cloud().db, "rollups_1h")).toBeGreaterThan(3);
    expect(await retention.round(never)).toBe("done");
    expect(counted.removed).toEqual({ "vitals deleted": 60 });
  });

  test("a policy of one hospital counts there instead of the one for all", async () => {
    await storeOldReadings(cloud());
    const policies = [policy({ rawDays: 3_650 }), policy({ rawDays: 1, hospital: "south" as never })];
    later(cloud(), 20);
    expect(await worker(cloud(), policies).worker.round(never)).toBe("done");
    expect(await countOf(cloud().db, "readings")).toBe(53);
  });

  test("what a store has not passed stays, whichever store it is", async () => {
    await storeOldReadings(cloud());
    const { db } = cloud();
    later(cloud(), 60);
    const withStore = worker(cloud(), [policy()], { fedStores: ["influxdb"] });
    await withStore.worker.round(never);
    expect(await countOf(db, "readings")).toBe(63);

    await sql`INSERT INTO series_cursors (store, journal_id, lane, through_seq)
      SELECT 'influxdb', journal_id, 1, 7 FROM journals WHERE gateway_id = 'gw-north'`.execute(db);
    await withStore.worker.round(never);
    expect(await countOf(db, "readings")).toBe(56);

    // Without that store, what the roll-ups lack still counts.
    await sql`UPDATE series_cursors SET through_seq = 9 WHERE store = 'rollups'`.execute(db);
    await worker(cloud(), [policy()]).worker.round(never);
    expect(await countOf(db, "readings")).toBe(63 - 9 - 9);

    await sql`UPDATE series_cursors SET through_seq = 100 WHERE store = 'rollups'`.execute(db);
    await sql`UPDATE latest_marks SET through_seq = 11`.execute(db);
    await worker(cloud(), [policy()]).worker.round(never);
    expect(await countOf(db, "readings")).toBe(63 - 11 - 10);
  });

  test("roll-ups go when their own time is over, those of the other class stay", async () => {
    await storeOldReadings(cloud());
    const { db } = cloud();
    const hours = await countOf(db, "rollups_1h");
    const { worker: retention } = worker(cloud(), [policy({ rawDays: 30, minuteDays: 60, hourDays: 300 })]);
    later(cloud(), 59);
    await retention.round(never);
    const minutes = await countOf(db, "rollups_1m");
    expect(minutes).toBeGreaterThan(3);
    later(cloud(), 62);
    await retention.round(never);
    expect(await countOf(db, "rollups_1m")).toBe(1);
    expect(await countOf(db, "rollups_1h")).toBe(hours);
    later(cloud(), 302);
    await retention.round(never);
    expect(await countOf(db, "rollups_1h")).toBe(1);
  });

  test("a week's partition is dropped whole where everything in it is due, and stays where one lane is not", async () => {
    const { db } = cloud();
    const weekMs = Math.floor(START_MS / (7 * DAY_MS)) * 7 * DAY_MS;
    const name = `readings_${new Date(weekMs).toISOString().slice(0, 10).replaceAll("-", "")}`;
    await sql`CREATE TABLE IF NOT EXISTS ${sql.table(name)} PARTITION OF readings
      FOR VALUES FROM (${sql.lit(weekMs)}) TO (${sql.lit(weekMs + 7 * DAY_MS)})`.execute(db);
    await storeOldReadings(cloud());
    expect(await countOf(db, name)).toBe(63);
    later(cloud(), 90);
    const environment = policy({ class: "environment" });
    const first = worker(cloud(), [policy(), environment], { fedStores: ["influxdb"] });
    await first.worker.round(never);
    expect([first.counted.partitions, await countOf(db, name)]).toEqual([0, 63]);

    const { worker: retention, counted } = worker(cloud(), [policy(), environment]);
    expect(await retention.round(never)).toBe("done");
    expect(counted).toMatchObject({ partitions: 1, removed: {} });
    const { rows } = await sql`SELECT to_regclass(${name}) AS name`.execute(db);
    expect(rows).toEqual([{ name: null }]);
    // And with it what was known of it.
    expect(await countOf(db, "reading_blocks")).toBe(0);
  });

  test("of a bed's events those stay from which its state is folded, now and when the kept time began", async () => {
    await furnish(cloud());
    const { db } = cloud();
    const hour = (n: number) => ({ observedAtMs: START_MS + n * 3_600_000 });
    cloud().clock.now = START_MS + 10 * 3_600_000;
    await storeOldEvents(
      cloud(),
      [
        changed("occupancy", "present", hour(1)),
        changed("readiness", "clean", hour(2)),
        changed("occupancy", "absent", hour(3)),
        changed("occupancy", "present", hour(4)),
      ],
      3,
    );
    later(cloud(), 100);
    await storeOldEvents(cloud(), [changed("occupancy", "absent", { observedAtMs: cloud().clock.now })], 7);
    const { worker: retention, counted } = worker(cloud(), [policy({ class: "bed-events", rawDays: 1 })]);
    // However short the policy, reports are made from two months of events.
    later(cloud(), 60);
    await retention.round(never);
    expect(counted.removed).toEqual({});
    later(cloud(), 110);
    expect(await retention.round(never)).toBe("done");
    expect(counted.removed).toEqual({ "bed-events deleted": 2 });
    const { rows } = await sql`SELECT seq, kind FROM bed_events WHERE bed_id = 'bed-1' ORDER BY seq`.execute(
      db,
    );
    expect(rows).toEqual([
      { seq: 1, kind: "bed-commissioned" },
      { seq: 4, kind: "readiness-changed" },
      { seq: 6, kind: "occupancy-changed" },
      { seq: 7, kind: "occupancy-changed" },
    ]);
  });

  test("a batch that comes again after its readings are gone is no equivocation", async () => {
    await storeOldReadings(cloud());
    later(cloud(), 60);
    await worker(cloud(), [policy()]).worker.round(never);
    const { body } = await cloud().sync(batch(pulses(30), { lane: "vitals", sentAtMs: cloud().clock.now }));
    expect(body).toMatchObject({ storedCount: 0, duplicateCount: 30, highWaterMarkSeq: 50 });
    expect(await countOf(cloud().db, "readings")).toBe(3);
  });

  test("what comes late for a week that is gone is kept, rolled up, and goes with the next round", async () => {
    await storeOldReadings(cloud());
    later(cloud(), 60);
    const { worker: retention, counted } = worker(cloud(), [policy({ afterwards: "archive" })], {
      place: memoryPlace(),
    });
    await retention.round(never);
    expect(counted).toMatchObject({ removed: { "vitals archived": 60 }, files: 2 });
    await storeReadings(cloud(), "vitals", pulses(5), { firstSeq: 51 });
    await retention.round(never);
    expect(await countOf(cloud().db, "readings")).toBe(8);
    await rollUpAll(cloud().db);
    await retention.round(never);
    expect(await allRows(cloud().db, "archives")).toHaveLength(3);
    expect(await countOf(cloud().db, "readings")).toBe(3);
  });

  test("what a gateway with a stopped clock says is from long ago stays for as long as if its clock were right", async () => {
    await storeOldReadings(cloud());
    later(cloud(), 50);
    await storeReadings(cloud(), "vitals", pulses(5), { firstSeq: 51, sentAtMs: START_MS + 30_000 });
    await rollUpAll(cloud().db);
    later(cloud(), 60);
    const { worker: retention } = worker(cloud(), [policy()]);
    await retention.round(never);
    expect(await countOf(cloud().db, "readings")).toBe(3 + 5);
    later(cloud(), 90);
    await retention.round(never);
    expect(await countOf(cloud().db, "readings")).toBe(3);
  });

  test("two processes do not do a round at the same time", async () => {
    await storeOldReadings(cloud());
    later(cloud(), 60);
    const { db } = cloud();
    const { worker: retention } = worker(cloud(), [policy()]);
    expect(await holdLease(db, RETENTION_LEASE, "another process")).toBe(true);
    expect(await retention.round(never)).toBe("standby");
    expect(await countOf(db, "readings")).toBe(63);
    await releaseLease(db, RETENTION_LEASE, "another process");
    expect(await retention.round(never)).toBe("done");
    expect(await countOf(db, "readings")).toBe(3);
  });
});
