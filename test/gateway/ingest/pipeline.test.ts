import { describe, expect, test } from "vitest";
import { SyncRecord } from "../../../contracts/wire/sync.ts";
import { FOREIGN_UNITS_MAX } from "../../../gateway/ingest/known-device.ts";
import { RADICAL_7_LINE, XY_MD02_REPLY_WORDS } from "../../fixtures/golden.ts";
import { MemoryJournal } from "../../support/memory-journal.ts";
import { line, pack, registers } from "../../support/messages.ts";
import { at, BEGIN_MS } from "../../support/moments.ts";
import {
  BED,
  BED_DEVICE,
  CLIMATE,
  MONITOR,
  ROOM,
  type SmallHospital,
  topology,
} from "../../support/wards.ts";
import { WiredGateway } from "../../support/wired-gateway.ts";

/** A change is a status at once here, so that a test need not wait for it. */
const NO_WAIT = { debounce: { presentMs: 0, absentMs: 0 } };
const gateway = (small: SmallHospital = NO_WAIT) => new WiredGateway(topology(small));
const occupied = [{ n: "occupancy", vb: true }];
const empty = [{ n: "occupancy", vb: false }];
const kinds = (of: WiredGateway) => of.kept().map(({ lane, seq, record }) => `${lane} ${seq} ${record.kind}`);
const readings = (of: WiredGateway) =>
  of.kept().flatMap(({ record }) => (record.kind === "reading" ? [record] : []));
const occupancyEvents = (of: WiredGateway) =>
  of.kept().flatMap(({ record }) => (record.kind === "occupancy-changed" ? [record] : []));

describe("a reading and what it leads to", () => {
  test("are appended together, numbered in their lanes, and the event names the reading", () => {
    const north = gateway();
    north.hears(pack(at(1), [{ n: "load", u: "kg", v: 71 }, ...occupied]));
    expect(kinds(north)).toEqual([
      "beds 1 bed-commissioned",
      "beds 2 occupancy-changed",
      "beds 3 readiness-changed",
      "vitals 1 reading",
      "vitals 2 reading",
    ]);
    for (const { record } of north.kept().slice(1, 3))
      expect(record).toMatchObject({
        evidence: [{ lane: "vitals", seq: 2, deviceId: BED_DEVICE, metric: "occupancy", value: true }],
      });
  });

  test("of a device that is not commissioned are a mistake of ours, and said so", () => {
    const north = gateway();
    const stranger = pack(at(1), occupied, { deviceId: "stranger" });
    expect(() => north.hears(stranger)).toThrow("stranger, which is not commissioned");
  });

  test("move the ward on as they are taken; what the cloud is told of them waits for the disk", () => {
    const north = gateway();
    north.pipeline.hear(pack(at(1), occupied));
    expect(north.ward.bed(BED).occupancy).toBe("present");
    expect(north.book.entry(BED_DEVICE)).toMatchObject({ lastHeard: at(1), lastUsable: null, readings: 1 });
    expect(kinds(north)).toEqual(["beds 1 bed-commissioned"]);
    north.hears();
    expect(north.book.entry(BED_DEVICE).lastUsable).toEqual(at(1));
    expect(kinds(north)).toContain("vitals 1 reading");
  });

  test("fit the wire, whichever device they come from", () => {
    const north = gateway();
    north.hears(
      pack(at(1), [...occupied, { n: "battery", u: "%EL", v: 87 }]),
      registers(at(1), XY_MD02_REPLY_WORDS),
      line(at(1), new TextDecoder().decode(RADICAL_7_LINE)),
    );
    const kept = north.kept().map(({ record }) => record);
    expect(SyncRecord.array().parse(kept)).toEqual(kept);
    expect(readings(north).map(({ deviceId, bedId, roomId }) => [deviceId, bedId, roomId])).toEqual([
      [BED_DEVICE, BED, null],
      [MONITOR, BED, null],
      [MONITOR, BED, null],
      [MONITOR, BED, null],
      [BED_DEVICE, BED, null],
      [CLIMATE, null, ROOM],
      [CLIMATE, null, ROOM],
    ]);
  });

  test("of a room are told of its beds", () => {
    const north = gateway();
    north.hears(registers(at(1), XY_MD02_REPLY_WORDS));
    // 24.7 °C, in a room that may have 24.
    expect(north.kept().find(({ record }) => record.kind === "room-condition-changed")?.record).toMatchObject(
      {
        bedId: BED,
        to: "out-of-limits",
        evidence: [{ lane: "environment", seq: 1, metric: "room-temperature", value: 24.7 }],
      },
    );
  });
});

describe("what comes twice counts once", () => {
  test("where the device says when it measured", () => {
    const north = gateway();
    const measured = [{ n: "load", u: "kg", v: 71, t: BEGIN_MS / 1_000 }];
    north.hears(pack(at(1), measured), pack(at(1), measured));
    north.hears(pack(at(2), measured));
    expect(readings(north)).toHaveLength(1);
  });

  test("where the broker says that it repeats itself", () => {
    const north = gateway();
    north.hears(pack(at(1), occupied, { packetId: 7 }));
    north.hears(pack(at(2), occupied, { packetId: 7, isRepeat: true }));
    expect(readings(north)).toHaveLength(1);
  });

  test("also when the first of the two was heard by the process before this one", () => {
    const first = gateway();
    first.hears(pack(at(1), occupied, { packetId: 7 }));
    const second = new WiredGateway(first.topology, first.journal, at(5));
    second.hears(pack(at(6), occupied, { packetId: 7, isRepeat: true }));
    expect(readings(second)).toHaveLength(1);
  });

  test.each<[string, Parameters<typeof pack>[2]]>([
    ["the same value measured again", { packetId: 8 }],
    ["the same packet id used again, not as a repetition", { packetId: 7 }],
    ["a repetition of which nobody knows the first", { packetId: 9, isRepeat: true }],
    ["a message without a packet id", { packetId: null }],
  ])("but %s is new", (_name, delivery) => {
    const north = gateway();
    north.hears(pack(at(1), occupied, { packetId: 7 }));
    north.hears(pack(at(2), occupied, delivery));
    expect(readings(north)).toHaveLength(2);
  });

  test("and of a message that comes again only what is new is counted, and nothing is put aside again", () => {
    const north = gateway();
    const mixed = [...occupied, { n: "mood", v: 1 }];
    north.hears(pack(at(1), mixed, { packetId: 7 }));
    north.hears(pack(at(2), mixed, { packetId: 7, isRepeat: true }));
    expect(readings(north)).toHaveLength(1);
    expect(north.journal.facts.quarantinedCount).toBe(1);
    expect(north.pipeline.counts).toEqual({ values: 1, repeats: 1 });
  });

  test("while two different values of one millisecond are two", () => {
    const north = gateway();
    const measured = (v: number) => pack(at(1), [{ n: "load", u: "kg", v, t: BEGIN_MS / 1_000 }]);
    north.hears(measured(71), measured(72), measured(71));
    expect(readings(north).map(({ value }) => value)).toEqual([71, 72]);
  });

  test("also long after, where others of its series did not push it out", () => {
    const north = gateway();
    const load = (second: number) =>
      pack(at(second), [{ n: "load", u: "kg", v: 71, t: at(second).atMs / 1_000 }]);
    for (let second = 1; second <= 4_097; second++) north.hears(load(second));
    north.hears(load(1));
    expect(readings(north)).toHaveLength(4_098);
    north.hears(load(3), load(4_097));
    expect(readings(north)).toHaveLength(4_098);
  });
});

describe("a series", () => {
  const load = (u: string) => pack(at(1), [{ n: "load", u, v: 71 }]);
  const units = (of: WiredGateway) => readings(of).map(({ unit }) => unit);

  test("is one for each unit of a metric, and goes to disk with the first reading of it", () => {
    const north = gateway();
    north.hears(load("kg"), load("lb"));
    north.hears(load("kg"), load("lb"));
    expect(north.journal.start.series.map(({ id, unit }) => [id, unit])).toEqual([
      [1, "kg"],
      [2, "lb"],
    ]);
    expect(units(north)).toEqual(["kg", "lb", "kg", "lb"]);
  });

  test("of a unit made up each time is not opened without end, nor after a start", () => {
    const north = gateway();
    for (let unit = 0; unit < 100; unit++) north.hears(load(`u${unit}`));
    const after = new WiredGateway(north.topology, north.journal, at(5));
    for (let unit = 0; unit < 100; unit++) after.hears(load(`v${unit}`), load("u0"), load("kg"));
    const known = after.journal.start.series.filter(({ metric }) => metric === "load");
    expect(known).toHaveLength(FOREIGN_UNITS_MAX + 2);
    expect(readings(after).slice(-3)).toMatchObject([
      { unit: null, badReason: "wrong-unit" },
      { unit: "u0", badReason: "wrong-unit" },
      { unit: "kg", badReason: null },
    ]);
  });
});

describe("what cannot be relied on never moves a bed", () => {
  test.each<[string, SmallHospital["decides"], Parameters<typeof pack>[1], string]>([
    ["a weight no patient has", "load", [{ n: "load", u: "kg", v: 5_000 }], "out-of-range"],
    ["a weight in pounds", "load", [{ n: "load", u: "lb", v: 160 }], "wrong-unit"],
    ["a number where yes or no is due", "occupancy", [{ n: "occupancy", v: 1 }], "wrong-type"],
  ])("%s is kept, marked, counted, and refreshes no evidence", (_name, decides, records, badReason) => {
    const north = gateway({ ...NO_WAIT, decides: decides ?? "occupancy" });
    north.hears(pack(at(1), records));
    expect(readings(north)).toEqual([expect.objectContaining({ quality: "bad", badReason })]);
    expect(north.ward.bed(BED)).toMatchObject({ occupancy: "unknown", lastEvidence: null });
    const { lastHeard, lastUsable, badReadings, problems } = north.book.entry(BED_DEVICE);
    expect({ lastHeard, lastUsable, badReadings }).toEqual({
      lastHeard: at(1),
      lastUsable: null,
      badReadings: 1,
    });
    expect(problems.list()).toEqual([expect.objectContaining({ reason: badReason, count: 1 })]);
  });

  test("a late reading is kept as history, with its own time", () => {
    const north = gateway();
    const live = (second: number, vb: boolean) => [{ n: "occupancy", vb, t: BEGIN_MS / 1_000 + second }];
    north.hears(pack(at(10), live(10, false)), pack(at(20), live(20, false)));
    north.hears(pack(at(21), live(5, true)));
    expect(readings(north).at(-1)).toMatchObject({
      value: true,
      observedAtMs: at(5).atMs,
      observedBy: "device",
    });
    expect(occupancyEvents(north).map(({ to }) => to)).toEqual(["absent"]);
    const { latest, lastUsable } = north.book.entry(BED_DEVICE);
    expect([latest.get("occupancy")?.value, lastUsable]).toEqual([false, at(20)]);
  });

  test("another metric of the deciding device does not make old evidence look fresh", () => {
    const north = gateway();
    north.hears(pack(at(1), occupied));
    north.hears(pack(at(50), [{ n: "battery", u: "%EL", v: 80 }]));
    expect(north.book.entry(BED_DEVICE)).toMatchObject({ lastHeard: at(50), lastUsable: at(1) });
    expect(north.ward.bed(BED).lastEvidence).toEqual(at(1));
  });

  test("a monitor without a finger in it says that it cannot say, and is heard", () => {
    const north = gateway({ ...NO_WAIT, decides: "pulse-rate" });
    const text = new TextDecoder().decode(RADICAL_7_LINE);
    north.hears(line(at(1), text));
    expect(north.ward.bed(BED).occupancy).toBe("present");
    north.hears(line(at(2), text.replace("BPM=123", "BPM=---")));
    expect(north.ward.bed(BED).occupancy).toBe("unknown");
    expect(north.book.entry(MONITOR).lastUsable).toEqual(at(2));
  });
});

describe("after a start", () => {
  test("each bed is as it was, without reading the log", () => {
    const before = gateway();
    before.hears(pack(at(1), empty), pack(at(2), occupied));
    before.hears(pack(at(3), [{ n: "cleaning", vb: true }]), registers(at(3), XY_MD02_REPLY_WORDS));
    const after = new WiredGateway(before.topology, before.journal, at(10));
    expect(after.ward.bed(BED)).toMatchObject({
      occupancy: "present",
      readiness: "cleaning",
      cleaningPressed: true,
    });
    expect(after.ward.room(ROOM).condition).toBe("out-of-limits");
  });

  test("the age of its evidence is known to the minute", () => {
    const before = gateway();
    for (let second = 1; second <= 200; second += 5) before.hears(pack(at(second), empty));
    const after = new WiredGateway(before.topology, before.journal, at(300));
    const { lastEvidence } = after.ward.bed(BED);
    expect(lastEvidence?.atMs).toBeGreaterThanOrEqual(at(196 - 65).atMs);
    expect(lastEvidence?.monoMs).toBe(at(300).monoMs);
  });

  test("with the journal of a hospital that has another bed now, the old one is forgotten", () => {
    const journal = new MemoryJournal();
    new WiredGateway(topology(NO_WAIT), journal).hears(pack(at(1), occupied));
    const without = new WiredGateway(topology({ ...NO_WAIT, withoutBed: true }), journal, at(10));
    expect(without.ward.nextDueMonoMs()).toBeNull();
    expect(kinds(without).slice(0, 4).at(-1)).toBe("beds 4 bed-decommissioned");
  });
});
