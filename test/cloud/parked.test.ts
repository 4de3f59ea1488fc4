import { expect, test } from "vitest";
import { BedPage } from "../../contracts/wire/board.ts";
import { ParkedRecordPage } from "../../contracts/wire/parked-records.ts";
import { batch, changed, commissioned, freeBed, NORTH_EPOCH, reading, south } from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

describeOnEachDatabase("parked records", (cloud) => {
  const list = async (cookie: string, query = "") =>
    ParkedRecordPage.parse((await cloud().get(`/api/v1/parked-records${query}`, cookie)).body);
  const replay = async (cookie: string, payload: object) => {
    const headers = { cookie, origin: "http://beds.example" };
    const reply = await cloud().app.inject({
      method: "POST",
      url: "/api/v1/parked-records/replay",
      headers,
      payload,
    });
    return { status: reply.statusCode, body: reply.json() };
  };
  const occupied = changed("occupancy", "present");
  const key = (seq: number) => ({ gatewayId: "gw-north", epoch: NORTH_EPOCH, lane: "beds", seq });

  test("are listed for those who put it right, hospital by hospital, without what they say", async () => {
    await cloud().sync(batch([occupied, { label: "Mrs Smith" }]));
    await cloud().sync(batch([occupied], south));
    const admin = await list(await cloud().signIn("super-admin"));
    const south1 = await list(await cloud().signIn("facility-engineer", "south"));
    expect(admin.records.map(({ gatewayId, seq }) => [gatewayId, seq])).toEqual([
      ["gw-north", 1],
      ["gw-north", 2],
      ["gw-south", 1],
    ]);
    expect(admin.records[0]).toMatchObject({
      reason: "bed was not commissioned",
      about: { kind: "occupancy-changed", bedId: "bed-1", deviceId: null, metric: null },
    });
    expect(JSON.stringify(admin)).not.toContain("Smith");
    expect(south1.records.map(({ gatewayId }) => gatewayId)).toEqual(["gw-south"]);
  });

  test("are walked page by page", async () => {
    await cloud().sync(batch([{}, {}, {}, {}, {}]));
    const cookie = await cloud().signIn("hospital-admin");
    const seqs: number[] = [];
    let cursor: string | null = null;
    do {
      const page = await list(cookie, `?limit=2${cursor === null ? "" : `&cursor=${cursor}`}`);
      seqs.push(...page.records.map(({ seq }) => seq));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seqs).toEqual([1, 2, 3, 4, 5]);
  });

  test("are stored when they are tried again after what was missing came", async () => {
    await cloud().sync(batch([occupied, { kind: "nonsense" }]));
    const cookie = await cloud().signIn("hospital-admin");
    const early = await replay(cookie, { records: [key(1)] });
    expect(early.body).toMatchObject({
      storedCount: 0,
      stillParked: [{ seq: 1, reason: "bed was not commissioned" }],
    });

    await cloud()
      .db.updateTable("parkedRecords")
      .set({ body: JSON.stringify(commissioned()) })
      .where("seq", "=", 1)
      .execute();
    const { body } = await replay(cookie, { all: true });
    expect(body).toMatchObject({ storedCount: 1, stillParked: [{ seq: 2 }], nextCursor: null });
    expect((await replay(cookie, { records: [key(1)] })).body).toMatchObject({
      storedCount: 0,
      stillParked: [],
    });
    const { body: beds } = await cloud().get("/api/v1/beds", await cloud().signIn("emergency-coordinator"));
    expect(BedPage.parse(beds).beds).toMatchObject([{ bedId: "bed-1" }]);
  });

  test("an event from before what was said since joins the history and changes nothing", async () => {
    const { by: _by, ...broken } = changed("occupancy", "present") as Record<string, unknown>;
    await cloud().sync(batch([commissioned(), broken, changed("occupancy", "absent")]));
    const whole = JSON.stringify(changed("occupancy", "present"));
    await cloud().db.updateTable("parkedRecords").set({ body: whole }).execute();
    const { body } = await replay(await cloud().signIn("super-admin"), { all: true });
    expect(body).toMatchObject({ storedCount: 1, stillParked: [] });
    const { body: beds } = await cloud().get("/api/v1/beds", await cloud().signIn("emergency-coordinator"));
    expect(BedPage.parse(beds).beds[0]?.axes.occupancy.value).toBe("absent");
    expect(await cloud().db.selectFrom("bedEvents").select("seq").execute()).toHaveLength(3);
  });

  test("a reading is stored under its number once its bed is the gateway's own", async () => {
    await cloud().sync(batch(freeBed("bed-1"), south));
    await cloud().sync(batch([reading(), reading({ bedId: null })], { lane: "vitals" }));
    await cloud().db.updateTable("beds").set({ gatewayId: "gw-north", hospitalId: "north" }).execute();
    const { body } = await replay(await cloud().signIn("facility-engineer"), { all: true });
    expect(body).toMatchObject({ storedCount: 1, stillParked: [] });
    const stored = await cloud().db.selectFrom("readings").select(["seq", "value"]).orderBy("seq").execute();
    expect(stored).toEqual([
      { seq: 1, value: 71.5 },
      { seq: 2, value: 71.5 },
    ]);
  });

  test("of another hospital cannot be tried, and a cursor that is none is refused", async () => {
    await cloud().sync(batch([{}]));
    const cookie = await cloud().signIn("hospital-admin", "south");
    expect((await replay(cookie, { records: [key(1)] })).body).toMatchObject({
      storedCount: 0,
      stillParked: [],
    });
    expect((await replay(cookie, { all: true, cursor: "bm9uc2Vuc2U" })).status).toBe(400);
  });
});
