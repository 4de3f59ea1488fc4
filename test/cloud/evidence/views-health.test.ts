/** How the logs are, what a reader is asked to trust, and who is told what of it. */
import { sql } from "kysely";
import { expect, test } from "vitest";
import { toBase64 } from "../../../contracts/log/bytes.ts";
import { parseNote } from "../../../contracts/log/note.ts";
import { cosignedAtMs, isSignedBy } from "../../../contracts/log/signed-note.ts";
import { EvidenceHealth, EvidencePolicy } from "../../../contracts/wire/evidence.ts";
import type { PersonRole } from "../../../contracts/wire/roles.ts";
import { ed25519Signer } from "../../support/ed25519-signer.ts";
import { loggedWard, WARD_CHAIN } from "../../support/logged-ward.ts";
import { freeBed, START_MS } from "../records.ts";
import { describeOnEachDatabase, type TestCloud } from "../support.ts";

async function healthFor(cloud: TestCloud, role: PersonRole, hospital: "north" | "south" = "north") {
  const { status, body } = await cloud.get("/api/v1/evidence/health", await cloud.signIn(role, hospital));
  expect(status).toBe(200);
  return EvidenceHealth.parse(body);
}

async function alarm(
  { db }: TestCloud,
  gatewayId: string | null,
  detail: string,
  atMs: number,
): Promise<void> {
  const kind = gatewayId === null ? "witness-refused" : "gateway-fork";
  await db
    .insertInto("evidenceAlarms")
    .values({ alarmId: crypto.randomUUID(), kind, gatewayId, subject: detail, detail, proof: null, atMs })
    .execute();
}

describeOnEachDatabase("health of the evidence", (cloud) => {
  test("before anything is logged everything is told as nothing", async () => {
    const health = await healthFor(cloud(), "nurse");
    expect(health.network).toMatchObject({ size: 0, signedAt: null, witnessedSize: 0, witnessedAt: null });
    expect(health.network.origin).toMatch(/^hospitell\/network\/[0-9a-f]{16}$/);
    expect(health.gateways).toEqual([
      {
        gatewayId: "gw-north",
        hospitalId: "north",
        origin: null,
        size: 0,
        signedAt: null,
        heardAt: null,
        publicKey: null,
        keyState: "none",
        cosignedSize: 0,
        cosignedAt: null,
        halted: null,
      },
    ]);
    expect(health).toMatchObject({ anchor: null, alarms: [] });
  });

  test("sizes, times and keys are those of the logs", async () => {
    const ward = await loggedWard(cloud());
    await ward.say("gw-north", freeBed("bed-1"));
    cloud().clock.now += 1_000;
    await ward.sign("gw-north");
    const witnessed = await ward.publish();
    cloud().clock.now += 1_000;
    await ward.witness(["gw-north"]);
    await ward.say("gw-north", freeBed("bed-2"));
    await ward.sign("gw-north");
    cloud().clock.now += 1_000;
    const size = await ward.publish();
    const { network, gateways } = await healthFor(cloud(), "facility-engineer");
    expect(network).toEqual({
      origin: ward.network.name,
      publicKey: toBase64(ward.network.publicKey),
      size,
      signedAt: "2026-01-06T10:00:03.000Z",
      witnessedSize: witnessed,
      witnessedAt: "2026-01-06T10:00:01.000Z",
      witnessesMin: 1,
    });
    expect(gateways).toMatchObject([
      {
        origin: "hospitell/gateway/gw-north/00000000000000a1",
        size: 12,
        signedAt: "2026-01-06T10:00:02.000Z",
        publicKey: toBase64(ward.signerOf("gw-north").publicKey),
        keyState: "in-force",
        cosignedSize: witnessed,
        cosignedAt: "2026-01-06T10:00:02.000Z",
      },
    ]);
  });

  test("a key that was revoked and has no successor is told as revoked, and a halted log with its reason", async () => {
    const ward = await loggedWard(cloud());
    await ward.revoke("gw-north");
    await sql`UPDATE evidence_logs SET halted = 'two histories' WHERE gateway_id = 'gw-north'`.execute(
      cloud().db,
    );
    expect((await healthFor(cloud(), "nurse")).gateways).toMatchObject([
      { keyState: "revoked", halted: "two histories" },
    ]);
  });

  test("gateways and alarms of a hospital are for those who see it, and what is of none for the network", async () => {
    await loggedWard(cloud());
    await alarm(cloud(), "gw-north", "of the north", START_MS);
    await alarm(cloud(), "gw-south", "of the south", START_MS + 1);
    await alarm(cloud(), null, "of nobody", START_MS + 2);
    const seen = async (role: PersonRole, hospital: "north" | "south") => {
      const { gateways, alarms } = await healthFor(cloud(), role, hospital);
      return [gateways.map(({ gatewayId }) => gatewayId), alarms.map(({ detail }) => detail)];
    };
    expect(await seen("nurse", "north")).toEqual([["gw-north"], ["of the north"]]);
    expect(await seen("hospital-admin", "south")).toEqual([["gw-south"], ["of the south"]]);
    expect(await seen("super-admin", "north")).toEqual([
      ["gw-east", "gw-north", "gw-south"],
      ["of nobody", "of the south", "of the north"],
    ]);
  });

  test("the anchor is told as the chain's own table has it", async () => {
    const ward = await loggedWard(cloud());
    await ward.say("gw-north", freeBed("bed-1"));
    await ward.sign("gw-north");
    const size = await ward.publish();
    await ward.anchor({ number: 900, atMs: START_MS + 60_000 });
    expect((await healthFor(cloud(), "nurse")).anchor).toMatchObject({
      ...WARD_CHAIN,
      anchoredSize: size,
      blockNumber: 900,
      anchoredAt: "2026-01-06T10:01:00.000Z",
      gasSpent: "38000",
    });
  });
});

describeOnEachDatabase("what a reader is asked to trust", (cloud) => {
  test("the network's key, the keys in force, and the contract, for every person", async () => {
    const ward = await loggedWard(cloud());
    const next = ed25519Signer("hospitell/gateway/gw-east", 44);
    await ward.revoke("gw-south");
    await ward.revoke("gw-east", next);
    await ward.publish();
    await ward.anchor({ number: 900, atMs: START_MS });
    const { status, body } = await cloud().get("/api/v1/evidence/policy", await cloud().signIn("patient"));
    expect(status).toBe(200);
    expect(EvidencePolicy.parse(body)).toEqual({
      network: { name: ward.network.name, publicKey: toBase64(ward.network.publicKey) },
      witnesses: [
        { name: next.name, publicKey: toBase64(next.publicKey) },
        {
          name: "hospitell/gateway/gw-north",
          publicKey: toBase64(ward.signerOf("gw-north").publicKey),
        },
      ],
      witnessesMin: 1,
      anchors: [WARD_CHAIN],
      anchorRequired: false,
    });
  });

  test("the newest witnessed checkpoint comes as a note with its cosignatures, and none before one is", async () => {
    const ward = await loggedWard(cloud());
    const first = await ward.publish();
    const cookie = await cloud().signIn("patient");
    const none = await cloud().get("/api/v1/evidence/checkpoint", cookie);
    expect(none).toMatchObject({ status: 404, body: { code: "CHECKPOINT_NOT_WITNESSED" } });
    await ward.witness(["gw-north", "gw-south"]);
    await ward.enter({ kind: "erasure", origin: "hospitell/gateway/gw-north/00000000000000a1", index: 0 });
    await ward.publish();
    const reply = await cloud().app.inject({ url: "/api/v1/evidence/checkpoint", headers: { cookie } });
    expect(reply.headers["content-type"]).toBe("text/plain; charset=utf-8");
    const note = parseNote(reply.body);
    if (note === null) throw new Error(`no note: ${reply.body}`);
    expect(note).toMatchObject({ origin: ward.network.name, size: first });
    expect(isSignedBy(note, ward.network)).toBe(true);
    expect(cosignedAtMs(note, ward.signerOf("gw-north"))).toBe(START_MS);
    expect(cosignedAtMs(note, ward.signerOf("gw-south"))).toBe(START_MS);
    expect(cosignedAtMs(note, ward.signerOf("gw-east"))).toBeNull();
  });
});
