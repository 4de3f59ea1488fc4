import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AtMs } from "../../../contracts/wire/ids.ts";
import { type DeviceClock, type Observed, observe } from "../../../gateway/ingest/device-clock.ts";
import { BEGIN_MS } from "../../support/moments.ts";

/** A device that speaks; times in seconds after the beginning, its own first. */
function hear(
  ...samples: readonly (readonly [deviceSecond: number | null, receivedSecond: number])[]
): Observed[] {
  let clock: DeviceClock | null = null;
  return samples.map(([device, received]) => {
    const deviceTimeMs = device === null ? null : Math.round(BEGIN_MS + device * 1_000);
    const observed = observe(clock, deviceTimeMs, Math.round(BEGIN_MS + received * 1_000));
    clock = observed.clock;
    return observed;
  });
}

const secondsOf = ({ observedAtMs }: Observed) => (observedAtMs - BEGIN_MS) / 1_000;
const last = (observed: readonly Observed[]) => {
  const one = observed.at(-1);
  if (one === undefined) throw new Error("heard nothing");
  return one;
};
/** On time once a second, from second 0 to `until`, on a clock that is off by so much. */
const onTime = (until: number, offBy = 0) =>
  Array.from({ length: until + 1 }, (_, second) => [second + offBy, second + 0.1] as const);

describe("a device's own time", () => {
  test("is taken where it agrees with the gateway's", () => {
    expect(last(hear([10, 10.4]))).toMatchObject({ observedBy: "device", isHistorical: false });
    expect(secondsOf(last(hear([10, 10.4])))).toBe(10);
  });

  test("is not taken where it is off by more than two seconds, ahead or behind", () => {
    for (const off of [-2.1, 2.1, -86_400, 86_400]) {
      const heard = last(hear([10 + off, 10]));
      expect([heard.observedBy, secondsOf(heard)]).toEqual(["gateway", 10]);
    }
  });

  test("that is ahead is seen through at once, one that is behind once it has run on for ten seconds", () => {
    const ahead = hear(...onTime(12, 3_600));
    expect(ahead.map((heard) => heard.isHistorical)).not.toContain(true);
    const behind = hear(...onTime(12, -3_600)).map((heard) => heard.isHistorical);
    expect([behind.slice(0, 11), behind.slice(11)]).toEqual([Array(11).fill(true), [false, false]]);
  });

  test("does not make news of what a device kept in its queue while the gateway was away", () => {
    const queued = [-600, -400, -200, -5].map((second) => [second, 0] as const);
    expect(hear(...queued, [0, 0.1]).map((heard) => heard.isHistorical)).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  test("that was never told is the gateway's", () => {
    const heard = last(hear([null, 10]));
    expect([heard.observedBy, secondsOf(heard), heard.clock]).toEqual(["gateway", 10, null]);
  });
});

describe("late readings", () => {
  test("are history, with the time they were made at", () => {
    const heard = last(hear(...onTime(20), [5.5, 21]));
    expect([heard.isHistorical, heard.observedBy, secondsOf(heard)]).toEqual([true, "device", 5.5]);
  });

  test("of a device with a wrong clock are history too, set right by its offset", () => {
    const heard = last(hear(...onTime(20, -3_600), [5 - 3_600, 21]));
    expect([heard.isHistorical, heard.observedBy]).toEqual([true, "gateway"]);
    expect(secondsOf(heard)).toBeCloseTo(5.1, 3);
  });

  test("by less than two seconds are as good as new", () => {
    expect(last(hear(...onTime(20), [20, 22])).isHistorical).toBe(false);
  });

  test("from a queue sent all at once are history up to what is new", () => {
    const queue = Array.from({ length: 60 }, (_, index) => [21 + index * 5, 316.5 + index * 0.01] as const);
    const heard = hear(...onTime(20), ...queue);
    const live = heard
      .slice(21)
      .map(({ isHistorical }, index) => (isHistorical ? null : index))
      .filter((index) => index !== null);
    expect(live).toEqual([59]);
  });
});

describe("a clock that was set", () => {
  test("forward is believed at once", () => {
    expect(
      hear(...onTime(20), [3_621, 21.1], [3_622, 22.1])
        .slice(-2)
        .map((one) => one.isHistorical),
    ).toEqual([false, false]);
  });

  test("back is believed once it ran on for ten seconds, and not before", () => {
    const set = Array.from({ length: 13 }, (_, index) => [21 + index - 3_600, 21.1 + index] as const);
    const heard = hear(...onTime(20), ...set).slice(21);
    expect(heard.map(({ isHistorical }) => isHistorical)).toEqual([...Array(11).fill(true), false, false]);
    expect(secondsOf(last(heard))).toBeCloseTo(33.1, 3);
  });

  test("back and then standing still is never believed", () => {
    const standing = Array.from({ length: 60 }, (_, index) => [21 - 3_600, 21.1 + index] as const);
    expect(
      hear(...onTime(20), ...standing)
        .slice(21)
        .every(({ isHistorical }) => isHistorical),
    ).toBe(true);
  });
});

test("whatever a device says the time is, a reading has one that can be written", () => {
  const deviceTime = fc.oneof(
    fc.constantFrom(0, 1, BEGIN_MS, 253_402_300_799_999, 1e18, 1e303),
    fc.integer({ min: BEGIN_MS - 100_000, max: BEGIN_MS + 100_000 }),
  );
  fc.assert(
    fc.property(fc.array(deviceTime, { minLength: 1, maxLength: 8 }), (times) => {
      let clock: DeviceClock | null = null;
      for (const [index, time] of times.entries()) {
        const observed = observe(clock, time, BEGIN_MS + index * 1_000);
        expect(AtMs.safeParse(observed.observedAtMs).success).toBe(true);
        clock = observed.clock;
      }
    }),
  );
});
