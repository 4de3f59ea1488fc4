import { expect, test } from "vitest";
import { distanceKm } from "../../contracts/booking/distance.ts";

const VIENNA = { latitude: 48.2082, longitude: 16.3738 };

/** A degree of the circle is 111.195 km; the cities' distance is the published one by the great circle. */
test.each([
  ["one place to itself", VIENNA, VIENNA, 0],
  ["a degree along the equator", { latitude: 0, longitude: 0 }, { latitude: 0, longitude: 1 }, 111.195],
  ["across the date line", { latitude: 0, longitude: 179.5 }, { latitude: 0, longitude: -179.5 }, 111.195],
  [
    "to the other side of the earth",
    { latitude: 0, longitude: 0 },
    { latitude: 0, longitude: 180 },
    20_015.115,
  ],
  ["pole to pole", { latitude: 90, longitude: 0 }, { latitude: -90, longitude: 77 }, 20_015.115],
  ["Vienna to Graz", VIENNA, { latitude: 47.0707, longitude: 15.4395 }, 144.8],
])("%s", (_name, from, to, km) => {
  expect(Math.abs(distanceKm(from, to) - km)).toBeLessThan(0.6);
  expect(distanceKm(to, from)).toBeCloseTo(distanceKm(from, to), 9);
});
