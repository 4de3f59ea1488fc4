/** What is erased is gone from wherever it stood, and every other proof stays what it was. */
import { sql } from "kysely";
import { beforeEach, expect, it } from "vitest";
import { bedEventTable } from "../../cloud/retention/rows/bed-event-table.ts";
import { parsePolicy } from "../../contracts/log/policy.ts";
import { verifyBundle } from "../../contracts/log/verify-bundle.ts";
import { ErasureDone, ErasureList } from "../../contracts/wire/documents.ts";
import { GatewayLog } from "../support/gateway-log.ts";
import { allRows } from "./document-ward.ts";
import {
  ABSENT_SEQ,
  type ErasureWard,
  erasureWard,
  NEWEST_SEQ,
  ODD_MS,
  PRESENT_SEQ,
  statement,
  statements,
} from "./erasure-ward.ts";
import { sendLog } from "./evidence/intake-gateway.ts";
import { changed, decommissioned, START_MS } from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

const [ODD, ODD_AT] = [String(ODD_MS), new Date(ODD_MS).toISOString()];

describeOnEachDatabase("erasures of what a bed said", (cloud) => {
  let ward: ErasureWard;
  beforeEach(async () => {
    ward = await erasureWard(cloud());
    await ward.log(statements());
  });

  it("leave no trace of it in the database or the log of the service, nor of its salt", async () => {
    const salt = Buffer.from(ward.north.leaves[ABSENT_SEQ - 1]?.salt ?? "", "base64").toString("hex");
    const nurse = await cloud().signIn("nurse");
    expect((await ward.bundle(ABSENT_SEQ, nurse)).statusCode).toBe(200);
    const before = await allRows(cloud());
    expect([before.includes(ODD), before.includes(salt)]).toEqual([true, true]);
    const done = await ward.erase(statement(ABSENT_SEQ));
    expect(done).toMatchObject({
      status: 201,
      body: { kind: "bed-event", by: "hospital-admin", archives: [] },
    });
    await ward.witness();
    const after = (await allRows(cloud())) + cloud().logged.join("\n");
    for (const trace of [ODD, ODD_AT, salt]) expect(after).not.toContain(trace);
    const { leaves } = ErasureDone.parse(done.body);
    expect(leaves).toMatchObject([{ origin: ward.north.origin, index: ABSENT_SEQ - 1 }]);
    // That something was logged there stays provable.
    const bundle = await ward.bundle(ABSENT_SEQ, nurse);
    expect(bundle.json()).toMatchObject({ leaf: { index: ABSENT_SEQ - 1, opening: null } });
  });

  it("leave every other statement as proven as it was, and stand in the network's log themselves", async () => {
    const nurse = await cloud().signIn("nurse");
    const { body } = await cloud().get("/api/v1/evidence/policy", nurse);
    const parsed = parsePolicy(body);
    if (!parsed.ok) throw new Error(parsed.problem);
    await ward.erase(statement(ABSENT_SEQ));
    await ward.witness();
    for (const seq of [1, 2, PRESENT_SEQ, NEWEST_SEQ]) {
      const bundle = await ward.bundle(seq, nurse);
      expect(bundle.statusCode).toBe(200);
      const verdict = verifyBundle(bundle.rawPayload, parsed.policy);
      expect(verdict).toMatchObject({ ok: true, statement: { leaf: { firstSeq: seq } } });
    }
    const admin = await cloud().signIn("hospital-admin");
    const { erasures } = ErasureList.parse(await ward.list(admin));
    const { origin } = cloud().logIntake.network;
    expect(erasures).toMatchObject([
      { reason: "The patient asked for it.", leaves: [{ logged: { origin } }] },
    ]);
    const leaf = await cloud()
      .db.selectFrom("evidenceLeaves")
      .select("leaf")
      .where("kind", "=", "erasure")
      .executeTakeFirstOrThrow();
    expect(Buffer.from(leaf.leaf).toString()).toContain(ward.north.origin);
  });

  it("leave the board saying that nothing is known, from the statement before to the one after", async () => {
    await ward.erase(statement(ABSENT_SEQ));
    const timeline = await cloud().get("/api/v1/beds/bed-1/timeline", await cloud().signIn("nurse"));
    const { entries } = timeline.body as {
      entries: { kind: string; to: string; by: object; observedAt: string }[];
    };
    const said = entries.filter(({ kind }) => kind === "occupancy-changed");
    expect(said.map(({ to }) => to)).toEqual(["present", "unknown", "present", "absent"]);
    expect(said[1]).toMatchObject({
      by: { kind: "declaration", who: "erasure" },
      observedAt: said[2]?.observedAt,
    });
    const evidence = await cloud().get("/api/v1/beds/bed-1/evidence", await cloud().signIn("nurse"));
    expect(evidence.status).toBe(200);
  });

  it("next to each other are one stretch of not knowing", async () => {
    await ward.tell([changed("occupancy", "absent", { observedAtMs: START_MS - 900_000 })], 10);
    await ward.log([changed("occupancy", "absent", { observedAtMs: START_MS - 900_000 })]);
    for (const seq of [NEWEST_SEQ, ABSENT_SEQ]) expect((await ward.erase(statement(seq))).status).toBe(201);
    const rows = await cloud()
      .db.selectFrom("bedEvents")
      .select(["seq", "position"])
      .where("kind", "=", "occupancy-changed")
      .orderBy("position")
      .execute();
    expect(rows.map(({ seq }) => seq)).toEqual([6, PRESENT_SEQ, -1, 10]);
    expect(await allRows(cloud())).not.toContain(ODD);
  });

  it("do not come back when the gateway, or an archive, says it again", async () => {
    const [event] = statements().slice(ABSENT_SEQ - 1);
    const stored = await cloud()
      .db.selectFrom("bedEvents")
      .selectAll()
      .where("seq", "=", ABSENT_SEQ)
      .executeTakeFirstOrThrow();
    await ward.erase(statement(ABSENT_SEQ));
    expect(await ward.tell(statements())).toMatchObject({ status: 200, body: { duplicateCount: 9 } });
    expect((await sendLog(cloud(), ward.north.batch(0, 9, cloud().clock.now))).status).toBe(200);
    const cells = [stored.gatewayId, stored.epoch, "beds", String(stored.seq), stored.bedId, stored.kind];
    cells.push(JSON.stringify(event), String(stored.observedAtMs), String(stored.receivedAtMs), "0");
    const put = await cloud()
      .db.transaction()
      .execute((trx) => bedEventTable.putBack(trx, [[...cells, String(stored.position)]]));
    expect(put).toMatchObject({ added: 0 });
    expect(await allRows(cloud())).not.toContain(ODD);
  });

  it("take with them what a journal that began anew told again", async () => {
    const epoch = "00000000000000a2";
    const again = new GatewayLog({ gatewayId: "gw-north", epoch });
    await ward.tell(statements(), 1, { epoch, bootId: "b000000000000002" });
    await ward.log(statements(), again);
    const { body } = await ward.erase(statement(ABSENT_SEQ));
    expect(ErasureDone.parse(body).leaves).toMatchObject([
      { origin: ward.north.origin, index: 7 },
      { origin: again.origin, index: 7 },
    ]);
    expect(await allRows(cloud())).not.toContain(ODD);
    const twice = await ward.erase({ ...statement(ABSENT_SEQ), epoch });
    expect(twice.body).toMatchObject({ code: "ERASED_ALREADY" });
  });

  it("are refused while the bed is what the statement says, and of how the bed is set up", async () => {
    expect((await ward.erase(statement(NEWEST_SEQ))).body).toMatchObject({ code: "ERASURE_STANDS" });
    expect((await ward.erase(statement(5))).body).toMatchObject({ code: "ERASURE_STANDS" });
    expect((await ward.erase(statement(1))).body).toMatchObject({ code: "ERASURE_OF_SETUP" });
    // The same once more is newer evidence; that it began with the one before is still on the board.
    const same = changed("occupancy", "present", { observedAtMs: START_MS - 500_000 });
    await ward.tell([same], 10);
    await ward.log([same]);
    expect((await ward.erase(statement(NEWEST_SEQ))).body).toMatchObject({ code: "ERASURE_STANDS" });
    const gone = decommissioned({ observedAtMs: START_MS - 400_000 });
    await ward.tell([gone], 11);
    await ward.log([gone]);
    expect((await ward.erase(statement(10))).status).toBe(201);
    expect((await ward.erase(statement(NEWEST_SEQ))).status).toBe(201);
    const { axes } = await cloud().db.selectFrom("beds").select("axes").executeTakeFirstOrThrow();
    expect(axes).toMatchObject({ occupancy: { value: "unknown", sinceMs: null } });
  });

  it("happen once: again under the same key, again under another, and of two at the same moment one", async () => {
    const by = await cloud().signIn("hospital-admin");
    const first = await ward.erase(statement(ABSENT_SEQ), { by, key: "once" });
    const again = await ward.erase(statement(ABSENT_SEQ), { by, key: "once" });
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.body).toEqual(first.body);
    const other = { ...statement(PRESENT_SEQ) };
    expect((await ward.erase(other, { by, key: "once" })).body).toMatchObject({
      code: "IDEMPOTENCY_KEY_REUSED",
    });
    expect((await ward.erase(statement(ABSENT_SEQ))).body).toMatchObject({ code: "ERASED_ALREADY" });
    const both = await Promise.all([ward.erase(other), ward.erase(other)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  });

  it.each([
    ["of its bed", { bed: "bed-1" }, true],
    ["of the hospital", {}, true],
    ["of a device, on which it may rest", { device: "mat-1" }, true],
    ["of what was measured", { class: "vitals" }, false],
    ["of another time", { to: "2026-01-06T08:00:00Z" }, false],
  ])("wait for a legal hold %s, as far as it names the statement", async (_what, fields, isHeld) => {
    const by = await cloud().signIn("hospital-admin");
    const { db } = cloud();
    await sql`INSERT INTO series (gateway_id, device_id, metric) VALUES ('gw-north', 'mat-1', 'load')`.execute(
      db,
    );
    const hold = { hospital: "north", from: "2026-01-06T00:00:00Z", reason: "Case 7", ...fields };
    const post = async (url: string, payload: object) =>
      await cloud().app.inject({
        method: "POST",
        url,
        headers: { cookie: by, origin: "http://beds.example" },
        payload,
      });
    const placed = await post("/api/v1/legal-holds", hold);
    expect(placed.statusCode).toBe(201);
    const tried = await ward.erase(statement(ABSENT_SEQ));
    expect(tried).toMatchObject(isHeld ? { status: 409, body: { code: "ERASURE_HELD" } } : { status: 201 });
    if (!isHeld) return;
    expect(await allRows(cloud())).toContain(ODD);
    await post(`/api/v1/legal-holds/${placed.json().holdId}/release`, { reason: "It was settled." });
    expect((await ward.erase(statement(ABSENT_SEQ))).status).toBe(201);
  });

  it("are for the hospital's administrator alone; elsewhere there is nothing to erase", async () => {
    for (const role of ["super-admin", "doctor", "nurse", "facility-engineer"] as const) {
      const by = await cloud().signIn(role);
      expect((await ward.erase(statement(ABSENT_SEQ), { by })).status).toBe(403);
    }
    const by = await cloud().signIn("hospital-admin", "south");
    const [theirs, nobodys] = [
      await ward.erase(statement(ABSENT_SEQ), { by }),
      await ward.erase({ ...statement(ABSENT_SEQ), bedId: "bed-9" }, { by }),
    ];
    expect(theirs).toMatchObject({ status: 404, body: { code: "ERASURE_NOT_FOUND" } });
    expect({ ...theirs.body, instance: "" }).toEqual({ ...nobodys.body, instance: "" });
    await ward.erase(statement(ABSENT_SEQ));
    expect(await ward.list(by)).toMatchObject({ erasures: [] });
    expect(await ward.list(await cloud().signIn("super-admin"))).toMatchObject({
      erasures: [{ kind: "bed-event" }],
    });
  });

  it.each([
    ["a number that was never given", { seq: 99 }, 404, "ERASURE_NOT_FOUND"],
    ["another bed's number", { bedId: "bed-2" }, 404, "ERASURE_NOT_FOUND"],
    ["another journal", { epoch: "00000000000000ff" }, 404, "ERASURE_NOT_FOUND"],
    ["no reason", { reason: " " }, 400, "VALIDATION"],
    ["a document as well", { documentId: crypto.randomUUID() }, 400, "VALIDATION"],
  ])("of %s are refused", async (_what, fields, status, code) => {
    expect((await ward.erase({ ...statement(ABSENT_SEQ), ...fields })).body).toMatchObject({ status, code });
  });

  it("wait until the statement is logged", async () => {
    const next = changed("occupancy", "absent", { observedAtMs: START_MS - 900_000 });
    await ward.tell([next], 10);
    expect((await ward.erase(statement(10))).body).toMatchObject({ status: 409, code: "ERASURE_NOT_LOGGED" });
  });

  it("at the same moment as its bundle is asked for leave no bundle that tells it", async () => {
    const nurse = await cloud().signIn("nurse");
    const asked = Array.from({ length: 6 }, () => ward.bundle(ABSENT_SEQ, nurse));
    const [erased, ...bundles] = await Promise.all([ward.erase(statement(ABSENT_SEQ)), ...asked]);
    expect(erased.status).toBe(201);
    for (const { statusCode } of bundles) expect([200, 404]).toContain(statusCode);
    const kept = await allRows(cloud());
    expect(kept).not.toContain(ODD);
    expect(kept).not.toContain(Buffer.from(JSON.stringify(statements()[ABSENT_SEQ - 1])).toString("base64"));
    const { rows } = await sql<{ count: number }>`
      SELECT count(*)::int AS count FROM evidence_bundles WHERE leaf_index = ${ABSENT_SEQ - 1}
        AND has_opening AND bytes IS NOT NULL`.execute(cloud().db);
    expect(rows).toEqual([{ count: 0 }]);
  });
});
