/** Whose readings are whose, over HTTP: stays of bookings, late readings, and everything that people correct. */
import { expect, it } from "vitest";
import type { EncounterSeries } from "../../contracts/wire/encounters.ts";
import { at, post, wardOf } from "./attribution-ward.ts";
import { person } from "./booking-desk.ts";
import { describeOnEachDatabase } from "./support.ts";

const REASON = "it was noticed at the bed";

describeOnEachDatabase("attribution", (cloud) => {
  it("gives a reading to who had the bed when it was observed, however late it comes", async () => {
    const ward = await wardOf(cloud());
    const ada = await ward.admit("north-1", 10);
    await ward.discharge(ada, 20);
    const ben = await ward.admit("north-1", 30);
    ward.now(40);
    await ward.send("north-1", [9, 10, 19, 20, 29, 30, 39]);
    expect(await ward.minutesOf(ada)).toEqual([10, 19]);
    expect(await ward.minutesOf(ben)).toEqual([30, 39]);
    expect(await ward.whoseAt("north-1", 20)).toMatchObject({
      encounterId: null,
      why: "bed-without-encounter",
    });
    expect(await ward.whoseAt("north-1", 19)).toMatchObject({
      encounterId: ada.encounterId,
      bedId: "north-1",
      placement: { source: "gateway" },
      trace: [],
    });
  });

  it("follows a corrected stay, and keeps which stretch moved, from whom and why", async () => {
    const ward = await wardOf(cloud());
    const ada = await ward.admit("north-1", 10);
    await ward.discharge(ada, 20);
    await ward.send("north-1", [5, 9, 10, 19]);
    const [stay] = await ward.staysOf(ada);
    const correction = { stayId: stay?.stayId, from: at(5), to: at(15), reason: REASON };
    const corrected = await ward.post("stays/corrections", correction, 1);
    expect(corrected).toMatchObject({
      status: 201,
      body: {
        changes: [
          {
            bedId: "north-1",
            from: at(5),
            to: at(10),
            encounterBefore: null,
            encounterAfter: ada.encounterId,
          },
          {
            bedId: "north-1",
            from: at(15),
            to: at(20),
            encounterBefore: ada.encounterId,
            encounterAfter: null,
          },
        ],
      },
    });
    expect(await ward.minutesOf(ada)).toEqual([5, 9, 10]);
    expect((await ward.whoseAt("north-1", 19)).trace).toMatchObject([
      { what: "stay-corrected", encounterBefore: ada.encounterId, encounterAfter: null, reason: REASON },
    ]);
    expect((await ward.post("stays/corrections", correction, 1)).body).toMatchObject({
      code: "STALE_VERSION",
    });
  });

  it("refuses a correction that another stay, the booking or the time contradicts, with the other's times", async () => {
    const ward = await wardOf(cloud());
    const ada = await ward.admit("north-1", 10);
    await ward.discharge(ada, 20);
    const ben = await ward.admit("north-1", 30);
    ward.now(40);
    const [[early], [open]] = [await ward.staysOf(ada), await ward.staysOf(ben)];
    const correct = (stayId: string | undefined, from: number, to: number | null) =>
      ward.post(
        "stays/corrections",
        { stayId, from: at(from), to: to === null ? null : at(to), reason: REASON },
        1,
      );
    expect(await correct(early?.stayId, 10, 31)).toMatchObject({
      status: 409,
      body: { code: "STAY_CONFLICT", conflict: { from: at(30), to: null } },
    });
    expect(await correct(open?.stayId, 19, null)).toMatchObject({
      body: { code: "STAY_CONFLICT", conflict: { from: at(10), to: at(20) } },
    });
    expect(await correct(early?.stayId, 10, null)).toMatchObject({
      body: { code: "STAY_CORRECTION_REFUSED" },
    });
    expect(await correct(open?.stayId, 30, 35)).toMatchObject({ body: { code: "STAY_CORRECTION_REFUSED" } });
    expect(await correct(early?.stayId, 20, 10)).toMatchObject({ body: { code: "RANGE_REVERSED" } });
    expect(await correct(open?.stayId, 41, null)).toMatchObject({ body: { code: "CORRECTION_IN_FUTURE" } });
    expect(await correct(crypto.randomUUID(), 1, 2)).toMatchObject({ body: { code: "STAY_NOT_FOUND" } });
    expect(await ward.staysOf(ada)).toMatchObject([{ from: at(10), to: at(20), version: 1 }]);
  });

  it("follows a device to where it was placed, the newest word first, and back to its gateway's", async () => {
    const ward = await wardOf(cloud());
    const ada = await ward.admit("north-1", 0);
    const ben = await ward.admit("north-2", 0);
    ward.now(40);
    await ward.send("north-1", [5, 10, 15, 20, 25, 30]);
    const place = (fields: object) =>
      ward.post("placements", { deviceId: "north-1", reason: REASON, ...fields });
    const placed = await place({ bedId: "north-2", from: at(10) });
    expect(placed.body).toMatchObject({
      changes: [
        { from: at(10), to: null, encounterBefore: ada.encounterId, encounterAfter: ben.encounterId },
      ],
    });
    expect([await ward.minutesOf(ada), await ward.minutesOf(ben)]).toEqual([[5], [10, 15, 20, 25, 30]]);
    await place({ bedId: null, from: at(15), to: at(20) });
    expect([await ward.minutesOf(ada), await ward.minutesOf(ben)]).toEqual([[5], [10, 20, 25, 30]]);
    await place({ from: at(25) });
    expect([await ward.minutesOf(ada), await ward.minutesOf(ben)]).toEqual([
      [5, 25, 30],
      [10, 20],
    ]);
    expect(await ward.whoseAt("north-1", 16)).toMatchObject({ encounterId: null, why: "device-at-no-bed" });
    const { placement, trace } = await ward.whoseAt("north-1", 26);
    expect(placement).toEqual({ from: null, to: null, source: "gateway" });
    expect(trace.map(({ encounterAfter }) => encounterAfter)).toEqual([ben.encounterId, ada.encounterId]);
    expect(await place({ bedId: "south-1", from: at(1) })).toMatchObject({ body: { code: "BED_NOT_FOUND" } });
    expect(await place({ bedId: null, deviceId: "no-such", from: at(1) })).toMatchObject({
      body: { code: "DEVICE_NOT_FOUND" },
    });
  });

  it("follows two patients who were in each other's bed, with their bookings", async () => {
    const ward = await wardOf(cloud());
    const ada = await ward.admit("north-1", 0);
    const ben = await ward.admit("north-2", 5);
    ward.now(40);
    await ward.send("north-1", [0, 9, 10, 30]);
    await ward.send("north-2", [5, 9, 10, 31]);
    const swap = { encounterIds: [ada.encounterId, ben.encounterId], at: at(10), reason: REASON };
    const swapped = await ward.post("encounters/swap", swap, undefined, "swap-once");
    expect(swapped.status).toBe(201);
    expect((await ward.post("encounters/swap", swap, undefined, "swap-once")).body).toEqual(swapped.body);
    expect([await ward.minutesOf(ada), await ward.minutesOf(ben)]).toEqual([
      [0, 9, 10, 31],
      [5, 9, 10, 30],
    ]);
    const [first, second] = [await ward.booking(ada), await ward.booking(ben)];
    expect([first.bedId, second.bedId]).toEqual(["north-2", "north-1"]);
    expect(first.fencingToken).toBeGreaterThan(ada.fencingToken);
    await ward.discharge(first, 40);
    expect(await ward.staysOf(ada)).toMatchObject([
      { bedId: "north-1", from: at(0), to: at(10) },
      { bedId: "north-2", from: at(10), to: at(40) },
    ]);
    expect(await ward.post("encounters/swap", { ...swap, at: at(20) })).toMatchObject({
      status: 409,
      body: { code: "SWAP_REFUSED" },
    });
  });

  it("knows two encounters that are one patient as one, and refuses where both were somewhere at once", async () => {
    const ward = await wardOf(cloud());
    const early = await ward.admit("north-1", 0);
    await ward.discharge(early, 10);
    const late = await ward.admit("north-2", 20);
    ward.now(40);
    await ward.send("north-1", [5]);
    await ward.send("north-2", [25]);
    const merge = { from: late.encounterId, into: early.encounterId, reason: REASON };
    expect(await ward.post("encounters/merge", merge)).toMatchObject({
      status: 201,
      body: { changes: [{ bedId: "north-2", encounterBefore: merge.from, encounterAfter: merge.into }] },
    });
    expect([await ward.minutesOf(early), await ward.minutesOf(late)]).toEqual([
      [5, 25],
      [5, 25],
    ]);
    expect(await ward.booking(late)).toMatchObject({ encounterId: early.encounterId, state: "admitted" });
    expect(await ward.post("encounters/merge", merge)).toMatchObject({ body: { code: "MERGE_REFUSED" } });
    const same = await ward.admit("north-1", 30);
    const other = { from: same.encounterId, into: early.encounterId, reason: REASON };
    expect(await ward.post("encounters/merge", other)).toMatchObject({ body: { code: "MERGE_REFUSED" } });
    await ward.discharge(same, 35);
    expect(await ward.post("encounters/merge", other)).toMatchObject({
      body: { code: "STAY_CONFLICT", conflict: { from: at(20), to: null } },
    });
  });

  it("gives nobody the readings of somebody whom only the bed has noticed, until a person says who it is", async () => {
    const ward = await wardOf(cloud());
    const booking = await ward.reserve("north-1", 0);
    await ward.noticed(booking, 10);
    ward.now(20);
    await ward.send("north-1", [11, 15]);
    expect(await ward.minutesOf(booking)).toEqual([]);
    expect(await ward.whoseAt("north-1", 15)).toMatchObject({ encounterId: null, why: "identity-in-doubt" });
    await ward.event(booking, "admit");
    expect(await ward.minutesOf(booking)).toEqual([11, 15]);
  });

  it("takes back what was given to a patient who turned out to be somebody else, and keeps that it did", async () => {
    const ward = await wardOf(cloud());
    const booking = await ward.reserve("north-1", 0);
    ward.now(10);
    await ward.event(booking, "arrive");
    ward.now(20);
    await ward.send("north-1", [15]);
    expect(await ward.minutesOf(booking)).toEqual([15]);
    await ward.event(booking, "cancel", { reason: "another patient" });
    expect(await ward.whoseAt("north-1", 15)).toMatchObject({
      encounterId: null,
      why: "bed-without-encounter",
      trace: [{ what: "stay-voided", encounterBefore: booking.encounterId, encounterAfter: null }],
    });
  });

  it("tells and lets correct nobody of another hospital", async () => {
    const ward = await wardOf(cloud());
    const ada = await ward.admit("north-1", 0);
    await ward.send("north-1", [1]);
    const [stay] = await ward.staysOf(ada);
    const elsewhere = await person(cloud(), "doctor", "south");
    const codes: unknown[] = [];
    for (const path of [
      `encounters/${ada.encounterId}/stays`,
      `encounters/${ada.encounterId}/series`,
      `attribution?device=north-1&at=${at(1)}`,
    ])
      codes.push((await elsewhere.send("GET", path)).body.code);
    const bodies: [string, object][] = [
      ["stays/corrections", { stayId: stay?.stayId, from: at(0), to: null, reason: REASON }],
      ["placements", { deviceId: "north-1", bedId: null, from: at(0), reason: REASON }],
      ["encounters/swap", { encounterIds: [ada.encounterId, ada.encounterId], at: at(0), reason: REASON }],
      ["encounters/merge", { from: ada.encounterId, into: ada.encounterId, reason: REASON }],
    ];
    for (const [path, body] of bodies)
      codes.push((await post(elsewhere, path, body, 1, `foreign-${path}`)).body.code);
    const [encounter, device] = ["ENCOUNTER_NOT_FOUND", "DEVICE_NOT_FOUND"];
    expect(codes).toEqual([encounter, encounter, device, "STAY_NOT_FOUND", device, encounter, encounter]);
    expect((await ward.post("encounters/swap", bodies[2]?.[1] ?? {})).body).toMatchObject({
      code: "SWAP_REFUSED",
    });
    const administrator = await person(cloud(), "hospital-admin");
    expect((await administrator.send("GET", `encounters/${ada.encounterId}/series`)).status).toBe(403);
    expect((await administrator.send("GET", `encounters/${ada.encounterId}/stays`)).status).toBe(200);
  });

  it("answers at most 2,000 readings at once, and goes on where it stopped", async () => {
    const ward = await wardOf(cloud());
    const ada = await ward.admit("north-1", 0);
    ward.now(200);
    for (let first = 0; first < 2_500; first += 500)
      await ward.send(
        "north-1",
        Array.from({ length: 500 }, (_, n) => (first + n) / 20),
      );
    const all: string[] = [];
    let from: string | null = at(0);
    const sizes: number[] = [];
    while (from !== null) {
      const page: EncounterSeries = await ward.series(ada, `&from=${from}`);
      sizes.push(page.readings.length);
      all.push(...page.readings.map(({ observedAt }) => observedAt));
      from = page.continueFrom;
    }
    expect(sizes).toEqual([2_000, 500]);
    expect(new Set(all).size).toBe(2_500);
  });
});
