import { expect, test } from "vitest";
import { chosenValue, lanesFor } from "../../cloud/web/ward/ward-lanes.ts";
import { roomsOf } from "../../cloud/web/ward/ward-layout.ts";
import type { MetricName } from "../../contracts/metrics/catalogue.ts";
import { LatestSeriesValue } from "../../contracts/wire/history.ts";
import { aBed, at } from "./a-bed.ts";
import { aLatest } from "./scene-history.ts";

const bed = aBed();
const value = (metric: MetricName, agoMs: number, words: object = {}) =>
  LatestSeriesValue.parse(aLatest(bed, agoMs, { metric, ...words }));
const lane = (name: string, readsVitals = true) => {
  const found = lanesFor(readsVitals).find((each) => each.name === name);
  if (found === undefined) throw new Error(`no lane ${name}`);
  return found;
};

test("rooms and their beds stand as people count them, 2 before 10", () => {
  const beds = [
    aBed({ id: "b-3", label: "10", room: "Room 10" }),
    aBed({ id: "b-2", label: "10", room: "Room 2" }),
    aBed({ id: "b-1", label: "9", room: "Room 2" }),
  ];
  expect(roomsOf(beds).map(({ name, bedIds }) => [name, bedIds])).toEqual([
    ["Room 2", ["b-1", "b-2"]],
    ["Room 10", ["b-3"]],
  ]);
});

test("only who may read vital signs has lanes for them", () => {
  const metrics = (readsVitals: boolean) => lanesFor(readsVitals).flatMap((each) => each.metrics);
  expect(metrics(true)).toContain("spo2");
  expect(metrics(false)).toEqual(["load", "occupancy"]);
});

test("a heart rate is preferred to a pulse, then what was observed last", () => {
  const pulse = value("pulse-rate", 500);
  const heart = value("heart-rate", 9_000);
  expect(chosenValue([pulse, heart], bed.bedId, lane("Pulse"))).toBe(heart);
  const older = value("spo2", 9_000, { deviceId: "a" });
  const newer = value("spo2", 500, { deviceId: "b" });
  expect(chosenValue([older, newer], bed.bedId, lane("SpO₂"))).toBe(newer);
});

test("another bed's value is never this bed's", () => {
  const other = value("spo2", 500, { bedId: "north-bed-02", observedAt: at(0) });
  expect(chosenValue([other], bed.bedId, lane("SpO₂"))).toBeNull();
});
