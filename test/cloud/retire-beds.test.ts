/** Beds whose end their gateway could not tell: its list of beds takes them out of service. */
import { expect, test } from "vitest";
import { BedPage, Timeline } from "../../contracts/wire/board.ts";
import { batch, changed, commissioned, decommissioned, freeBed, heartbeat, south } from "./records.ts";
import { describeOnEachDatabase } from "./support.ts";

const NEW_EPOCH = "00000000000000a2";
const BEDS = ["bed-1", "bed-2", "bed-3"] as const;

describeOnEachDatabase("a list of a gateway's beds", (cloud) => {
  const shown = async () => {
    const { body } = await cloud().get("/api/v1/beds", await cloud().signIn("emergency-coordinator"));
    return BedPage.parse(body).beds.map(({ bedId }) => bedId);
  };
  const ended = () =>
    cloud()
      .db.selectFrom("bedEvents")
      .select(["bedId", "epoch", "seq"])
      .where("kind", "=", "bed-decommissioned")
      .orderBy("position")
      .execute();
  const commissionAll = (more: Parameters<typeof batch>[1] = {}) =>
    cloud().sync(
      batch(
        BEDS.map((bedId) => commissioned({ bedId, label: bedId })),
        more,
      ),
    );

  test("takes out of service what is missing from it, under the epoch that the bed was known by", async () => {
    await commissionAll();
    // A salvage lost that two of them were taken out of service; the new journal knows of one only.
    await cloud().sync(batch([commissioned()], { epoch: NEW_EPOCH }));
    expect(await shown()).toEqual(BEDS);
    const { status } = await cloud().sync(heartbeat({ epoch: NEW_EPOCH, bedsHeadSeq: 1, beds: ["bed-1"] }));
    expect(status).toBe(200);
    expect(await shown()).toEqual(["bed-1"]);
    const epoch = "00000000000000a1";
    expect(await ended()).toEqual([
      { bedId: "bed-2", epoch, seq: -2 },
      { bedId: "bed-3", epoch, seq: -1 },
    ]);
    expect(cloud().logged.join()).toContain("no longer speaks for");
  });

  test("changes nothing when it comes again, and numbers on below what it wrote before", async () => {
    await commissionAll();
    const without = (...gone: readonly string[]) =>
      heartbeat({ bedsHeadSeq: 3, beds: BEDS.filter((bedId) => !gone.includes(bedId)) });
    await cloud().sync(without("bed-2"));
    await Promise.all([1, 2, 3].map(() => cloud().sync(without("bed-2"))));
    expect((await ended()).map(({ seq }) => seq)).toEqual([-1]);
    await cloud().sync(without("bed-2", "bed-3"));
    expect((await ended()).map(({ bedId, seq }) => [bedId, seq])).toEqual([
      ["bed-2", -1],
      ["bed-3", -2],
    ]);
  });

  test("is in the bed's timeline, and the bed may come back", async () => {
    await commissionAll();
    await cloud().sync(heartbeat({ bedsHeadSeq: 3, beds: ["bed-1", "bed-3"] }));
    await cloud().sync(batch([commissioned({ bedId: "bed-2", label: "bed-2" })], { firstSeq: 4 }));
    expect(await shown()).toEqual(BEDS);
    const { body } = await cloud().get(
      "/api/v1/beds/bed-2/timeline",
      await cloud().signIn("emergency-coordinator"),
    );
    expect(Timeline.parse(body).entries.map(({ kind, seq }) => [kind, seq])).toEqual([
      ["bed-commissioned", 4],
      ["bed-decommissioned", -1],
      ["bed-commissioned", 2],
    ]);
  });

  test("moves no lane: the next batch goes on where the gateway stopped", async () => {
    await commissionAll();
    await cloud().sync(heartbeat({ bedsHeadSeq: 3, beds: ["bed-1", "bed-3"] }));
    const again = await commissionAll();
    expect(again.body).toMatchObject({ highWaterMarkSeq: 3, duplicateCount: 3 });
    // What its journal still says of the bed in the end says the same.
    const next = await cloud().sync(batch([decommissioned({ bedId: "bed-3" })], { firstSeq: 4 }));
    expect(next.body).toMatchObject({ highWaterMarkSeq: 4, storedCount: 1 });
    expect(await shown()).toEqual(["bed-1"]);
  });

  test.each([
    ["while the gateway's bed events are behind", { bedsHeadSeq: 4 }],
    ["from a process that has stored nothing in this journal", { bootId: "b000000000000009" }],
    ["from a journal that has stored nothing", { epoch: NEW_EPOCH, bedsHeadSeq: 0 }],
    ["where no list is given", { beds: undefined }],
  ])("counts for nothing %s", async (_when, fields) => {
    await commissionAll();
    await cloud().sync(heartbeat({ bedsHeadSeq: 3, beds: [], ...fields }));
    expect([await shown(), await ended()]).toEqual([BEDS, []]);
  });

  test("from a journal that was superseded, or from another gateway, leaves the beds alone", async () => {
    await commissionAll();
    await cloud().sync(batch([commissioned({ bedId: "bed-9" })], south));
    await cloud().sync(heartbeat({ ...south, bedsHeadSeq: 1, beds: ["bed-9"] }));
    await commissionAll({ epoch: NEW_EPOCH });
    expect((await cloud().sync(heartbeat({ bedsHeadSeq: 3, beds: [] }))).status).toBe(409);
    expect(await ended()).toEqual([]);
  });

  test("does not touch a bed that it names, whatever its state", async () => {
    await cloud().sync(batch(freeBed("bed-1")));
    await cloud().sync(heartbeat({ bedsHeadSeq: 6, beds: ["bed-1", "bed-not-yet-known"] }));
    await cloud().sync(batch([changed("occupancy", "present")], { firstSeq: 7 }));
    expect([await shown(), await ended()]).toEqual([["bed-1"], []]);
  });
});
