/** After old checkpoints went: every bundle is what it was, and what stays is consistent. */
import { sql } from "kysely";
import { expect, test } from "vitest";
import { CHECKPOINTS_KEPT_MS, EvidenceKeeper } from "../../../cloud/evidence/keeping/keeper.ts";
import { appendLeaves, consistencyProof, rootAt } from "../../../cloud/evidence/tree-store.ts";
import { createLog } from "../../../cloud/http/log.ts";
import { commitmentOf } from "../../../contracts/log/hash.ts";
import { encodeGatewayLeaf } from "../../../contracts/log/leaf.ts";
import { gatewayKeyName } from "../../../contracts/log/note.ts";
import { parsePolicy } from "../../../contracts/log/policy.ts";
import { isConsistent } from "../../../contracts/log/tree.ts";
import { verifyBundle } from "../../../contracts/log/verify-bundle.ts";
import { ed25519Signer } from "../../support/ed25519-signer.ts";
import { type LoggedWard, loggedWard, WARD_EPOCHS, type WardGateway } from "../../support/logged-ward.ts";
import { changed, commissioned, NORTH_EPOCH } from "../records.ts";
import { describeOnEachDatabase, type TestCloud } from "../support.ts";

/** Of some hundred statements each, which take their time beside other tests. */
const TEST_MS_MAX = 60_000;
const NEVER = new AbortController().signal;
const ROUNDS = 24;
/** In the others there are readings alone. */
const ROUNDS_WITH_EVENTS = [0, 6, 7, 11, 18, 21];
const KEY_CHANGES_AT = 14;
const ANCHORED_AT = 9;

type Stored = { logId: number; size: number; root: Uint8Array; isNetwork: boolean };
async function checkpoints({ db }: TestCloud): Promise<Stored[]> {
  const { rows } = await sql<Stored>`
    SELECT log_id, point.size, root, log.gateway_id IS NULL AS is_network
    FROM evidence_checkpoints point JOIN evidence_logs log USING (log_id) ORDER BY log_id, point.size`.execute(
    db,
  );
  return rows;
}

let readings = 0;
async function measure({ db, clock }: TestCloud, gatewayId: WardGateway): Promise<void> {
  const { logId } = await db
    .selectFrom("evidenceLogs")
    .select("logId")
    .where("gatewayId", "=", gatewayId)
    .where("epoch", "=", WARD_EPOCHS[gatewayId])
    .executeTakeFirstOrThrow();
  readings += 1;
  const commitment = commitmentOf(new Uint8Array(32), new Uint8Array(readings));
  const leaf = { kind: "readings", lane: "vitals", firstSeq: readings, lastSeq: readings } as const;
  const added = [{ ...leaf, leaf: encodeGatewayLeaf({ ...leaf, commitment }) }];
  await db.transaction().execute((trx) => appendLeaves(trx, logId, added, clock.now));
}

/** Minutes of two gateways that sign each second, of which the one says something at times. */
async function grown(cloud: TestCloud): Promise<{ ward: LoggedWard; seqs: number[] }> {
  const ward = await loggedWard(cloud);
  const seqs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    cloud.clock.now += 1_000;
    if (round === KEY_CHANGES_AT)
      await ward.revoke("gw-north", ed25519Signer(gatewayKeyName("gw-north"), 77));
    await measure(cloud, "gw-north");
    await measure(cloud, "gw-south");
    if (ROUNDS_WITH_EVENTS.includes(round)) {
      const event =
        round === 0 ? commissioned() : changed("occupancy", round % 2 === 0 ? "present" : "absent");
      seqs.push(await ward.say("gw-north", [event]));
    }
    await ward.sign("gw-north");
    await ward.sign("gw-south");
    await ward.publish();
    // The gateway itself always, another one in every second round.
    await ward.witness(round % 2 === 0 ? ["gw-north"] : ["gw-north", "gw-east"]);
    if (round === ANCHORED_AT) await ward.anchor({ number: 1_000, atMs: cloud.clock.now });
  }
  return { ward, seqs };
}

async function bundlesOf(cloud: TestCloud, seqs: readonly number[]): Promise<Buffer[]> {
  const cookie = await cloud.signIn("nurse");
  const bundles: Buffer[] = [];
  for (const seq of seqs) {
    const url = `/api/v1/beds/bed-1/evidence/${NORTH_EPOCH}/${seq}/bundle`;
    const { statusCode, rawPayload } = await cloud.app.inject({ url, headers: { cookie } });
    expect(statusCode, rawPayload.toString()).toBe(200);
    bundles.push(rawPayload);
  }
  return bundles;
}

const keeperOf = ({ db, clock }: TestCloud) =>
  new EvidenceKeeper({
    ...{ db, clock, witnessesMin: 1 },
    randomness: { bytes: (count) => new Uint8Array(count) },
    log: createLog({ write: () => undefined }),
  });

async function requireConsistent(cloud: TestCloud): Promise<void> {
  const byLog = Map.groupBy(await checkpoints(cloud), ({ logId }) => logId);
  for (const [logId, points] of byLog)
    for (const [place, newer] of points.entries()) {
      expect(Buffer.from(await rootAt(cloud.db, logId, newer.size))).toEqual(Buffer.from(newer.root));
      const older = points[place - 1];
      if (older === undefined) continue;
      const path = await consistencyProof(cloud.db, logId, older.size, newer.size);
      expect(isConsistent(older, newer, path)).toBe(true);
    }
}

async function requireVerified(cloud: TestCloud, bundles: readonly Buffer[]): Promise<void> {
  const { body } = await cloud.get("/api/v1/evidence/policy", await cloud.signIn("patient"));
  const parsed = parsePolicy(body);
  if (!parsed.ok) throw new Error(parsed.problem);
  for (const bundle of bundles) expect(verifyBundle(bundle, parsed.policy)).toMatchObject({ ok: true });
}

describeOnEachDatabase("old checkpoints", (cloud) => {
  test(
    "go where nothing rests on them, and every bundle stays what it was, to the byte",
    async () => {
      const { seqs } = await grown(cloud());
      const before = await bundlesOf(cloud(), seqs);
      await requireVerified(cloud(), before);
      const all = await checkpoints(cloud());
      expect(await keeperOf(cloud()).round(NEVER)).toBe(0);
      cloud().clock.now += CHECKPOINTS_KEPT_MS + 1;
      expect(await keeperOf(cloud()).round(NEVER)).toBeGreaterThan(0);
      const left = await checkpoints(cloud());
      const count = (points: readonly Stored[], isNetwork: boolean) =>
        points.filter((point) => point.isNetwork === isNetwork).length;
      expect([count(all, false), count(all, true)]).toEqual([2 * ROUNDS, ROUNDS]);
      // Of each gateway the first four, some at a change of its key, those of its events and the newest.
      expect(count(left, false)).toBeLessThanOrEqual(4 + 1 + 4 + ROUNDS_WITH_EVENTS.length + 4 + 1);
      expect(count(left, true)).toBeLessThan((3 / 4) * ROUNDS);
      expect(await bundlesOf(cloud(), seqs)).toEqual(before);
      await requireConsistent(cloud());
      const { rows: orphans } = await sql`
      SELECT FROM evidence_cosignatures line WHERE NOT EXISTS (
        SELECT FROM evidence_checkpoints point JOIN evidence_logs log USING (log_id)
        WHERE log.gateway_id IS NULL AND point.size = line.size)`.execute(cloud().db);
      expect(orphans).toEqual([]);
      const { rows: anchored } = await sql`
      SELECT FROM anchors anchor JOIN evidence_checkpoints point ON point.size = anchor.size
      JOIN evidence_logs log ON log.log_id = point.log_id AND log.gateway_id IS NULL`.execute(cloud().db);
      expect(anchored).toHaveLength(1);
      // The bundles that were asked for are kept for as long, from now on.
      expect(await keeperOf(cloud()).round(NEVER)).toBe(0);
    },
    TEST_MS_MAX,
  );

  test(
    "leave a bundle to be made when a witness that it had is revoked",
    async () => {
      const { ward, seqs } = await grown(cloud());
      cloud().clock.now += CHECKPOINTS_KEPT_MS + 1;
      await keeperOf(cloud()).round(NEVER);
      await ward.witness(["gw-south"]);
      cloud().clock.now += CHECKPOINTS_KEPT_MS + 1;
      await keeperOf(cloud()).round(NEVER);
      await ward.revoke("gw-east");
      await requireVerified(cloud(), await bundlesOf(cloud(), seqs));
    },
    TEST_MS_MAX,
  );

  test(
    "wait for the first that witnesses a word, however long nobody did",
    async () => {
      const ward = await loggedWard(cloud());
      // The first few of a log are kept whatever they cover, with what proves them.
      for (let second = 0; second < 5; second += 1) {
        await measure(cloud(), "gw-north");
        await ward.sign("gw-north");
        await ward.publish();
        await ward.witness(["gw-south"]);
      }
      const seqs = [await ward.say("gw-north", [commissioned()])];
      await ward.sign("gw-north");
      await ward.publish();
      for (let day = 0; day < 9; day += 1) {
        cloud().clock.now += 86_400_000;
        await measure(cloud(), "gw-north");
        await ward.sign("gw-north");
        await ward.publish();
        await ward.witness(day === 8 ? ["gw-north", "gw-south"] : ["gw-north"]);
        await keeperOf(cloud()).round(NEVER);
      }
      const before = await bundlesOf(cloud(), seqs);
      for (let day = 0; day < 9; day += 1) {
        cloud().clock.now += 86_400_000;
        await measure(cloud(), "gw-north");
        await ward.sign("gw-north");
        await ward.publish();
        await ward.witness(["gw-north", "gw-south"]);
        await keeperOf(cloud()).round(NEVER);
      }
      expect(await bundlesOf(cloud(), seqs)).toEqual(before);
      await requireConsistent(cloud());
    },
    TEST_MS_MAX,
  );
});
