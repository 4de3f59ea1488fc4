import { expect, test } from "vitest";
import { roomLimits } from "../../../gateway/commissioning/room-limits.ts";

const pressureLimits = { differencePaMin: 2.5, bandPa: 0.5, medianOverMs: 30_000, doorGraceMs: 60_000 };
const climateLimits = {
  temperatureCelMin: 21,
  temperatureCelMax: 24,
  relativeHumidityPctMax: 60,
  temperatureCelBand: 0.3,
  relativeHumidityPctBand: 2,
  debounceMs: 30_000,
};

test("a room without limits tells none", () => {
  expect(roomLimits({ climateLimits: undefined, isolation: "none", pressureLimits })).toEqual([]);
});

test("a climate is told by metric, with the side that has no limit open", () => {
  expect(roomLimits({ climateLimits, isolation: "none", pressureLimits })).toEqual([
    { metric: "room-temperature", min: 21, max: 24 },
    { metric: "relative-humidity", min: null, max: 60 },
  ]);
});

test("air is held in below the corridor's pressure, and out above it", () => {
  const pressureOf = (isolation: "negative-pressure" | "positive-pressure") =>
    roomLimits({ climateLimits: undefined, isolation, pressureLimits });
  expect(pressureOf("negative-pressure")).toEqual([
    { metric: "differential-pressure", min: null, max: -2.5 },
  ]);
  expect(pressureOf("positive-pressure")).toEqual([{ metric: "differential-pressure", min: 2.5, max: null }]);
});
