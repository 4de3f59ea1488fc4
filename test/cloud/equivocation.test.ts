/** One name, two voices: a copied or restored gateway, and two processes on one journal. */
import { expect, test } from "vitest";
import {
  batch,
  changed,
  columns,
  commissioned,
  freeBed,
  heartbeat,
  reading,
  START_MS,
  tombstone,
} from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

const VITALS = { lane: "vitals" } as const;
const LATER_BOOT = "b000000000000002";

describeOnEachDatabase("a gateway that is a copy", (cloud) => {
  const noted = () =>
    cloud().db.selectFrom("equivocations").select(["kind", "lane", "seq", "bootId", "times"]).execute();
  const values = async () =>
    (await cloud().db.selectFrom("readings").select("value").orderBy("seq").execute()).map(
      ({ value }) => value,
    );
  const at = (second: number, value: number) =>
    reading({ value, observedAtMs: START_MS + second, receivedAtMs: START_MS + second });

  test("is refused at the first record that says something else, and nothing of the batch is stored", async () => {
    await cloud().sync(batch([at(1, 70), at(2, 71), at(3, 72)], VITALS));
    const copy = batch([at(2, 71), at(3, 99), at(4, 73)], { ...VITALS, firstSeq: 2, bootId: LATER_BOOT });
    for (let times = 0; times < 2; times++) {
      const { status, body } = await cloud().sync(copy);
      expect(status).toBe(409);
      expect(body).toMatchObject({
        code: "SYNC_EQUIVOCATION",
        differingSeq: 3,
        epoch: copy.epoch,
        detail: expect.stringContaining(copy.epoch),
        hint: expect.stringContaining("--new-epoch"),
      });
    }
    expect(await values()).toEqual([70, 71, 72]);
    expect(await noted()).toEqual([
      { kind: "different-record", lane: "vitals", seq: 3, bootId: LATER_BOOT, times: 2 },
    ]);
    expect(cloud().logged.join()).toContain("two processes speak as one gateway");
    // The one that was there first goes on undisturbed.
    expect((await cloud().sync(batch([at(4, 73)], { ...VITALS, firstSeq: 4 }))).status).toBe(200);
  });

  test.each<[string, Parameters<typeof reading>[0]]>([
    ["another value", { value: 70.1 }],
    ["another flag", { observedBy: "device" }],
    ["another source", { deviceId: "mat-2" }],
    ["another observed time", { observedAtMs: START_MS - 1 }],
    ["another received time", { receivedAtMs: START_MS + 1 }],
  ])("is known by %s", async (_what, change) => {
    await cloud().sync(batch([reading({ value: 70 })], VITALS));
    const { body } = await cloud().sync(batch([reading({ value: 70, ...change })], VITALS));
    expect(body).toMatchObject({ code: "SYNC_EQUIVOCATION", differingSeq: 1 });
  });

  test("is known by a bed event, however deep it differs, and by what was parked", async () => {
    await cloud().sync(batch([...freeBed("bed-1"), { nonsense: 1 }]));
    const other = freeBed("bed-1").with(
      1,
      changed("service", "open", { by: { kind: "sensor", deviceId: "mat-2" } }),
    );
    const event = await cloud().sync(batch(other));
    const parked = await cloud().sync(batch([...freeBed("bed-1"), { nonsense: 2 }]));
    const same = await cloud().sync(batch([...freeBed("bed-1"), { nonsense: 1 }]));
    expect(event.body).toMatchObject({ code: "SYNC_EQUIVOCATION", differingSeq: 2 });
    expect(parked.body).toMatchObject({ code: "SYNC_EQUIVOCATION", differingSeq: 7 });
    expect(same.body).toMatchObject({ duplicateCount: 7 });
  });

  test("is known by records that its other self gave up", async () => {
    await cloud().sync(tombstone(5));
    const { body } = await cloud().sync(batch([at(4, 70), at(5, 71)], { ...VITALS, firstSeq: 4 }));
    expect(body).toMatchObject({ code: "SYNC_EQUIVOCATION", differingSeq: 4 });
  });

  test("is not known by the batch's borders: the same records in other batches are the same", async () => {
    const mat2 = reading({ deviceId: "mat-2", value: 40 });
    await cloud().sync(batch([at(1, 70), mat2, at(3, 72)], VITALS));
    const { body } = await cloud().sync(batch([mat2, at(3, 72), at(4, 73)], { ...VITALS, firstSeq: 2 }));
    expect(body).toMatchObject({ storedCount: 1, duplicateCount: 2, highWaterMarkSeq: 4 });
  });
});

describeOnEachDatabase("two processes on one journal", (cloud) => {
  const older = { ...VITALS };
  const later = { ...VITALS, bootId: LATER_BOOT };

  test("a gateway that was started anew is taken, and its lanes may come at the same moment", async () => {
    await cloud().sync(batch([reading()], older));
    const replies = await Promise.all([
      cloud().sync(batch([reading()], { ...later, firstSeq: 2 })),
      cloud().sync(batch([commissioned()], { bootId: LATER_BOOT })),
      cloud().sync(batch([reading({ metric: "battery" })], { ...later, lane: "environment" })),
    ]);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test("the older one is refused when it speaks again after the later one", async () => {
    await cloud().sync(batch([reading()], older));
    await cloud().sync(batch([reading()], { ...later, firstSeq: 2 }));
    const again = await cloud().sync(batch([reading()], { ...older, firstSeq: 3 }));
    const beat = await cloud().sync(heartbeat());
    const laterBeat = await cloud().sync(heartbeat({ bootId: LATER_BOOT }));
    for (const { status, body } of [again, beat]) {
      expect(status).toBe(409);
      expect(body).toMatchObject({ code: "SYNC_SECOND_INSTANCE" });
    }
    expect(laterBeat.status).toBe(200);
    expect(await cloud().db.selectFrom("readings").select("seq").execute()).toHaveLength(2);
    expect(await cloud().db.selectFrom("equivocations").select("kind").execute()).toEqual([
      { kind: "second-instance" },
      { kind: "second-instance" },
    ]);
  });

  test("a heartbeat alone makes no process the newest", async () => {
    await cloud().sync(batch([reading()], older));
    await cloud().sync(heartbeat({ bootId: LATER_BOOT }));
    const { status } = await cloud().sync({
      ...batch([]),
      ...older,
      firstSeq: 2,
      content: columns([reading()]),
    });
    expect(status).toBe(200);
  });
});
