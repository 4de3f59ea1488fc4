import { expect, test } from "vitest";
import {
  badWords,
  clockWords,
  gapWords,
  lagsWords,
  lagWords,
} from "../../cloud/web/data-health/health-words.ts";
import { matrixOf } from "../../cloud/web/data-health/matrix.ts";
import { progressWords } from "../../cloud/web/exports/export-words.ts";
import type { DataHealth } from "../../contracts/wire/data-health.ts";
import { ExportView } from "../../contracts/wire/exports.ts";
import { at } from "./a-bed.ts";
import { aDataHealth } from "./a-data-health.ts";

const cell = (health: DataHealth, row: string, hospitalId: string) => {
  const found = matrixOf(health).find(({ name }) => name === row);
  return [...(found?.cells ?? [])].find(([id]) => id === hospitalId)?.[1];
};

test("the matrix counts what is fresh by hospital and names every trouble in words", () => {
  const health = aDataHealth();
  expect(cell(health, "Bed sensors", "north")).toEqual({ words: "31 of 31 fresh", troubles: ["1 noisy"] });
  expect(cell(health, "Bed sensors", "south")?.troubles).toEqual(["1 stale", "1 with gaps"]);
  expect(cell(health, "Gateways", "south")).toEqual({
    words: "0 of 1 heard",
    troubles: ["1 silent", "1 with its clock off", "1 behind", "1 refused"],
  });
  expect(cell(health, "Monitors", "south")?.words).toBe("None");
  expect(cell(health, "Named by a bed, never heard", "south")?.troubles).toEqual(["1 never heard"]);
});

test("lags, shares, gaps and clocks read as what they are", () => {
  expect([12.4, 999.6, 1_240, 61_000, -400].map(lagWords)).toEqual([
    "12 ms",
    "1.0 s",
    "1.2 s",
    "1 min",
    "−400 ms",
  ]);
  expect(lagsWords(null)).toBe("nothing came");
  expect(badWords({ readings: 0, badReadings: 0 })).toBe("no readings");
  expect(badWords({ readings: 1_200, badReadings: 3 })).toBe("3 of 1,200 (under 1 %)");
  expect([null, 0, 4].map(gapWords)).toEqual(["not counted", "none", "4 min"]);
  expect(clockWords(94_000)).toBe("1 min behind");
  expect(clockWords(-94_000)).toBe("1 min ahead");
});

const view = (words: object) =>
  ExportView.parse({
    exportId: "00000000-0000-4000-8000-000000000001",
    request: {
      kind: "series",
      format: "csv",
      selection: { bed: "north-bed-01" },
      from: at(60_000),
      to: at(0),
      everyMs: null,
    },
    state: "running",
    doneRows: 1_200,
    totalRows: 4_000,
    totalIsEstimate: true,
    percent: 30.4,
    secondsLeft: 75,
    fileName: "readings.csv",
    bytes: 40_000,
    sha256: null,
    error: null,
    note: null,
    askedAt: at(0),
    endedAt: null,
    expiresAt: null,
    ...words,
  });

test("an export says rows, percent and time left, and why it failed", () => {
  expect(progressWords(view({}))).toBe("1,200 of about 4,000 rows · 30 % · about 1 min left");
  expect(progressWords(view({ totalRows: null, percent: null, secondsLeft: null }))).toBe(
    "1,200 rows · time left not known",
  );
  expect(progressWords(view({ state: "done", bytes: 1_240_000 }))).toBe("1,200 rows · 1.2 MB");
  expect(progressWords(view({ state: "failed", error: "No room on the disk. Make some." }))).toBe(
    "Failed. No room on the disk. Make some.",
  );
});
