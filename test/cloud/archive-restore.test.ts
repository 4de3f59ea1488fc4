/** Old data into an archive and back: every row, every answer; and what goes wrong on the way loses nothing. */
import { sql } from "kysely";
import { expect, test } from "vitest";
import { ArchiveTrouble } from "../../cloud/retention/archive/archive-trouble.ts";
import { manifestKeyOf } from "../../cloud/retention/archive/manifest.ts";
import { RestoreRefused, restoreArchive } from "../../cloud/retention/restore/restore.ts";
import { unfoundReadings } from "../support/unfound-readings.ts";
import { climate, furnish, pulses, storeReadings } from "./measured.ts";
import { changed, START_MS } from "./records.ts";
import {
  allRows,
  countOf,
  later,
  type MemoryPlace,
  memoryPlace,
  never,
  policy,
  rollUpAll,
  storeOldEvents,
  storeOldReadings,
  worker,
} from "./retention-ward.ts";
import { describeOnEachDatabase, type TestCloud } from "./support.ts";

const archiving = (fields = {}) => [
  policy({ afterwards: "archive", ...fields }),
  policy({ class: "environment", afterwards: "archive", ...fields }),
  policy({ class: "bed-events", afterwards: "archive" }),
];
const files = ({ files: all }: MemoryPlace) =>
  [...all.keys()].filter((key) => key.endsWith(".csv.gz")).toSorted();

async function restoreAll(cloud: TestCloud, place: MemoryPlace) {
  const done = [];
  for (const key of files(place))
    done.push(await restoreArchive({ db: cloud.db, place, clock: cloud.clock }, key, 30));
  return done;
}

async function tables(cloud: TestCloud) {
  const names = ["readings", "bed_events", "rollups_1m", "rollups_1h", "series", "series_cursors"];
  return await Promise.all(names.map((name) => allRows(cloud.db, name)));
}

describeOnEachDatabase("an archive", (cloud) => {
  test("gives back every row, every roll-up and every answer", async () => {
    await storeOldReadings(cloud());
    await storeReadings(cloud(), "environment", [climate(19.875)], { firstSeq: 4 });
    const hour = (n: number) => ({ observedAtMs: START_MS + n * 3_600_000 });
    cloud().clock.now = START_MS + 10 * 3_600_000;
    const told = [1, 2, 3].map((n) => changed("occupancy", n === 2 ? "absent" : "present", hour(n)));
    await storeOldEvents(cloud(), told, 3);
    await rollUpAll(cloud().db);
    const nurse = await cloud().signIn("nurse");
    const range = "from=2026-01-06T10:00:00Z&to=2026-01-06T10:05:00Z";
    const ask = async () => {
      const answers = [];
      for (const url of [
        `/api/v1/series?bed=bed-1&${range}&resolution=raw`,
        `/api/v1/series?bed=bed-1&${range}&resolution=1m`,
        `/api/v1/series?room=room-1&hospital=north&${range}&resolution=raw`,
      ]) {
        const { status, body } = await cloud().get(url, nurse);
        expect(status, JSON.stringify(body)).toBe(200);
        answers.push((body as { series: unknown }).series);
      }
      return answers;
    };
    const before = await tables(cloud());
    const answersBefore = await ask();

    const place = memoryPlace();
    const { worker: retention, counted } = worker(cloud(), archiving({ minuteDays: 40, hourDays: 40 }), {
      place,
      fileRowsMax: 16,
    });
    later(cloud(), 100);
    expect(await retention.round(never)).toBe("done");
    expect(await countOf(cloud().db, "readings")).toBe(0);
    expect(await countOf(cloud().db, "rollups_1m")).toBe(0);
    expect(counted.removed).toEqual({
      "vitals archived": 60,
      "environment archived": 4,
      "bed-events archived": 2,
    });
    // 16 rows in each file: four of the north's vitals, one each of the south's, of the room, and of the beds.
    expect(files(place)).toHaveLength(4 + 1 + 1 + 1);

    // As where the partition that they lay in was dropped meanwhile.
    await sql`DELETE FROM reading_blocks`.execute(cloud().db);
    const restored = await restoreAll(cloud(), place);
    expect(await unfoundReadings(cloud().db)).toBe(0);
    expect(restored.reduce((sum, { added }) => sum + added, 0)).toBe(66);
    expect(await tables(cloud())).toEqual(before);
    later(cloud(), 0.5);
    expect(await ask()).toEqual(answersBefore);

    // Once more changes nothing.
    later(cloud(), 100);
    const again = await restoreAll(cloud(), place);
    expect(again.every(({ added, rollups }) => added + rollups.minutes + rollups.hours === 0)).toBe(true);
    expect(await tables(cloud())).toEqual(before);
  });

  test("that was put back stays for as long as was asked for, and is archived under its old name then", async () => {
    await storeOldReadings(cloud());
    const place = memoryPlace();
    const { worker: retention } = worker(cloud(), archiving(), { place });
    later(cloud(), 60);
    await retention.round(never);
    const names = files(place);
    await restoreAll(cloud(), place);
    await rollUpAll(cloud().db);
    later(cloud(), 89);
    await retention.round(never);
    expect(await countOf(cloud().db, "readings")).toBe(63);
    later(cloud(), 91);
    await retention.round(never);
    expect(await countOf(cloud().db, "readings")).toBe(0);
    expect(files(place)).toEqual(names);
  });

  test("is not made where its place is in trouble: the rows stay, the others' go, and the reason is told", async () => {
    await storeOldReadings(cloud());
    later(cloud(), 60);
    const place = memoryPlace();
    const put = place.put.bind(place);
    const full = new ArchiveTrouble(
      "full",
      "The disk of the archive's folder /archive is full. Make room there.",
    );
    Object.assign(place, {
      put: (key: string, bytes: Uint8Array) =>
        key.startsWith("vitals/north") ? Promise.reject(full) : put(key, bytes),
    });
    const { worker: retention } = worker(cloud(), archiving(), { place });
    expect(await retention.round(never)).toBe("troubled");
    expect(retention.status().lastRound?.troubles).toEqual([full.message]);
    expect(await countOf(cloud().db, "readings")).toBe(50);
    Object.assign(place, { put });
    expect(await retention.round(never)).toBe("done");
    expect(await countOf(cloud().db, "readings")).toBe(0);
  });

  test("that reads back otherwise than it was written removes nothing", async () => {
    await storeOldReadings(cloud());
    later(cloud(), 60);
    const place = memoryPlace();
    const get = place.get.bind(place);
    Object.assign(place, { get: async (key: string) => (await get(key)).slice(0, -1) });
    const { worker: retention } = worker(cloud(), archiving(), { place });
    expect(await retention.round(never)).toBe("troubled");
    expect(retention.status().lastRound?.troubles[0]).toMatch(/expected bytes \d+, got \d+/);
    expect(await countOf(cloud().db, "readings")).toBe(63);
    expect(await countOf(cloud().db, "archives")).toBe(0);
  });

  test.each(["after the file", "after the manifest"])(
    "is complete although a process ends %s, and rows are in the database or in it",
    async (moment) => {
      await storeOldReadings(cloud());
      later(cloud(), 60);
      const place = memoryPlace();
      const put = place.put.bind(place);
      let isDead = false;
      const dying = {
        ...place,
        async put(key: string, bytes: Uint8Array) {
          if (isDead) throw new Error("the process has ended");
          await put(key, bytes);
          if (key.endsWith(moment === "after the file" ? ".csv.gz" : ".json")) isDead = true;
        },
        async get(key: string) {
          if (isDead) throw new Error("the process has ended");
          return await place.get(key);
        },
      };
      await worker(cloud(), archiving(), { place: dying }).worker.round(never);
      expect(await countOf(cloud().db, "readings")).toBe(63);
      expect(await worker(cloud(), archiving(), { place }).worker.round(never)).toBe("done");
      expect(await countOf(cloud().db, "readings")).toBe(0);
      // What the dead one left is the very file that its successor made.
      expect(files(place)).toHaveLength(await countOf(cloud().db, "archives"));
    },
  );

  test("keeps its rows where a legal hold came while it was written, and the file goes", async () => {
    await storeOldReadings(cloud());
    later(cloud(), 60);
    const place = memoryPlace();
    const put = place.put.bind(place);
    Object.assign(place, {
      async put(key: string, bytes: Uint8Array) {
        await put(key, bytes);
        if (key.endsWith(".json"))
          await sql`INSERT INTO legal_holds (hold_id, hospital_id, bed_id, from_ms, reason, created_at_ms, created_role,
              created_session_sha256, request_sha256)
            SELECT gen_random_uuid(), 'north', 'bed-1', 0, 'a case', 0, 'hospital-admin', 's', 'r'
            WHERE NOT EXISTS (SELECT FROM legal_holds)`.execute(cloud().db);
      },
    });
    const { worker: retention } = worker(cloud(), [policy({ afterwards: "archive" })], { place });
    expect(await retention.round(never)).toBe("troubled");
    // The south's were archived after that; nothing of the north's.
    expect(await countOf(cloud().db, "readings")).toBe(53);
    expect(files(place).every((key) => key.startsWith("vitals/south/"))).toBe(true);
    expect(await retention.round(never)).toBe("done");
    const { rows } = await sql`SELECT DISTINCT bed_id, metric FROM readings JOIN series USING (series_id)
      WHERE lane = 1`.execute(cloud().db);
    expect(rows).toEqual([{ bedId: "bed-1", metric: "pulse-rate" }]);
  });

  test("is refused over rows that say something else, which are named, and nothing is put back", async () => {
    await storeOldReadings(cloud());
    later(cloud(), 60);
    const place = memoryPlace();
    await worker(cloud(), [policy({ afterwards: "archive", hospital: "north" as never })], {
      place,
    }).worker.round(never);
    const [key = ""] = files(place);
    await sql`INSERT INTO readings SELECT 3, 1, ${START_MS}, 0, 0, 0, journals.journal_id, min(series_id), 1, 0
      FROM journals, series WHERE journals.gateway_id = 'gw-north' GROUP BY journals.journal_id`.execute(
      cloud().db,
    );
    const rows = await allRows(cloud().db, "readings");
    const restoring = restoreArchive({ db: cloud().db, place, clock: cloud().clock }, key, 30);
    await expect(restoring).rejects.toThrow(RestoreRefused);
    await expect(restoring).rejects.toThrow("gw-north/00000000000000a1 3 ");
    expect(await allRows(cloud().db, "readings")).toEqual(rows);
  });

  test.each<[string, (place: MemoryPlace, key: string) => void, RegExp]>([
    [
      "a file that is cut short",
      (place, key) => place.files.set(key, (place.files.get(key) ?? new Uint8Array()).slice(0, 50)),
      /expected bytes/,
    ],
    ["a file with a bit turned", (place, key) => turnBit(place, key), /expected SHA-256/],
    ["a file that is gone", (place, key) => void place.files.delete(key), /was expected in memory/],
    [
      "a manifest that is cut short",
      (place, key) => place.files.set(manifestKeyOf(key), Buffer.from('{"format":')),
      /expected to be the manifest/,
    ],
    [
      "a manifest of another version",
      (place, key) => change(place, key, { version: 7 }),
      /version 7; version 1 is known/,
    ],
    [
      "a manifest without its rows",
      (place, key) => change(place, key, { rows: undefined }),
      /lacks what a manifest/,
    ],
    [
      "a manifest of another database",
      (place, key) => change(place, key, { databaseId: "00000000-0000-4000-8000-000000000000" }),
      /Put it back where it came from/,
    ],
    [
      "a manifest that counts otherwise",
      (place, key) => change(place, key, { rows: 59 }),
      /expected rows 59/,
    ],
  ])("is refused with %s, and nothing is put back", async (_what, spoil, message) => {
    await furnish(cloud());
    await storeReadings(cloud(), "vitals", pulses(30));
    await rollUpAll(cloud().db);
    later(cloud(), 60);
    const place = memoryPlace();
    await worker(cloud(), [policy({ afterwards: "archive" })], { place }).worker.round(never);
    const [key = ""] = files(place);
    spoil(place, key);
    await expect(restoreArchive({ db: cloud().db, place, clock: cloud().clock }, key, 30)).rejects.toThrow(
      message,
    );
    expect(await countOf(cloud().db, "readings")).toBe(0);
  });
});

function turnBit(place: MemoryPlace, key: string): void {
  const bytes = Uint8Array.from(place.files.get(key) ?? []);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 4;
  place.files.set(key, bytes);
}

function change(place: MemoryPlace, key: string, fields: object): void {
  const manifest = JSON.parse(Buffer.from(place.files.get(manifestKeyOf(key)) ?? []).toString());
  place.files.set(manifestKeyOf(key), Buffer.from(JSON.stringify({ ...manifest, ...fields })));
}
