import { expect, test } from "vitest";
import { contecFrame } from "../../../firmware-sim/monitor/contec-frame.ts";
import { noninLine } from "../../../firmware-sim/monitor/nonin-line.ts";
import { NO_VALUES, type OximeterValues, type Probe } from "../../../firmware-sim/monitor/oximeter-values.ts";

const values = (spo2Pct: number | null, pulsePerMin: number | null): OximeterValues => ({
  spo2Pct,
  pulsePerMin,
  perfusionIndex: null,
});

// Worked out by hand from atbrask/CMS50Dplus: byte 0 is 80 | 40 beep | 10 finger out | signal; byte 2 is 40 pulse bit 7 |
// 20 searching | 10 probe error | bar; bytes 3 and 4 are the pulse's low seven bits and the saturation.
test.each<[string, OximeterValues, Probe, number, string]>([
  [
    "SpO2 98, pulse 72, in the middle of a beat: the curve at its 50",
    values(98, 72),
    "on",
    60 / 72 / 2,
    "87 32 06 48 62",
  ],
  ["the moment of a beat, which beeps", values(98, 72), "on", 0, "c7 32 06 48 62"],
  ["a pulse of 130, whose bit 7 stands in byte 2", values(100, 130), "on", 60 / 130 / 2, "87 32 46 02 64"],
  ["a finger in the clip, and no pulse yet", NO_VALUES, "on", 5, "87 00 20 00 00"],
  ["no finger in the clip", NO_VALUES, "off", 5, "90 00 00 00 00"],
  ["no clip", NO_VALUES, "unplugged", 5, "90 00 10 00 00"],
])("%s", (_name, said, probe, atS, frame) => {
  expect(
    contecFrame(said, probe, atS)
      .toString("hex")
      .replace(/..(?=.)/g, "$& "),
  ).toBe(frame);
});

test("at any moment only the first byte has bit 7, and the curve stays within its seven bits", () => {
  for (let frame = 0; frame < 600; frame++) {
    const [first = 0, ...others] = contecFrame(values(97, 58), "on", frame / 60);
    expect(first & 0x80).toBe(0x80);
    for (const byte of others) expect(byte).toBeLessThan(0x80);
  }
});

// The form printed in the operator's manuals: SPO2=XXX HR=YYY, dashes for no value.
test.each<[string, OximeterValues, Probe, string]>([
  ["values", values(98, 72), "on", "SPO2=098 HR=072"],
  ["three digits", values(100, 141), "on", "SPO2=100 HR=141"],
  ["no pulse found", values(null, null), "on", "SPO2=--- HR=---"],
  ["the clip off the finger", NO_VALUES, "off", "SPO2=--- HR=---"],
])("a Nonin's line with %s", (_name, said, probe, line) => expect(noninLine(said, probe)).toBe(line));
