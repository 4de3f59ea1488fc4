/** What is kept of bundles that were asked for, after days, and what an erasure still finds of them. */
import { sql } from "kysely";
import { expect, test } from "vitest";
import { EvidenceKeeper } from "../../../cloud/evidence/keeping/keeper.ts";
import { BUNDLES_KEPT_MS } from "../../../cloud/evidence/keeping/prune-bundles.ts";
import { forgetBundles } from "../../../cloud/evidence/views/bundles.ts";
import { cidOf } from "../../../cloud/evidence/views/content.ts";
import { takeDueBundles } from "../../../cloud/evidence/views/due-bundles.ts";
import type { ContentStore } from "../../../cloud/evidence/views/kubo.ts";
import { Publisher } from "../../../cloud/evidence/views/publisher.ts";
import { createLog } from "../../../cloud/http/log.ts";
import { loggedWard } from "../../support/logged-ward.ts";
import { freeBed, NORTH_EPOCH } from "../records.ts";
import { describeOnEachDatabase, type TestCloud } from "../support.ts";

const NEVER = new AbortController().signal;
const randomness = { bytes: (count: number) => new Uint8Array(count) };
const silent = createLog({ write: () => undefined });

async function asked(cloud: TestCloud, seq: number): Promise<{ status: number; cid: string; bytes: Buffer }> {
  const url = `/api/v1/beds/bed-1/evidence/${NORTH_EPOCH}/${seq}/bundle`;
  const reply = await cloud.app.inject({ url, headers: { cookie: await cloud.signIn("nurse") } });
  const { statusCode: status, headers, rawPayload: bytes } = reply;
  return { status, cid: String(headers["x-content-cid"]), bytes };
}

async function wardOf(cloud: TestCloud): Promise<void> {
  const ward = await loggedWard(cloud);
  await ward.say("gw-north", freeBed("bed-1"));
  await ward.sign("gw-north");
  await ward.publish();
  await ward.witness(["gw-south"]);
}

async function kept({ db }: TestCloud): Promise<{ cid: string; length: number | null }[]> {
  const { rows } = await sql<{ cid: string; length: number | null }>`
    SELECT cid, octet_length(bytes) AS length FROM evidence_bundles ORDER BY leaf_index`.execute(db);
  return rows;
}

const keeperOf = ({ db, clock }: TestCloud) =>
  new EvidenceKeeper({ db, clock, randomness, witnessesMin: 1, log: silent });

/** What a Kubo does with what it is asked. */
function store() {
  const held = new Set<string>();
  const content: ContentStore = {
    async put(bytes) {
      const cid = cidOf(bytes).toString();
      held.add(cid);
      return cid;
    },
    pin: async () => undefined,
    remove: async (cid) => void held.delete(cid),
  };
  return { held, content };
}

describeOnEachDatabase("bundles after days", (cloud) => {
  test("are gone where nothing was to publish them, and are made again as they were", async () => {
    await wardOf(cloud());
    const first = await asked(cloud(), 6);
    cloud().clock.now += BUNDLES_KEPT_MS;
    expect(await keeperOf(cloud()).round(NEVER)).toBe(0);
    const young = await asked(cloud(), 5);
    cloud().clock.now += 1;
    expect(await keeperOf(cloud()).round(NEVER)).toBe(1);
    expect((await kept(cloud())).map(({ cid }) => cid)).toEqual([young.cid]);
    expect(await asked(cloud(), 6)).toEqual(first);
    expect(await kept(cloud())).toHaveLength(2);
  });

  test("stay as a row where they were published, and an erasure takes them back from there", async () => {
    await wardOf(cloud());
    const { held, content } = store();
    const { db, clock } = cloud();
    const publisher = new Publisher({ db, clock, randomness, log: silent, store: content });
    const { cid } = await asked(cloud(), 6);
    expect(await publisher.look(NEVER)).toBe(1);
    clock.now += BUNDLES_KEPT_MS + 1;
    expect(await keeperOf(cloud()).round(NEVER)).toBe(1);
    expect(await keeperOf(cloud()).round(NEVER)).toBe(0);
    expect(await kept(cloud())).toEqual([{ cid, length: 0 }]);
    expect(await publisher.look(NEVER)).toBe(0);
    expect([...held]).toEqual([cid]);
    await db
      .transaction()
      .execute((trx) => forgetBundles(trx, `hospitell/gateway/gw-north/${NORTH_EPOCH}`, 5));
    expect(await publisher.look(NEVER)).toBe(1);
    expect([...held]).toEqual([]);
    expect(await kept(cloud())).toEqual([]);
  });

  test("stay whole while they are on their way", async () => {
    await wardOf(cloud());
    await asked(cloud(), 6);
    const { db, clock } = cloud();
    clock.now += BUNDLES_KEPT_MS + 1;
    await takeDueBundles(db, { nowMs: clock.now, heldUntilMs: clock.now + 1_000, limit: 1 });
    expect(await keeperOf(cloud()).round(NEVER)).toBe(0);
    expect((await kept(cloud()))[0]?.length).toBeGreaterThan(1_000);
  });
});
