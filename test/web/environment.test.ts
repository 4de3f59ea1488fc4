import { describe, expect, test } from "vitest";
import { SPARKLINE_HEIGHT } from "../../cloud/web/charts/sparkline-path.ts";
import { trendColumns } from "../../cloud/web/charts/trend-columns.ts";
import { limitTrend } from "../../cloud/web/environment/limit-trend.ts";
import { limitsWords, outsideWords } from "../../cloud/web/environment/limit-words.ts";
import { inOrder, type Room, type RowState, roomsOf, rowsOf } from "../../cloud/web/environment/room-rows.ts";
import { timeOutside } from "../../cloud/web/environment/time-outside.ts";
import { LatestSeriesValue } from "../../contracts/wire/history.ts";
import { aBed, at, MIN, NOW_MS } from "./a-bed.ts";

const limits = [{ metric: "room-temperature", min: 20, max: 24 }] as const;
const [room] = roomsOf([withLimits(aBed())]) as [Room];
const facts = { nowMs: NOW_MS, isGatewaySilent: false };

function withLimits(bed: ReturnType<typeof aBed>, more: Partial<Room> = {}) {
  return { ...bed, room: { ...bed.room, limits: [...limits], ...more } };
}

function temperature(value: number | null, words: object = {}) {
  return LatestSeriesValue.parse({
    hospitalId: "north",
    gatewayId: "north-gateway",
    deviceId: "climate-1",
    bedId: null,
    roomId: room.roomId,
    metric: "room-temperature",
    value,
    unit: "Cel",
    quality: "good",
    badReason: null,
    observedAt: at(5_000),
    receivedAt: at(4_000),
    ageMs: 5_000,
    expectedIntervalMs: 60_000,
    freshness: "fresh",
    ...words,
  });
}

describe("a room's row says", () => {
  test.each<[string, object, number | null, RowState]>([
    ["within limits, the edge included", {}, 24, "within"],
    ["out of limits above", {}, 24.1, "out"],
    ["out of limits below", {}, 19.9, "out"],
    ["stale, whatever the old value was", { observedAt: at(4 * MIN) }, 30, "stale"],
    ["not used where it is bad", { quality: "bad", badReason: "out-of-range" }, 22, "bad"],
    ["not used where the device has none", {}, null, "bad"],
    ["not used in a unit that the limits are not in", { unit: "[degF]" }, 22, "bad"],
  ])("%s", (_name, words, value, state) => {
    const [row] = rowsOf(room, [temperature(value, words)], facts);
    expect(row?.state).toBe(state);
  });

  test("no sensor, where there is a limit and nothing measures it", () => {
    expect(rowsOf(room, [], facts)).toMatchObject([{ metric: "room-temperature", state: "no-sensor" }]);
    expect(rowsOf(room, [temperature(22, { roomId: "another" })], facts)[0]?.state).toBe("no-sensor");
  });

  test("stale at once where its gateway is silent", () => {
    const [row] = rowsOf(room, [temperature(22)], { ...facts, isGatewaySilent: true });
    expect(row?.state).toBe("stale");
  });
});

test("what its gateway calls out of limits comes first, then a value outside, then what is not known, then what is well", () => {
  const shown = (name: string, condition: Room["condition"], value: number | null) => {
    const each = { ...room, name, condition };
    return { room: each, rows: rowsOf(each, value === null ? [] : [temperature(value)], facts) };
  };
  const order = inOrder([
    shown("well", "within-limits", 22),
    shown("no sensor", "unknown", null),
    { room: { ...room, name: "not loaded" }, rows: null },
    shown("a value outside", "within-limits", 30),
    shown("called out", "out-of-limits", 22),
  ]);
  expect(order.map((each) => each.room.name)).toEqual([
    "called out",
    "a value outside",
    "no sensor",
    "not loaded",
    "well",
  ]);
});

test("of beds of one room the worst word stands", () => {
  const beds = [
    withLimits(aBed({ label: "10" }), { condition: "within-limits" }),
    withLimits(aBed({ id: "b-2", label: "9" }), { condition: "out-of-limits" }),
  ];
  expect(roomsOf(beds)).toMatchObject([{ condition: "out-of-limits", bedLabels: ["9", "10"] }]);
});

const EVERY_MS = 10 * MIN;
function columns(means: readonly (number | null)[], spread = 0) {
  return trendColumns(
    {
      atMs: means.map((_, place) => NOW_MS + place * EVERY_MS),
      mean: [...means],
      last: [...means],
      min: means.map((mean) => (mean === null ? null : mean - spread)),
      max: means.map((mean) => (mean === null ? null : mean + spread)),
      count: means.map((mean) => (mean === null ? 0 : 10)),
      bad: means.map(() => 0),
    },
    EVERY_MS,
    60_000,
  );
}

test("time outside is that of the points' means, over what was measured", () => {
  const outside = timeOutside(columns([22, 25, 26, null, 22], 0), { min: 20, max: 24 }, EVERY_MS);
  expect(outside).toEqual({ outsideMs: 20 * MIN, touchedMs: 20 * MIN, measuredMs: 40 * MIN });
  expect(outsideWords(outside ?? fail(), EVERY_MS)).toBe("20 min of 40 min measured");
  const touched = timeOutside(columns([23, 23], 2), { min: 20, max: 24 }, EVERY_MS);
  expect(outsideWords(touched ?? fail(), EVERY_MS)).toContain("now and then");
  expect(timeOutside(columns([22]), { min: 20, max: 24 }, null)).toBeNull();
});

const fail = (): never => {
  throw new Error("expected a time");
};

test("the band of limits and the trend share a scale, and a side without a limit is open", () => {
  const both = limitTrend(columns([22, 22]), { min: 20, max: 24 }, NOW_MS, NOW_MS + MIN);
  // The trend lies in the middle, the band around it.
  expect(both.band?.y).toBeGreaterThan(0);
  expect((both.band?.y ?? 0) + (both.band?.height ?? 0)).toBeLessThan(SPARKLINE_HEIGHT);
  const open = limitTrend(columns([22, 22]), { min: null, max: 24 }, NOW_MS, NOW_MS + MIN);
  expect((open.band?.y ?? 0) + (open.band?.height ?? 0)).toBe(SPARKLINE_HEIGHT);
  expect(limitTrend(columns([22, 22]), null, NOW_MS, NOW_MS + MIN).band).toBeNull();
});

test("limits read as a sentence does", () => {
  expect(limitsWords({ min: 20, max: 24 }, "Cel")).toBe("20 to 24 °C");
  expect(limitsWords({ min: null, max: -2.5 }, "Pa")).toBe("at most -2.5 Pa");
  expect(limitsWords(null, "Pa")).toBe("none");
});
