/** Archives in an S3-compatible store: a strict peer in Python that works out every signature by itself. */
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { s3Place } from "../../cloud/retention/archive/s3-place.ts";
import { restoreArchive } from "../../cloud/retention/restore/restore.ts";
import { freePort } from "../support/free-port.ts";
import { SpawnedServer } from "../support/spawned-server.ts";
import { hasTool } from "../support/tools.ts";
import { allRows, countOf, later, never, policy, storeOldReadings, worker } from "./retention-ward.ts";
import { describeOnEachDatabase } from "./support.ts";

const PYTHON = "/usr/bin/python3";
const KEYS = { accessKeyId: "AKHOSPITELLTEST", secretAccessKey: "aSecret/With+Signs=" };
const hasPython = hasTool(PYTHON, ["--version"], "python3");

let endpoint = "";
let peer: SpawnedServer | undefined;

beforeAll(async () => {
  if (!hasPython) return;
  const port = await freePort();
  endpoint = `http://127.0.0.1:${port}`;
  const script = join(import.meta.dirname, "archive-s3-peer.py");
  const args = [script, String(port), KEYS.accessKeyId, KEYS.secretAccessKey, "eu-central-1", "hospitell"];
  peer = new SpawnedServer({ file: PYTHON, args, readyUrl: `${endpoint}/__ready` });
  await peer.start();
});
afterAll(() => peer?.stop());

const place = (fields = {}, keys = KEYS) =>
  s3Place(
    { endpoint, region: "eu-central-1", bucket: "hospitell", prefix: "ward data/2026/", ...fields },
    keys,
  );

async function trouble(fields: object): Promise<void> {
  const { status } = await fetch(`${endpoint}/__trouble`, { method: "POST", body: JSON.stringify(fields) });
  expect(status).toBe(200);
}

test.skipIf(!hasPython)("what is put is got again, replaced and removed, under any prefix", async () => {
  const store = place();
  const bytes = Uint8Array.from({ length: 300_000 }, (_, n) => (n * 7) % 251);
  await store.put("vitals/north/2026-01-01/a.csv.gz", bytes);
  expect(Buffer.compare(await store.get("vitals/north/2026-01-01/a.csv.gz"), bytes)).toBe(0);
  await store.put("vitals/north/2026-01-01/a.csv.gz", bytes.slice(1));
  expect(await store.get("vitals/north/2026-01-01/a.csv.gz")).toHaveLength(299_999);
  await store.remove("vitals/north/2026-01-01/a.csv.gz");
  await store.remove("vitals/north/2026-01-01/a.csv.gz");
  await expect(store.get("vitals/north/2026-01-01/a.csv.gz")).rejects.toMatchObject({ kind: "missing" });
});

test.skipIf(!hasPython).each([
  ["a wrong secret", {}, { ...KEYS, secretAccessKey: "another" }, "403 SignatureDoesNotMatch"],
  ["an unknown key", {}, { ...KEYS, accessKeyId: "AKOTHER" }, "403 InvalidAccessKeyId"],
  ["another region", { region: "us-east-1" }, KEYS, "400 AuthorizationHeaderMalformed"],
  ["a bucket that is not there", { bucket: "other" }, KEYS, "404 NoSuchBucket"],
])("%s is refused with what to check, and without the secret", async (_what, fields, keys, said) => {
  const putting = place(fields, keys).put("a.json", Buffer.from("{}"));
  await expect(putting).rejects.toMatchObject({ kind: "refused", message: expect.stringContaining(said) });
  await expect(putting).rejects.not.toMatchObject({ message: expect.stringContaining(keys.secretAccessKey) });
});

test.skipIf(!hasPython)("a store that is busy for a moment is asked again", async () => {
  await trouble({ kind: "status", status: 503, code: "SlowDown", times: 2 });
  await place().put("a.json", Buffer.from("{}"));
  expect(Buffer.from(await place().get("a.json")).toString()).toBe("{}");
});

test.skipIf(!hasPython).each([
  ["500", { kind: "status", status: 500, times: 9 }, "unreachable"],
  ["403", { kind: "status", status: 403, code: "AccessDenied", times: 9 }, "refused"],
  ["507", { kind: "status", status: 507, code: "InsufficientStorage", times: 9 }, "full"],
  ["half a reply", { kind: "half", times: 9 }, "unreachable"],
  ["no reply", { kind: "silent", times: 9 }, "unreachable"],
])("%s is told as what it is", async (_what, fields, kind) => {
  await trouble({ kind: "status", times: 0 });
  await place().put("b.json", Buffer.from('{"rows":1}'));
  await trouble(fields);
  await expect(place().get("b.json")).rejects.toMatchObject({ kind });
  await trouble({ kind: "status", times: 0 });
});

if (hasPython)
  describeOnEachDatabase("an archive in a bucket", (cloud) => {
    test("takes what is due and gives it back; what cannot be read back is not removed", async () => {
      await storeOldReadings(cloud());
      const before = await allRows(cloud().db, "readings");
      later(cloud(), 60);
      const { worker: retention } = worker(cloud(), [policy({ afterwards: "archive" })], { place: place() });
      await trouble({ kind: "flip", method: "GET", times: 9 });
      expect(await retention.round(never)).toBe("troubled");
      await trouble({ kind: "status", times: 0 });
      expect(await countOf(cloud().db, "readings")).toBe(63);

      expect(await retention.round(never)).toBe("done");
      expect(await countOf(cloud().db, "readings")).toBe(3);
      const keys = (await cloud().db.selectFrom("archives").select("key").execute()).map(({ key }) => key);
      for (const key of keys)
        await restoreArchive({ db: cloud().db, place: place(), clock: cloud().clock }, key, 1);
      expect(await allRows(cloud().db, "readings")).toEqual(before);
    });
  });
