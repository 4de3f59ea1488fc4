/** Which policy counts, what is due at an instant, and what a hold keeps: values in, values out. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WEEK_MS } from "../../cloud/ingest/reading-blocks.ts";
import { type Hold, holdsOver, isHeldBy, keepsAllOf } from "../../cloud/retention/holds/hold.ts";
import {
  BED_EVENTS_MS_MIN,
  cutoffsOf,
  DAY_MS,
  errandsOf,
  type Parcel,
  policyFor,
  weekOf,
} from "../../cloud/retention/policy.ts";
import type { RetentionPolicy } from "../../config/history.ts";
import { RETENTION_CLASSES } from "../../config/history.ts";

const north = "north" as never;
const south = "south" as never;
const NOW_MS = Date.UTC(2026, 6, 1, 12);

const policy = (fields: Partial<RetentionPolicy> = {}): RetentionPolicy => ({
  class: "vitals",
  rawDays: 30,
  afterwards: "delete",
  ...fields,
});

describe("the policy that counts", () => {
  const general = policy();
  const own = policy({ hospital: south, rawDays: 400 });
  test.each<[string, readonly RetentionPolicy[], RetentionPolicy | null]>([
    ["is the hospital's own before the one for all", [general, own], own],
    ["is the hospital's own, in whatever order they stand", [own, general], own],
    ["is the one for all where the hospital has none", [general, policy({ hospital: north })], general],
    ["is none where none is of the class", [policy({ class: "environment" })], null],
    ["is none where none is of the hospital", [policy({ hospital: north })], null],
  ])("%s", (_name, policies, expected) => {
    expect(policyFor(policies, "vitals", south)).toBe(expected);
  });

  test("makes an errand for each class and hospital that has one", () => {
    const errands = errandsOf([general, own, policy({ class: "bed-events" })], [north, south], NOW_MS);
    expect(
      errands.map(({ class: of, hospitalId, policy: { rawDays } }) => [of, hospitalId, rawDays]),
    ).toEqual([
      ["vitals", "north", 30],
      ["vitals", "south", 400],
      ["bed-events", "north", 30],
      ["bed-events", "south", 30],
    ]);
  });
});

describe("what is due", () => {
  const times = fc.integer({ min: 1_600_000_000_000, max: 4_000_000_000_000 });
  const days = fc.integer({ min: 1, max: 36_500 });

  test("is never younger than the policy says, and at most a week older than it must be", () => {
    fc.assert(
      fc.property(times, days, (nowMs, rawDays) => {
        const { rawMs } = cutoffsOf(policy({ rawDays }), nowMs);
        expect(rawMs).toBe(weekOf(rawMs));
        expect(nowMs - rawMs).toBeGreaterThanOrEqual(rawDays * DAY_MS);
        expect(nowMs - rawMs).toBeLessThan(rawDays * DAY_MS + WEEK_MS);
      }),
    );
  });

  test("grows with time, and shrinks with the policy", () => {
    fc.assert(
      fc.property(times, days, days, fc.nat(10 * WEEK_MS), (nowMs, some, more, passed) => {
        const [few, many] = [Math.min(some, more), Math.max(some, more)];
        const now = cutoffsOf(policy({ rawDays: few }), nowMs).rawMs;
        expect(cutoffsOf(policy({ rawDays: few }), nowMs + passed).rawMs).toBeGreaterThanOrEqual(now);
        expect(cutoffsOf(policy({ rawDays: many }), nowMs).rawMs).toBeLessThanOrEqual(now);
      }),
    );
  });

  test("is no bed event from which last month's report is still made", () => {
    fc.assert(
      fc.property(times, days, (nowMs, rawDays) => {
        const { rawMs, minuteMs, hourMs } = cutoffsOf(
          policy({ class: "bed-events", rawDays, minuteDays: 1, hourDays: 1 }),
          nowMs,
        );
        expect(nowMs - rawMs).toBeGreaterThanOrEqual(BED_EVENTS_MS_MIN);
        expect([minuteMs, hourMs]).toEqual([null, null]);
      }),
    );
  });

  test("are roll-ups only where the policy says for how long they are kept", () => {
    expect(cutoffsOf(policy(), NOW_MS)).toMatchObject({ minuteMs: null, hourMs: null });
    expect(cutoffsOf(policy({ minuteDays: 60 }), NOW_MS).minuteMs).toBe(Date.UTC(2026, 4, 2));
  });
});

describe("a legal hold", () => {
  const hold = (fields: Partial<Hold> = {}): Hold => ({
    hospitalId: north,
    bedId: null,
    deviceId: null,
    class: null,
    fromMs: 1_000,
    toMs: 2_000,
    ...fields,
  });
  const record = {
    hospitalId: "north",
    bedId: "bed-1",
    deviceId: "monitor-1",
    class: "vitals",
    atMs: 1_500,
  } as const;

  test.each<[string, Partial<Hold>, object, boolean]>([
    ["keeps what lies in its time", {}, {}, true],
    ["keeps its first moment", {}, { atMs: 1_000 }, true],
    ["does not keep the moment it ends at", {}, { atMs: 2_000 }, false],
    ["keeps what comes at any time where it is open", { toMs: null }, { atMs: 9e12 }, true],
    ["keeps nothing of another hospital", {}, { hospitalId: "south" }, false],
    ["keeps nothing of another class", { class: "environment" }, {}, false],
    ["keeps nothing of another bed", { bedId: "bed-2" as never }, {}, false],
    ["keeps nothing of a room where it names a bed", { bedId: "bed-1" as never }, { bedId: null }, false],
    ["keeps nothing of another device", { deviceId: "monitor-2" as never }, {}, false],
    [
      "keeps bed events where it names a device",
      { deviceId: "m" as never },
      { class: "bed-events", deviceId: null },
      true,
    ],
  ])("%s", (_name, fields, change, expected) => {
    expect(isHeldBy(hold(fields), { ...record, ...change })).toBe(expected);
  });

  const holds = fc.record({
    hospitalId: fc.constantFrom(north, south),
    bedId: fc.constantFrom(null, "bed-1" as never, "bed-2" as never),
    deviceId: fc.constantFrom(null, "monitor-1" as never),
    class: fc.constantFrom(null, ...RETENTION_CLASSES),
    fromMs: fc.integer({ min: 0, max: 30 }),
    toMs: fc.option(fc.integer({ min: 31, max: 60 })),
  });
  const parcels: fc.Arbitrary<Parcel> = fc.record({
    class: fc.constantFrom(...RETENTION_CLASSES),
    hospitalId: fc.constantFrom(north, south),
    fromMs: fc.integer({ min: 0, max: 40 }),
    toMs: fc.integer({ min: 41, max: 70 }),
  });

  test("that keeps anything of a parcel is over it, and one that keeps all of it keeps each", () => {
    fc.assert(
      fc.property(fc.array(holds, { maxLength: 5 }), parcels, fc.nat(70), (all, parcel, atMs) => {
        fc.pre(atMs >= parcel.fromMs && atMs < parcel.toMs);
        const inside = { ...record, class: parcel.class, hospitalId: parcel.hospitalId, atMs };
        const over = holdsOver(all, parcel);
        expect(all.filter((each) => isHeldBy(each, inside) && !over.includes(each))).toEqual([]);
        for (const each of over) if (keepsAllOf(each, parcel)) expect(isHeldBy(each, inside)).toBe(true);
      }),
    );
  });
});
