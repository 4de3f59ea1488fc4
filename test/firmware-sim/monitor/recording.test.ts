import { expect, test } from "vitest";
import { loadRecording, parseRecording, RECORDINGS } from "../../../firmware-sim/monitor/recording.ts";

test("the two recordings are whole", async () => {
  const first = await loadRecording(RECORDINGS.uw100001);
  expect(first).toHaveLength(1090);
  expect(first[0]).toEqual({ spo2Pct: 98, pulsePerMin: 57, perfusionIndex: 2.1 });
  expect(first.at(-1)).toEqual({ spo2Pct: 100, pulsePerMin: 54, perfusionIndex: 2.5 });

  const fourth = await loadRecording(RECORDINGS.uw100004);
  expect(fourth).toHaveLength(1015);
  expect(fourth[0]).toEqual({ spo2Pct: 96, pulsePerMin: 45, perfusionIndex: 8.1 });
  expect(fourth.at(-1)).toEqual({ spo2Pct: 98, pulsePerMin: 44, perfusionIndex: 6.3 });
});

test("a zero and a blank are no values", () => {
  expect(parseRecording("Time,SpO2 5,Pulse 5,PI 5\n09:25:02,0,,1.5\n")).toEqual([
    { spo2Pct: null, pulsePerMin: null, perfusionIndex: 1.5 },
  ]);
});

test("a file with other columns is refused", () => {
  expect(() => parseRecording("Time,Pulse 5,SpO2 5,PI 5\n")).toThrow("a recording starts with");
});
