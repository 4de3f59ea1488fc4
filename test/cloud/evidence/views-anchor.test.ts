/** What is told of anchors: in which final block the log that holds a statement stands. */
import { sql } from "kysely";
import { expect, test } from "vitest";
import { decodeBundle } from "../../../contracts/log/bundle.ts";
import { parseNote } from "../../../contracts/log/note.ts";
import { parsePolicy } from "../../../contracts/log/policy.ts";
import { verifyBundle } from "../../../contracts/log/verify-bundle.ts";
import { BedEvidence } from "../../../contracts/wire/evidence.ts";
import { type LoggedWard, loggedWard, WARD_CHAIN } from "../../support/logged-ward.ts";
import { changed, freeBed, NORTH_EPOCH, START_MS } from "../records.ts";
import { describeOnEachDatabase, type TestCloud } from "../support.ts";

async function fetched(cloud: TestCloud, seq: number): Promise<Uint8Array> {
  const reply = await cloud.app.inject({
    url: `/api/v1/beds/bed-1/evidence/${NORTH_EPOCH}/${seq}/bundle`,
    headers: { cookie: await cloud.signIn("nurse") },
  });
  expect(reply.statusCode).toBe(200);
  return new Uint8Array(reply.rawPayload);
}

async function check(cloud: TestCloud, bytes: Uint8Array) {
  const parsed = parsePolicy((await cloud.get("/api/v1/evidence/policy", await cloud.signIn("nurse"))).body);
  if (!parsed.ok) throw new Error(parsed.problem);
  return verifyBundle(bytes, { ...parsed.policy, anchorRequired: true });
}

async function statementsOf(cloud: TestCloud): Promise<BedEvidence> {
  return BedEvidence.parse(
    (await cloud.get("/api/v1/beds/bed-1/evidence", await cloud.signIn("nurse"))).body,
  );
}

async function say(ward: LoggedWard, to: "absent" | "present"): Promise<void> {
  await ward.say("gw-north", [changed("occupancy", to)]);
  await ward.sign("gw-north");
  await ward.publish();
  await ward.witness(["gw-south", "gw-east"]);
}

/** Records 1 to 6, then 7, 8 and 9, each under a checkpoint of its own. */
async function wardOfNine(cloud: TestCloud): Promise<LoggedWard> {
  const ward = await loggedWard(cloud);
  await ward.say("gw-north", freeBed("bed-1"));
  await say(ward, "present");
  await say(ward, "absent");
  return ward;
}

describeOnEachDatabase("anchors", (cloud) => {
  test("a statement tells the first final block that covers it, and the newest none yet", async () => {
    const ward = await wardOfNine(cloud());
    expect((await statementsOf(cloud())).isAnchoring).toBe(false);
    const first = await ward.anchor({ number: 900, atMs: START_MS + 60_000 });
    await say(ward, "present");
    const second = await ward.anchor({ number: 950, atMs: START_MS + 120_000 });
    await say(ward, "absent");
    const { isAnchoring, statements } = await statementsOf(cloud());
    expect(isAnchoring).toBe(true);
    const blocks = Object.fromEntries(
      statements.map(({ seq, anchored }) => [seq, anchored?.blockHash ?? null]),
    );
    expect(blocks).toMatchObject({ 10: null, 9: second, 8: first, 7: first, 1: first });
    expect(statements.find(({ seq }) => seq === 8)?.anchored).toEqual({
      ...WARD_CHAIN,
      blockNumber: 900,
      blockAt: "2026-01-06T10:01:00.000Z",
      blockHash: first,
      transactionHash: `0x${"22".repeat(32)}`,
    });
  });

  test("a bundle holds the anchor of a later checkpoint, and is accepted where one is asked for", async () => {
    const ward = await wardOfNine(cloud());
    expect(await check(cloud(), await fetched(cloud(), 7))).toEqual({ ok: false, reason: "anchor-missing" });
    const hash = await ward.anchor({ number: 900, atMs: START_MS + 60_000 });
    for (const seq of [1, 7, 8]) {
      const bytes = await fetched(cloud(), seq);
      expect(await check(cloud(), bytes)).toMatchObject({
        ok: true,
        statement: { anchor: { ...WARD_CHAIN, blockNumber: 900, blockHash: hash } },
      });
      const note = Buffer.from(decodeBundle(bytes)?.anchor?.checkpoint ?? "", "base64").toString();
      expect(parseNote(note)?.signatures.map(({ name }) => name)).toEqual([ward.network.name]);
    }
  });

  test("an anchor that does not hold is not told in a bundle, and somebody is told of it", async () => {
    const ward = await wardOfNine(cloud());
    await ward.anchor({ number: 900, atMs: START_MS + 60_000 });
    await sql`UPDATE anchors SET log_index = 5`.execute(cloud().db);
    const bytes = await fetched(cloud(), 8);
    expect(decodeBundle(bytes)?.anchor).toBeNull();
    expect(await check(cloud(), bytes)).toEqual({ ok: false, reason: "anchor-missing" });
    const line = cloud().logged.find((each) => each.includes("an anchor does not hold"));
    expect(JSON.parse(line ?? "{}")).toMatchObject({ reason: "anchor-event-missing", blockNumber: 900 });
  });

  test("what is not final yet is told nowhere", async () => {
    const ward = await wardOfNine(cloud());
    await ward.anchor({ number: 900, atMs: START_MS + 60_000 });
    await sql`UPDATE anchors SET state = 'safe'`.execute(cloud().db);
    expect((await statementsOf(cloud())).statements.every(({ anchored }) => anchored === null)).toBe(true);
    expect(decodeBundle(await fetched(cloud(), 8))?.anchor).toBeNull();
  });
});
