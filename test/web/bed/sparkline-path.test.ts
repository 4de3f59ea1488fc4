import { expect, test } from "vitest";
import { sparklinePaths } from "../../../cloud/web/charts/sparkline-path.ts";
import { trendColumns } from "../../../cloud/web/charts/trend-columns.ts";

/** Four readings ten minutes apart in an hour, the third of them bad, and a gap after the second. */
const columns = trendColumns(
  {
    atMs: [0, 600_000, 2_400_000, 3_000_000],
    min: [10, 20, null, 30],
    mean: [10, 20, null, 30],
    max: [10, 20, null, 30],
    last: [10, 20, null, 30],
    count: [1, 1, 0, 1],
    bad: [0, 0, 1, 0],
  },
  null,
  600_000,
);

test("a gap is not bridged, a reading by itself is a dot, and a bad one a stroke at the foot", () => {
  const { line, bad } = sparklinePaths(columns, 0, 3_600_000, 0);
  expect(line.match(/M/g)).toHaveLength(2);
  expect(line).toMatch(/^M0 [\d.]+L16\.67 [\d.]+M83\.33 [\d.]+h0$/);
  expect(bad).toBe("M67 32v-5");
});

test("the highest value is at the top, and none is outside of the box", () => {
  const { line } = sparklinePaths(columns, 0, 3_600_000, 0);
  const heights = [...line.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y));
  expect(heights).toHaveLength(3);
  expect(heights.toSorted((one, other) => other - one)).toEqual(heights);
  for (const height of heights) expect(height > 0 && height < 32).toBe(true);
});

test("nothing measured is nothing drawn", () => {
  const nothing = { atMs: [], min: [], mean: [], max: [], last: [], count: [], bad: [] };
  expect(sparklinePaths(trendColumns(nothing, null, null), 0, 1, 0)).toEqual({ band: "", line: "", bad: "" });
});
