import { expect, test } from "vitest";
import { loadRecording, parseRecording, RECORDINGS } from "../../../firmware-sim/monitor/recording.ts";

// First and last rows as they stand in the source's files, columns SpO2 5, Pulse 5, PI 5.
test.each([
  ["uw100001", 1090, [98, 57, 2.1], [100, 54, 2.5]],
  ["uw100002", 1122, [98, 66, 6], [100, 64, 2]],
  ["uw100003", 1066, [96, 60, 7.7], [99, 56, 5.2]],
  ["uw100004", 1015, [96, 45, 8.1], [98, 44, 6.3]],
] as const)("recording %s is whole", async (name, rows, first, last) => {
  const recording = await loadRecording(RECORDINGS[name]);
  expect(recording).toHaveLength(rows);
  const values = [recording[0], recording.at(-1)].map((row) => [
    row?.spo2Pct,
    row?.pulsePerMin,
    row?.perfusionIndex,
  ]);
  expect(values).toEqual([first, last]);
});

test("a zero and a blank are no values", () => {
  expect(parseRecording("Time,SpO2 5,Pulse 5,PI 5\n09:25:02,0,,1.5\n")).toEqual([
    { spo2Pct: null, pulsePerMin: null, perfusionIndex: 1.5 },
  ]);
});

test("a file with other columns is refused", () => {
  expect(() => parseRecording("Time,Pulse 5,SpO2 5,PI 5\n")).toThrow("a recording starts with");
});
