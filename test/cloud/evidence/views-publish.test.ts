/** Bundles on their way into Kubo, and out of it again; the server answers in words that a real one used. */
import { sql } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import { leafOfRecord } from "../../../cloud/evidence/views/bundle-facts.ts";
import { forgetBundles, keepBundle } from "../../../cloud/evidence/views/bundles.ts";
import { cidOf } from "../../../cloud/evidence/views/content.ts";
import { type ContentStore, openKubo } from "../../../cloud/evidence/views/kubo.ts";
import { Publisher } from "../../../cloud/evidence/views/publisher.ts";
import { createLog } from "../../../cloud/http/log.ts";
import { BedId } from "../../../contracts/wire/ids.ts";
import { freePort } from "../../support/free-port.ts";
import { type KuboReplay, startKuboReplay } from "../../support/kubo-replay.ts";
import { loggedWard } from "../../support/logged-ward.ts";
import { freeBed, NORTH_EPOCH } from "../records.ts";
import { describeOnEachDatabase, type TestCloud } from "../support.ts";

const ORIGIN = `hospitell/gateway/gw-north/${NORTH_EPOCH}`;
const RECORD = { epoch: NORTH_EPOCH, seq: 6 };
const BED = {
  bedId: BedId.parse("bed-1"),
  hospitalId: "north",
  gatewayId: "gw-north",
  epoch: NORTH_EPOCH,
};
const NEVER = new AbortController().signal;

type Kept = {
  cid: string;
  bytes: Uint8Array | null;
  pinned: boolean;
  publishedAtMs: number | null;
  nextAttemptAtMs: number | null;
  lastError: string | null;
};

async function keptBundles({ db }: TestCloud): Promise<Kept[]> {
  const { rows } = await sql<Kept>`
    SELECT cid, bytes, pinned, published_at_ms, next_attempt_at_ms, last_error FROM evidence_bundles
    ORDER BY leaf_index`.execute(db);
  return rows;
}

/** A ward whose records of these numbers were asked for; answers their CIDs. */
async function askedFor(cloud: TestCloud, seqs: readonly number[]): Promise<string[]> {
  const ward = await loggedWard(cloud);
  await ward.say("gw-north", freeBed("bed-1"));
  await ward.sign("gw-north");
  await ward.publish();
  await ward.witness(["gw-south"]);
  return await askAgain(cloud, seqs);
}

async function askAgain(cloud: TestCloud, seqs: readonly number[]): Promise<string[]> {
  const cookie = await cloud.signIn("nurse");
  const cids: string[] = [];
  for (const seq of seqs) {
    const url = `/api/v1/beds/bed-1/evidence/${NORTH_EPOCH}/${seq}/bundle`;
    const { headers } = await cloud.app.inject({ url, headers: { cookie } });
    cids.push(String(headers["x-content-cid"]));
  }
  return cids;
}

function publisherTo(cloud: TestCloud, store: ContentStore): Publisher {
  const { db, clock, logged } = cloud;
  const log = createLog({ write: (line) => void logged.push(line) });
  return new Publisher({ db, clock, store, log, randomness: { bytes: (count) => new Uint8Array(count) } });
}

async function kuboReplay(port?: number): Promise<KuboReplay> {
  const kubo = await startKuboReplay(port);
  onTestFinished(() => kubo.stop());
  return kubo;
}

/** Destroys what a leaf opens, as an erasure does. */
async function erase({ db }: TestCloud, seq: number): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`UPDATE evidence_leaves SET salt = NULL, payload = NULL, erased_at_ms = 1
      WHERE lane = 'beds' AND first_seq = ${seq}`.execute(trx);
    await forgetBundles(trx, ORIGIN, seq - 1);
  });
}

describe("a Kubo", () => {
  test("keeps a block, pins it, and forgets it, also one that it never had pinned", async () => {
    const server = await kuboReplay();
    const kubo = openKubo(server.url);
    const bytes = new TextEncoder().encode("a bundle");
    const cid = cidOf(bytes).toString();
    expect(await kubo.put(bytes)).toBe(cid);
    expect(server.pins.size).toBe(0);
    await kubo.remove(cid);
    expect(server.blocks.size).toBe(0);
    await kubo.put(bytes);
    await kubo.pin(cid);
    expect([...server.pins]).toEqual([cid]);
    await kubo.remove(cid);
    expect([server.blocks.size, server.pins.size]).toEqual([0, 0]);
    expect(server.unknown).toEqual([]);
  });
});

describeOnEachDatabase("publishing bundles", (cloud) => {
  test("what was asked for is kept once under its CID, and nothing goes anywhere by itself", async () => {
    const cids = await askedFor(cloud(), [5, 6, 6]);
    const kept = await keptBundles(cloud());
    expect(kept.map(({ cid }) => cid)).toEqual(cids.slice(0, 2));
    for (const { cid, bytes } of kept) expect(cidOf(bytes ?? new Uint8Array()).toString()).toBe(cid);
    expect(kept.every(({ pinned, publishedAtMs }) => !pinned && publishedAtMs === null)).toBe(true);
  });

  test("each is put and pinned under its CID, once", async () => {
    const cids = await askedFor(cloud(), [5, 6]);
    const server = await kuboReplay();
    const publisher = publisherTo(cloud(), openKubo(server.url));
    expect(await publisher.look(NEVER)).toBe(2);
    expect([...server.pins].sort()).toEqual([...cids].sort());
    for (const { cid, bytes } of await keptBundles(cloud()))
      expect(server.blocks.get(cid)).toEqual(new Uint8Array(bytes ?? []));
    expect(await keptBundles(cloud())).toMatchObject([
      { pinned: true, publishedAtMs: cloud().clock.now, nextAttemptAtMs: null, lastError: null },
      { pinned: true },
    ]);
    const asked = server.asked.length;
    await askAgain(cloud(), [5, 6]);
    expect(await publisher.look(NEVER)).toBe(0);
    expect(server.asked).toHaveLength(asked);
    expect(server.unknown).toEqual([]);
  });

  test("while no Kubo answers a bundle waits longer each time, and goes out once one does", async () => {
    const [cid] = await askedFor(cloud(), [6]);
    const port = await freePort();
    const publisher = publisherTo(cloud(), openKubo(`http://127.0.0.1:${port}`));
    const waits: number[] = [];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      expect(await publisher.look(NEVER)).toBe(0);
      const [kept] = await keptBundles(cloud());
      expect(kept).toMatchObject({ pinned: false, lastError: expect.stringMatching(/./) });
      waits.push((kept?.nextAttemptAtMs ?? 0) - cloud().clock.now);
      expect(await publisher.look(NEVER)).toBe(0);
      cloud().clock.now = kept?.nextAttemptAtMs ?? 0;
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000]);
    const server = await kuboReplay(port);
    expect(await publisher.look(NEVER)).toBe(1);
    expect([...server.pins]).toEqual([cid]);
    expect((await keptBundles(cloud()))[0]).toMatchObject({ pinned: true, lastError: null });
  });

  test("a Kubo that gives another CID is told of, and the bundle stays unpublished", async () => {
    const [cid] = await askedFor(cloud(), [6]);
    const other = cidOf(new Uint8Array([1])).toString();
    const pinned: string[] = [];
    const store = {
      put: async () => other,
      pin: async (one: string) => void pinned.push(one),
      remove: async () => {},
    };
    const publisher = publisherTo(cloud(), store);
    expect(await publisher.look(NEVER)).toBe(0);
    cloud().clock.now += 3_600_000;
    expect(await publisher.look(NEVER)).toBe(0);
    expect(pinned).toEqual([]);
    const [kept] = await keptBundles(cloud());
    expect(kept).toMatchObject({ cid, pinned: false, publishedAtMs: null, nextAttemptAtMs: null });
    expect(kept?.lastError).toBe(`expected Kubo to name it ${cid}, and it named it ${other}`);
    expect(cloud().logged.join("\n")).toContain("a bundle stays unpublished");
  });

  test("what was erased is gone at once where it was never sent, and taken back where it was", async () => {
    await askedFor(cloud(), [5]);
    const server = await kuboReplay();
    const publisher = publisherTo(cloud(), openKubo(server.url));
    await publisher.look(NEVER);
    await askAgain(cloud(), [6]);
    await erase(cloud(), 5);
    await erase(cloud(), 6);
    expect(await keptBundles(cloud())).toMatchObject([{ bytes: null, pinned: true }]);
    expect(await publisher.look(NEVER)).toBe(1);
    expect(await keptBundles(cloud())).toEqual([]);
    expect([server.pins.size, server.blocks.size]).toEqual([0, 0]);
    await askAgain(cloud(), [5]);
    const [closed] = await keptBundles(cloud());
    expect(JSON.parse(Buffer.from(closed?.bytes ?? []).toString())).toMatchObject({
      leaf: { opening: null },
    });
    expect(server.unknown).toEqual([]);
  });

  test("a bundle that was made before an erasure and comes to be kept after it is not kept", async () => {
    await askedFor(cloud(), [6]);
    const leaf = await leafOfRecord(cloud().db, BED, RECORD);
    const [made] = await keptBundles(cloud());
    if (leaf === null || made?.bytes == null) throw new Error("no bundle was made");
    await erase(cloud(), 6);
    expect(await keptBundles(cloud())).toEqual([]);
    const late = { cid: made.cid, bytes: made.bytes, hasOpening: true };
    const place = { bedId: "bed-1", leaf, name: RECORD, nowMs: cloud().clock.now };
    expect(await keepBundle(cloud().db, late, place)).toBe(false);
    expect(await keptBundles(cloud())).toEqual([]);
  });

  test("what is erased while it is on its way is taken back as soon as it has arrived", async () => {
    await askedFor(cloud(), [6]);
    const server = await kuboReplay();
    const kubo = openKubo(server.url);
    const publisher = publisherTo(cloud(), {
      ...kubo,
      async pin(cid) {
        await kubo.pin(cid);
        await erase(cloud(), 6);
      },
    });
    await publisher.look(NEVER);
    expect([server.pins.size, server.blocks.size]).toEqual([0, 0]);
    expect(await keptBundles(cloud())).toEqual([]);
  });

  test("what cannot be taken back now stays due until it is", async () => {
    const [cid] = await askedFor(cloud(), [6]);
    const port = await freePort();
    const first = await startKuboReplay(port);
    const publisher = publisherTo(cloud(), openKubo(first.url));
    await publisher.look(NEVER);
    await erase(cloud(), 6);
    await first.stop();
    expect(await publisher.look(NEVER)).toBe(0);
    const [forgotten] = await keptBundles(cloud());
    expect(forgotten).toMatchObject({ cid, bytes: null });
    cloud().clock.now = forgotten?.nextAttemptAtMs ?? 0;
    const removed: string[] = [];
    const store = {
      put: async () => "",
      pin: async () => {},
      remove: async (one: string) => void removed.push(one),
    };
    await publisherTo(cloud(), store).look(NEVER);
    expect(removed).toEqual([cid]);
    expect(await keptBundles(cloud())).toEqual([]);
  });

  test("an attempt of a process that died is made again by another in its time", async () => {
    await askedFor(cloud(), [6]);
    const dying = publisherTo(cloud(), {
      put: () => new Promise(() => {}),
      pin: async () => {},
      remove: async () => {},
    });
    void dying.look(NEVER);
    const server = await kuboReplay();
    const publisher = publisherTo(cloud(), openKubo(server.url));
    await expect
      .poll(async () => (await keptBundles(cloud()))[0]?.nextAttemptAtMs)
      .toBeGreaterThan(cloud().clock.now);
    expect(await publisher.look(NEVER)).toBe(0);
    cloud().clock.now = (await keptBundles(cloud()))[0]?.nextAttemptAtMs ?? 0;
    expect(await publisher.look(NEVER)).toBe(1);
    expect(server.pins.size).toBe(1);
  });
});
