import fc from "fast-check";
import { expect, test } from "vitest";
import { climateAt, excursionAt, excursionsOf } from "../../../firmware-sim/room-day/climate-day.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const rooms = fc.record({ seed: fc.integer(), roomId: fc.constantFrom("room-1", "room-2", "room-3") });

test("outside of an excursion the room keeps 21.5 to 23.5 °C, and always 40 to 55 %RH", () => {
  fc.assert(
    fc.property(rooms, fc.integer({ min: 0, max: 3 * dayMs }), (room, atMs) => {
      const { temperatureCel, relativeHumidityPct } = climateAt(room, atMs);
      if (excursionAt(room, atMs) === undefined) {
        expect(temperatureCel).toBeGreaterThanOrEqual(21.5);
        expect(temperatureCel).toBeLessThanOrEqual(23.5);
      }
      expect(relativeHumidityPct).toBeGreaterThanOrEqual(40);
      expect(relativeHumidityPct).toBeLessThanOrEqual(55);
    }),
  );
});

test("two to four times a day a window is open or the heating high, long enough to be felt, never both at once", () => {
  fc.assert(
    fc.property(rooms, fc.integer({ min: 0, max: 5 }), (room, day) => {
      const excursions = excursionsOf(room, day);
      expect(excursions.length).toBeGreaterThanOrEqual(2);
      expect(excursions.length).toBeLessThanOrEqual(4);
      let freeFromMs = day * dayMs;
      for (const { kind, startsAtMs, endsAtMs } of excursions) {
        expect(startsAtMs).toBeGreaterThanOrEqual(freeFromMs);
        const { temperatureCel } = climateAt(room, (startsAtMs + endsAtMs) / 2);
        if (kind === "window-open") expect(temperatureCel).toBeLessThan(21);
        else expect(temperatureCel).toBeGreaterThan(24);
        freeFromMs = endsAtMs;
      }
      expect(freeFromMs).toBeLessThanOrEqual((day + 1) * dayMs);
    }),
  );
});

test("the temperature drifts: a ward minute moves it less than a degree", () => {
  const room = { seed: 7, roomId: "room-1" };
  for (let atMs = 0; atMs < dayMs; atMs += minuteMs) {
    const step = climateAt(room, atMs + minuteMs).temperatureCel - climateAt(room, atMs).temperatureCel;
    expect(Math.abs(step)).toBeLessThan(1);
  }
});
