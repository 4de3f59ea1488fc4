import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SyncRecord } from "../../../contracts/wire/sync.ts";
import { XY_MD02_REPLY_WORDS } from "../../fixtures/golden.ts";
import { pack, registers } from "../../support/messages.ts";
import { at, BEGIN_MS } from "../../support/moments.ts";
import { BED_DEVICE, MONITOR, type SmallHospital, topology } from "../../support/wards.ts";
import { WiredGateway } from "../../support/wired-gateway.ts";

/** A change is a status at once here, so that a test need not wait for it. */
const NO_WAIT = { debounce: { presentMs: 0, absentMs: 0 } };
const gateway = (small: SmallHospital = NO_WAIT) => new WiredGateway(topology(small));
const occupied = [{ n: "occupancy", vb: true }];
const readings = (of: WiredGateway) =>
  of.kept().flatMap(({ record }) => (record.kind === "reading" ? [record] : []));

describe("what cannot be read", () => {
  test("is put aside with its reason, beside what can", () => {
    const north = gateway();
    north.hears(pack(at(1), [{ n: "mood", v: 1 }, ...occupied]), pack(at(1), "{"));
    expect(north.journal.facts.quarantinedCount).toBe(2);
    expect(readings(north)).toHaveLength(1);
    const reasons = north.book
      .entry(BED_DEVICE)
      .problems.list()
      .map(({ reason, count }) => [reason, count]);
    expect(reasons).toEqual([
      ["unknown-metric", 1],
      ["malformed-json", 1],
    ]);
  });

  test("is one row a message, however much of it is wrong, and each reason is counted", async () => {
    const north = gateway();
    north.hears(pack(at(1), [{ n: "mood", v: 1 }, { n: "luck", v: 2 }, { n: "tide", v: 3 }, ...occupied]));
    expect(await north.journal.quarantine(10)).toEqual([
      expect.objectContaining({ detail: expect.stringMatching(/; and 2 more in this message$/) }),
    ]);
    expect(north.book.entry(BED_DEVICE).problems.list()).toEqual([
      expect.objectContaining({ reason: "unknown-metric", count: 3 }),
    ]);
  });

  test("between two lines is put aside with its bytes, and is no word of the device", async () => {
    const north = gateway();
    const detail = "expected a line of at most 512 bytes";
    const body = {
      kind: "noise" as const,
      reason: "line-too-long" as const,
      detail,
      bytes: Buffer.from("xx"),
    };
    north.hears({ deviceId: MONITOR, received: at(1), body });
    expect(await north.journal.quarantine(10)).toEqual([
      expect.objectContaining({
        deviceId: MONITOR,
        reason: "line-too-long",
        raw: new Uint8Array(Buffer.from("xx")),
      }),
    ]);
    expect(north.book.entry(MONITOR)).toMatchObject({ lastHeard: null, readings: 0 });
    expect(north.book.entry(MONITOR).problems.list()).toEqual([
      expect.objectContaining({ reason: "line-too-long", count: 1 }),
    ]);
  });

  test("is put aside once, however often its broker sends it again", () => {
    const north = gateway();
    const came = (packetId: number, isRepeat: boolean, text = "{") =>
      pack(at(1), text, { packetId, isRepeat });
    const count = () => north.journal.facts.quarantinedCount;
    north.hears(came(7, false), came(8, false), came(7, true), came(8, true), came(7, true));
    expect(count()).toBe(2);
    // Another message under the same packet id, whatever its broker says of it.
    north.hears(came(7, false), came(7, true, "["));
    expect(count()).toBe(4);
    for (let packetId = 100; packetId < 400; packetId++) north.hears(came(packetId, false));
    north.hears(came(7, true, "["), came(399, true));
    expect(count()).toBe(305);
  });

  test("from a device that speaks another way than its profile is put aside too", () => {
    const north = gateway();
    north.hears({ ...registers(at(1), XY_MD02_REPLY_WORDS), deviceId: BED_DEVICE });
    expect(north.book.entry(BED_DEVICE).problems.list()).toEqual([
      expect.objectContaining({ reason: "wrong-topic" }),
    ]);
    expect(readings(north)).toEqual([]);
  });

  test("never ends the gateway, whatever it is, and what it leaves fits the wire", () => {
    const north = gateway();
    const record = fc.record(
      {
        n: fc.constantFrom("occupancy", "load", "cleaning", "battery", "mood"),
        v: fc.oneof(fc.double(), fc.integer()),
        vb: fc.boolean(),
        u: fc.constantFrom("kg", "%EL", "lb", "\ud800", ""),
        t: fc.oneof(fc.double(), fc.integer(), fc.constantFrom(1e303, -1e303, 2 ** 28, BEGIN_MS / 1_000)),
        bt: fc.double(),
      },
      { requiredKeys: ["n"] },
    );
    const text = fc.oneof(
      { weight: 4, arbitrary: fc.array(record).map((pack) => JSON.stringify(pack)) },
      fc.json(),
      fc.string(),
    );
    let second = 0;
    fc.assert(
      fc.property(text, (payload) => {
        second += 1;
        north.hears(pack(at(second), payload));
        north.passesTo(at(second));
      }),
    );
    const kept = north.kept().map(({ record: one }) => one);
    expect(kept.length).toBeGreaterThan(50);
    for (const one of kept) expect(SyncRecord.safeParse(one).error).toBeUndefined();
  });
});
