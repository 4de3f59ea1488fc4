import { describe, expect, test } from "vitest";
import { GatewayDeliveries } from "./gateway-deliveries.ts";
import { differences, Tallies } from "./tally.ts";

const tallied = () => {
  const tallies = new Tallies();
  tallies.add("gw-1 monitor-1 heart-rate", "good", 72.25);
  tallies.add("gw-1 monitor-1 heart-rate", "good", 71);
  tallies.add("gw-1 monitor-1 heart-rate", "bad", 312);
  tallies.add("gw-1 monitor-1 spo2", "empty", 0);
  return tallies.bySeries;
};
const whole = new Map([
  ["gw-1 monitor-1 heart-rate", { good: 2, goodSum: 143.25, bad: 1, badSum: 312 }],
  ["gw-1 monitor-1 spo2", { empty: 1 }],
]);
const ALL = ["good", "goodSum", "bad", "badSum", "empty"] as const;

describe("what was put in and what is found", () => {
  test("are the same where each series is", () => {
    expect(differences(tallied(), whole, ALL)).toEqual([]);
  });

  test("differ by a reading that is there twice, and by a sum that is another", () => {
    const twice = new Map(whole).set("gw-1 monitor-1 heart-rate", {
      good: 3,
      goodSum: 143.25,
      bad: 1,
      badSum: 312,
    });
    expect(differences(tallied(), twice, ALL)).toEqual([
      "gw-1 monitor-1 heart-rate: good 3 where 2 were put in",
    ]);
    const other = new Map(whole).set("gw-1 monitor-1 heart-rate", {
      good: 2,
      goodSum: 144,
      bad: 1,
      badSum: 312,
    });
    expect(differences(tallied(), other, ALL)).toHaveLength(1);
  });

  test("differ by a series that is missing, and by one that nobody put in", () => {
    expect(differences(tallied(), new Map(), ALL)).toHaveLength(2);
    const strange = new Map(whole).set("gw-2 monitor-1 spo2", { empty: 1 });
    expect(differences(tallied(), strange, ALL)).toEqual([
      "gw-2 monitor-1 spo2: empty 1 where 0 were put in",
    ]);
  });
});

test("a gateway's deliveries are the same with the same seed, repeat some, and count each reading once", () => {
  const made = () => {
    const tallies = new Tallies();
    const deliveries = new GatewayDeliveries({
      gatewayId: "gw-1",
      epochs: 2,
      readings: 8_000,
      readingsPerBatch: 200,
      beginMs: 1_700_000_000_000,
      seed: 3,
      tallies,
    });
    const bytes = [...deliveries.bodies()].map((body) => Buffer.from(body).toString("base64"));
    return { bytes, total: tallies.total, deliveries };
  };
  const first = made();
  expect(made().bytes).toEqual(first.bytes);
  expect(first.deliveries.repeated).toBeGreaterThan(1_000);
  expect(first.total.good + first.total.unusable + first.deliveries.unkeepable).toBe(8_000);
});
