/** The file that proves what a bed said, made here and checked as a stranger would. */
import { createHash } from "node:crypto";
import { CarReader } from "@ipld/car";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { decodeBundle } from "../../../contracts/log/bundle.ts";
import { parsePolicy } from "../../../contracts/log/policy.ts";
import { type Verdict, verifyBundle } from "../../../contracts/log/verify-bundle.ts";
import { ed25519Signer } from "../../support/ed25519-signer.ts";
import { type LoggedWard, loggedWard } from "../../support/logged-ward.ts";
import { batch, changed, commissioned, freeBed, NORTH_EPOCH } from "../records.ts";
import { describeOnEachDatabase, type TestCloud } from "../support.ts";

const URL_OF_6 = `/api/v1/beds/bed-1/evidence/${NORTH_EPOCH}/6/bundle`;

async function fetched(cloud: TestCloud, url: string, cookie?: string) {
  const reply = await cloud.app.inject({ url, headers: { cookie: cookie ?? (await cloud.signIn("nurse")) } });
  return { status: reply.statusCode, headers: reply.headers, bytes: new Uint8Array(reply.rawPayload) };
}

async function check(cloud: TestCloud, bytes: Uint8Array): Promise<Verdict> {
  const { body } = await cloud.get("/api/v1/evidence/policy", await cloud.signIn("patient"));
  const parsed = parsePolicy(body);
  if (!parsed.ok) throw new Error(parsed.problem);
  return verifyBundle(bytes, parsed.policy);
}

async function witnessedWard(cloud: TestCloud): Promise<LoggedWard> {
  const ward = await loggedWard(cloud);
  await ward.say("gw-north", freeBed("bed-1"));
  await ward.say("gw-south", freeBed("south-1"));
  await ward.sign("gw-north");
  await ward.sign("gw-south");
  await ward.publish();
  await ward.witness(["gw-north", "gw-south", "gw-east"]);
  return ward;
}

describeOnEachDatabase("bundles", (cloud) => {
  test("a bundle is accepted by the policy that the service tells, and says what the bed said", async () => {
    await witnessedWard(cloud());
    const { status, headers, bytes } = await fetched(cloud(), URL_OF_6);
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("application/json");
    expect(headers["x-evidence-opening"]).toBe("kept");
    expect(headers.etag).toBe(`"${String(headers["x-content-cid"])}"`);
    expect(headers["content-disposition"]).toBe(`attachment; filename="bed-1-${NORTH_EPOCH}-6.json"`);
    expect(bytes.length).toBeLessThan(8_192);
    expect(await check(cloud(), bytes)).toMatchObject({
      ok: true,
      statement: {
        gateway: { gatewayId: "gw-north", epoch: NORTH_EPOCH },
        leaf: { firstSeq: 6, payload: changed("occupancy", "absent") },
        witnesses: [{ name: "hospitell/gateway/gw-east" }, { name: "hospitell/gateway/gw-south" }],
        anchor: null,
      },
    });
  });

  test("as a CAR it is one block under the CID of the same bytes", async () => {
    await witnessedWard(cloud());
    const json = await fetched(cloud(), URL_OF_6);
    const car = await fetched(cloud(), `${URL_OF_6}?format=car`);
    expect(car.headers["content-type"]).toBe("application/vnd.ipld.car; version=1");
    expect(car.headers["x-content-cid"]).toBe(json.headers["x-content-cid"]);
    expect(await check(cloud(), car.bytes)).toMatchObject({ ok: true });
    const reader = await CarReader.fromBytes(car.bytes);
    const [root] = await reader.getRoots();
    expect(root?.toString()).toBe(json.headers["x-content-cid"]);
    expect(root?.version).toBe(1);
    expect(root?.code).toBe(0x55);
    expect(Buffer.from(root?.multihash.digest ?? [])).toEqual(
      createHash("sha256").update(json.bytes).digest(),
    );
    expect(root && (await reader.get(root))?.bytes).toEqual(json.bytes);
  });

  test("until it is witnessed there is none, and the answer says which step is missing", async () => {
    const ward = await loggedWard(cloud());
    await cloud().sync(batch(freeBed("bed-1")));
    const step = async () => {
      const { status, bytes } = await fetched(cloud(), URL_OF_6);
      const problem = JSON.parse(Buffer.from(bytes).toString());
      expect({ status, code: problem.code }).toEqual({ status: 409, code: "NOT_WITNESSED_YET" });
      return problem.step;
    };
    expect(await step()).toBe("log");
    await ward.log(
      "gw-north",
      1,
      freeBed("bed-1").map((event) => JSON.stringify(event)),
    );
    expect(await step()).toBe("network");
    await ward.sign("gw-north");
    expect(await step()).toBe("network");
    await ward.publish();
    expect(await step()).toBe("witness");
    await ward.witness(["gw-north"]);
    expect(await step()).toBe("witness");
    await ward.witness(["gw-south"]);
    expect((await fetched(cloud(), URL_OF_6)).status).toBe(200);
  });

  test("of what was erased the bundle opens nothing, and is accepted all the same", async () => {
    await witnessedWard(cloud());
    await sql`UPDATE evidence_leaves SET salt = NULL, payload = NULL, erased_at_ms = 1
      WHERE lane = 'beds' AND first_seq = 6`.execute(cloud().db);
    await cloud().db.deleteFrom("bedEvents").where("seq", "=", 6).execute();
    const { headers, bytes } = await fetched(cloud(), URL_OF_6);
    expect(headers["x-evidence-opening"]).toBe("erased");
    expect(decodeBundle(bytes)?.leaf.opening).toBeNull();
    expect(await check(cloud(), bytes)).toMatchObject({ ok: true, statement: { leaf: { payload: null } } });
  });

  test("what the board keeps no longer is proven all the same, to whom the bed belongs", async () => {
    await witnessedWard(cloud());
    await cloud().db.deleteFrom("bedEvents").where("seq", "=", 6).execute();
    expect(await check(cloud(), (await fetched(cloud(), URL_OF_6)).bytes)).toMatchObject({ ok: true });
    await cloud().sync(batch([commissioned({ bedId: "bed-2" })], { firstSeq: 7 }));
    const ofAnother = await fetched(cloud(), URL_OF_6.replace("bed-1", "bed-2"));
    expect(ofAnother.status).toBe(404);
  });

  test("a key that was replaced proves what it signed, and the next one what came after", async () => {
    const ward = await witnessedWard(cloud());
    await ward.revoke("gw-north", ed25519Signer("hospitell/gateway/gw-north", 77));
    await ward.say("gw-north", [changed("occupancy", "present")]);
    await ward.sign("gw-north");
    await ward.publish();
    await ward.witness(["gw-south"]);
    for (const [seq, keys] of [
      [6, ["key-added"]],
      [7, ["key-added"]],
    ] as const) {
      const { bytes } = await fetched(cloud(), `/api/v1/beds/bed-1/evidence/${NORTH_EPOCH}/${seq}/bundle`);
      expect(decodeBundle(bytes)?.keys.map(({ kind }) => kind)).toEqual(keys);
      expect(await check(cloud(), bytes)).toMatchObject({ ok: true });
    }
  });

  test("a revocation that the checkpoint covers stands in the bundle", async () => {
    const ward = await loggedWard(cloud());
    await ward.say("gw-north", freeBed("bed-1"));
    await ward.sign("gw-north");
    await ward.publish();
    await ward.revoke("gw-north");
    await ward.publish();
    await ward.witness(["gw-south"]);
    const { bytes } = await fetched(cloud(), URL_OF_6);
    expect(decodeBundle(bytes)?.keys.map(({ kind }) => kind)).toEqual(["key-added", "key-revoked"]);
    expect(await check(cloud(), bytes)).toMatchObject({ ok: true });
  });

  test("a checkpoint of another key is passed over for the next one", async () => {
    const ward = await loggedWard(cloud());
    await ward.say("gw-north", freeBed("bed-1"));
    await ward.sign("gw-north", ed25519Signer("hospitell/gateway/gw-north", 66));
    await ward.publish();
    await ward.say("gw-north", [changed("occupancy", "present")]);
    await ward.sign("gw-north");
    await ward.publish();
    await ward.witness(["gw-south"]);
    const { bytes } = await fetched(cloud(), URL_OF_6);
    expect(await check(cloud(), bytes)).toMatchObject({ ok: true, statement: { gateway: { size: 7 } } });
  });

  test("what a stranger would refuse is never served", async () => {
    await witnessedWard(cloud());
    await sql`UPDATE evidence_leaves SET payload = replace(payload, 'absent', 'present')
      WHERE lane = 'beds' AND first_seq = 6`.execute(cloud().db);
    const { status, bytes } = await fetched(cloud(), URL_OF_6);
    expect(status).toBe(500);
    expect(JSON.parse(Buffer.from(bytes).toString())).toMatchObject({
      code: "BUNDLE_NOT_PROVEN",
      reason: "payload-mismatch",
    });
    expect(cloud().logged.join("\n")).toContain("does not pass its own check");
    const kept = await sql`SELECT FROM evidence_bundles`.execute(cloud().db);
    expect(kept.rows).toHaveLength(0);
  });

  test("there is none of another hospital's bed, of another bed's record, or of a number nobody used", async () => {
    await witnessedWard(cloud());
    const codeOf = async (url: string) => {
      const { status, bytes } = await fetched(cloud(), url);
      return `${status} ${JSON.parse(Buffer.from(bytes).toString()).code}`;
    };
    expect(await codeOf("/api/v1/beds/south-1/evidence/00000000000000b1/6/bundle")).toBe("404 BED_NOT_FOUND");
    expect(await codeOf("/api/v1/beds/bed-1/evidence/00000000000000b1/6/bundle")).toBe(
      "404 STATEMENT_NOT_FOUND",
    );
    expect(await codeOf(`/api/v1/beds/bed-1/evidence/${NORTH_EPOCH}/99/bundle`)).toBe(
      "404 STATEMENT_NOT_FOUND",
    );
    expect(await codeOf("/api/v1/beds/bed-1/evidence/nonsense/6/bundle")).toBe("400 VALIDATION");
    expect(await codeOf(`${URL_OF_6}?format=exe`)).toBe("400 VALIDATION");
  });
});
