import { setTimeout } from "node:timers/promises";
import { sql } from "kysely";
import { expect, test } from "vitest";
import type { EventSource } from "../../cloud/ingest/apply-bed-event.ts";
import { storeBedEvents } from "../../cloud/ingest/bed-event-rows.ts";
import { CLOCK_TOLERANCE_MS } from "../../cloud/ingest/gateway-clock.ts";
import { followReadings } from "../../cloud/ingest/latest-values.ts";
import { BedPage } from "../../contracts/wire/board.ts";
import { Epoch, GatewayId, HospitalId } from "../../contracts/wire/ids.ts";
import { readFlags } from "../../contracts/wire/reading-columns.ts";
import {
  batch,
  changed,
  columns,
  commissioned,
  decommissioned,
  freeBed,
  NORTH_EPOCH,
  reading,
  START_MS,
  south,
} from "./records.ts";
import { describeOnEachDatabase, type TestCloud } from "./support.ts";

/** Everything that ingest writes, for "nothing changed". */
async function everythingStored({ db }: TestCloud): Promise<unknown[]> {
  const tables = [
    "journals",
    "lanes",
    "bed_events",
    "outbox",
    "readings",
    "beds",
    "parked_records",
    "tombstones",
    "reading_aggregates",
    "equivocations",
  ];
  const rows = tables.map((table) => sql`SELECT * FROM ${sql.table(table)} ORDER BY 1, 2, 3`.execute(db));
  return (await Promise.all(rows)).map((result) => result.rows);
}

const northAt = (receivedAtMs: number): EventSource => ({
  hospitalId: HospitalId.parse("north"),
  gatewayId: GatewayId.parse("gw-north"),
  epoch: Epoch.parse(NORTH_EPOCH),
  clock: { offsetMs: 0, receivedAtMs },
});

const NEW_EPOCH = "00000000000000a2";

describeOnEachDatabase("ingest", (cloud) => {
  test("a batch is stored and answered with the lane's mark", async () => {
    const { status, body } = await cloud().sync(batch(freeBed("bed-1")));
    expect(status).toBe(200);
    expect(body).toEqual({
      highWaterMarkSeq: 6,
      storedCount: 6,
      duplicateCount: 0,
      parked: [],
      serverTimeMs: START_MS,
    });
  });

  test("a batch that comes again after its reply was lost changes nothing", async () => {
    const sent = batch([...freeBed("bed-1"), { kind: "nonsense" }]);
    const first = await cloud().sync(sent);
    const stored = await everythingStored(cloud());
    const again = await cloud().sync(sent);
    expect(again.body).toMatchObject({ highWaterMarkSeq: 7, storedCount: 0, duplicateCount: 7 });
    expect(again.body).toMatchObject({ parked: [{ seq: 7 }] });
    expect(first.body).toMatchObject({ parked: [{ seq: 7 }] });
    expect(await everythingStored(cloud())).toEqual(stored);
  });

  test("two copies of a batch that come at the same moment are stored once", async () => {
    const sent = batch(freeBed("bed-1"));
    const replies = await Promise.all([1, 2, 3, 4].map(() => cloud().sync(sent)));
    const stored = replies
      .map(({ body }) => body)
      .filter((body) => JSON.stringify(body).includes('"storedCount":6'));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(stored).toHaveLength(1);
  });

  test("a batch that overlaps what is known adds its end", async () => {
    await cloud().sync(batch(freeBed("bed-1")));
    const { body } = await cloud().sync(
      batch([changed("occupancy", "absent"), changed("occupancy", "present")], { firstSeq: 6 }),
    );
    expect(body).toMatchObject({ highWaterMarkSeq: 7, storedCount: 1, duplicateCount: 1 });
  });

  test("a gap is refused with the sequence number that is expected", async () => {
    await cloud().sync(batch(freeBed("bed-1")));
    const { status, body } = await cloud().sync(batch([changed("occupancy", "present")], { firstSeq: 9 }));
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: "SYNC_GAP", expectedSeq: 7 });
  });

  test("a journal that was never heard of begins with 1", async () => {
    const { status, body } = await cloud().sync(batch([commissioned()], { firstSeq: 2 }));
    expect(status).toBe(409);
    expect(body).toMatchObject({ code: "SYNC_GAP", expectedSeq: 1 });
  });

  test("a record that does not fit is parked with its reason, and the lane goes on", async () => {
    const misfits = [
      { ...commissioned(), label: 12 },
      { kind: "bed-commissioned" },
      reading(),
      { ...commissioned(), wardName: "a\u0000b" },
      { ...commissioned(), wardName: ["a"] },
      { ...commissioned(), observedAtMs: 9e15 },
      null,
    ];
    const { body } = await cloud().sync(batch([commissioned(), ...misfits, changed("occupancy", "present")]));
    expect(body).toMatchObject({ highWaterMarkSeq: 9, storedCount: 2 });
    expect(body).toMatchObject({
      parked: [
        { seq: 2, reason: "label: Invalid input: expected string, received number" },
        { seq: 3 },
        { seq: 4 },
        { seq: 5, reason: "a text in it holds a character that no database stores" },
        { seq: 6 },
        { seq: 7 },
        { seq: 8 },
      ],
    });
    const parked = await cloud().db.selectFrom("parkedRecords").select("body").orderBy("seq").execute();
    expect(parked[0]?.body).toContain('"label":12');
  });

  test("a backslash before u0000 is text like any other", async () => {
    const { body } = await cloud().sync(batch([commissioned({ wardName: "C:\\u0000" })]));
    expect(body).toMatchObject({ storedCount: 1, parked: [] });
  });

  test("a batch of nothing but misfits moves the mark", async () => {
    const { body } = await cloud().sync(batch([{}, {}, {}]));
    expect(body).toMatchObject({ highWaterMarkSeq: 3, storedCount: 0 });
  });

  test("a bed event does not belong in another lane, nor a reading in the lane of beds", async () => {
    const beds = await cloud().sync({ ...batch([commissioned()]), content: columns([reading()]) });
    const vitals = await cloud().sync({ ...batch([commissioned()]), lane: "vitals" });
    for (const { status, body } of [beds, vitals]) {
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: "SYNC_UNREADABLE" });
    }
  });

  test("nobody speaks for a bed of another hospital", async () => {
    await cloud().sync(batch(freeBed("bed-1")));
    const events = await cloud().sync(batch([commissioned(), changed("occupancy", "present")], south));
    const readings = await cloud().sync(batch([reading()], { ...south, lane: "vitals" }));
    const reason = "bed of another hospital";
    expect(events.body).toMatchObject({ storedCount: 0, parked: [{ reason }, { reason }] });
    expect(readings.body).toMatchObject({ storedCount: 0, parked: [{ reason }] });
  });

  test("of two gateways that put the same new bed into service at once, one gets it", async () => {
    const claims = [batch([commissioned()]), batch([commissioned()], south)];
    const claim = async () =>
      (await Promise.all(claims.map((each) => cloud().sync(each)))).map(({ status }) => status);
    const first = await claim();
    expect(first).toContain(200);
    for (const status of first) expect([200, 503]).toContain(status);
    expect(await claim()).toEqual([200, 200]);
    expect(await cloud().db.selectFrom("bedEvents").select("seq").execute()).toHaveLength(1);
    expect(await cloud().db.selectFrom("parkedRecords").select("reason").execute()).toHaveLength(1);
  });

  test("an event for a bed that was never put into service is parked", async () => {
    const { body } = await cloud().sync(batch([changed("occupancy", "present")]));
    expect(body).toMatchObject({ parked: [{ seq: 1, reason: "bed was not commissioned" }] });
  });

  test("a newer journal ends the older one, whose stored records are still answered for", async () => {
    const old = batch(freeBed("bed-1"));
    await cloud().sync(old);
    await cloud().sync(batch([commissioned()], { epoch: NEW_EPOCH }));
    const again = await cloud().sync(old);
    const more = await cloud().sync(batch([changed("occupancy", "present")], { firstSeq: 7 }));
    expect(again.body).toMatchObject({ highWaterMarkSeq: 6, duplicateCount: 6 });
    expect(more.status).toBe(409);
    expect(more.body).toMatchObject({ code: "SYNC_EPOCH_SUPERSEDED" });
  });

  test("a bed that a new journal speaks of begins anew: what the old one knew may have changed", async () => {
    await cloud().sync(batch(freeBed("bed-1")));
    await cloud().sync(batch([commissioned()], { epoch: NEW_EPOCH }));
    const { body } = await cloud().get("/api/v1/beds", await cloud().signIn("emergency-coordinator"));
    expect(BedPage.parse(body).beds[0]?.axes.occupancy).toMatchObject({ value: "unknown", since: null });
  });

  test("the lanes of a new journal may come at the same moment", async () => {
    const replies = await Promise.all([
      cloud().sync(batch([commissioned()])),
      cloud().sync(batch([reading()], { lane: "vitals" })),
      cloud().sync(batch([reading({ metric: "battery", unit: "%" })], { lane: "environment" })),
    ]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test("times on a gateway's wrong clock are set right where they are shown, and kept as they came", async () => {
    const aheadMs = 3_600_000;
    const observedAtMs = START_MS + aheadMs - 60_000;
    const event = changed("occupancy", "present", { observedAtMs });
    await cloud().sync(batch([commissioned(), event], { sentAtMs: START_MS + aheadMs }));
    const { body } = await cloud().get("/api/v1/beds", await cloud().signIn("emergency-coordinator"));
    const stored = await cloud().db.selectFrom("bedEvents").selectAll().where("seq", "=", 2).execute();
    expect(BedPage.parse(body).beds[0]?.axes.occupancy.since).toBe(new Date(START_MS - 60_000).toISOString());
    expect(stored[0]).toMatchObject({ observedAtMs, clockOffsetMs: -aheadMs });
  });

  test("a small offset is the way of the batch, and nothing began after it was heard of", async () => {
    const observedAtMs = START_MS + CLOCK_TOLERANCE_MS - 100;
    const event = changed("occupancy", "present", { observedAtMs });
    await cloud().sync(batch([commissioned(), event], { sentAtMs: observedAtMs }));
    const { body } = await cloud().get("/api/v1/beds", await cloud().signIn("emergency-coordinator"));
    expect(BedPage.parse(body).beds[0]?.axes.occupancy.since).toBe(new Date(START_MS).toISOString());
  });

  test("the newest value of a metric is the newest measured, not the newest to arrive", async () => {
    const at = (minute: number, value: number) =>
      reading({ value, observedAtMs: START_MS - minute * 60_000 });
    await cloud().sync(batch([at(2, 70), at(1, 71)], { lane: "vitals" }));
    await cloud().sync(batch([at(30, 5), at(20, 6)], { lane: "vitals", firstSeq: 3 }));
    await followReadings(cloud().db);
    const latest = await cloud().db.selectFrom("latestValues").select("value").execute();
    expect(latest).toEqual([{ value: 71 }]);
  });

  test("a bad value is kept with its reason", async () => {
    const bad = reading({ value: 900, quality: "bad", badReason: "out-of-range" });
    await cloud().sync(batch([bad, reading({ value: null, unit: null })], { lane: "vitals" }));
    const stored = await cloud().db.selectFrom("readings").selectAll().orderBy("seq").execute();
    const said = stored.map(({ flags, value }) => readFlags(flags, value));
    expect(said[0]).toMatchObject({ value: 900, quality: "bad", badReason: "out-of-range" });
    expect(said[1]).toMatchObject({ value: null, quality: "good", badReason: null });
  });

  test("a bed taken out of service leaves the list and keeps its history", async () => {
    await cloud().sync(batch([...freeBed("bed-1"), decommissioned()]));
    const coordinator = await cloud().signIn("emergency-coordinator");
    const { body } = await cloud().get("/api/v1/beds", coordinator);
    const kept = await cloud().db.selectFrom("bedEvents").select("seq").execute();
    expect(BedPage.parse(body).beds).toEqual([]);
    expect(kept).toHaveLength(7);
  });

  test("outbox rows follow the order of the events", async () => {
    await cloud().sync(batch([...freeBed("bed-1"), ...freeBed("bed-2")]));
    const sent = await cloud().db.selectFrom("outbox").select(["id", "seq"]).orderBy("id").execute();
    expect(sent.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  test("a position becomes visible before any later one: readers never step over it", async () => {
    const finished: string[] = [];
    const early = Promise.withResolvers<void>();
    const slow = cloud()
      .db.transaction()
      .execute(async (trx) => {
        await storeBedEvents(trx, [{ seq: 1, record: commissioned() }], northAt(START_MS));
        early.resolve();
        await setTimeout(100);
        finished.push("first to take a position");
      });
    await early.promise;
    await cloud().sync(batch([commissioned({ bedId: "bed-2" })], south));
    finished.push("second");
    await slow;
    expect(finished).toEqual(["first to take a position", "second"]);
  });
});
