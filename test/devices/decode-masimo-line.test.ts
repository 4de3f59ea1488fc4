import { describe, expect, test } from "vitest";
import { decodeMasimoLine } from "../../devices/masimo/decode-masimo-line.ts";
import { masimoAscii1 } from "../../devices/profiles/masimo-ascii-1.ts";
import {
  RAD_8_LINE,
  RAD_8_LINE_NO_VALUE,
  RAD_8_LINE_SENSOR_OFF,
  RADICAL_7_BLUE_LINE_NO_VALUE,
  RADICAL_7_LINE,
} from "../fixtures/golden.ts";

const text = (line: Uint8Array) => new TextDecoder().decode(line);
const bytes = (line: string) => new TextEncoder().encode(line);
const decode = (line: Uint8Array) => decodeMasimoLine(masimoAscii1, line);
const short = (line: Uint8Array) =>
  decode(line).values.map(({ metric, value, badReason }) => [metric, value, badReason]);

describe("a line of a Masimo monitor", () => {
  test("gives saturation, pulse and perfusion index", () => {
    expect(decode(RADICAL_7_LINE)).toEqual({
      values: [
        { metric: "spo2", value: 98, unit: "%", badReason: null, deviceTimeMs: null },
        { metric: "pulse-rate", value: 123, unit: "/min", badReason: null, deviceTimeMs: null },
        { metric: "perfusion-index", value: 0.55, unit: "%", badReason: null, deviceTimeMs: null },
      ],
      unreadable: [],
    });
  });

  test("of a Rad-8, with exception bits of six digits", () => {
    expect(short(RAD_8_LINE)).toEqual([
      ["spo2", 98, null],
      ["pulse-rate", 97, null],
      ["perfusion-index", 3.6, null],
    ]);
  });

  test.each([
    ["a Rad-8, which has no perfusion index then", RAD_8_LINE_NO_VALUE, [null, null]],
    ["an older Radical-7", RADICAL_7_BLUE_LINE_NO_VALUE, [null, null, null]],
  ])("dashes of %s are no value, not zero", (_name, line, values) => {
    expect(decode(line).values.map((value) => value.value)).toEqual(values);
    expect(decode(line).unreadable).toEqual([]);
  });

  test("what a monitor writes on after its sensor came off is kept and marked", () => {
    expect(short(RAD_8_LINE_SENSOR_OFF)).toEqual([
      ["spo2", 98, "sensor-fault"],
      ["pulse-rate", 101, "sensor-fault"],
      ["perfusion-index", null, null],
    ]);
  });

  test.each([
    ["no sensor", "0000001", "sensor-fault"],
    ["a defective sensor", "0000802", "sensor-fault"],
    ["low perfusion", "0000804", null],
    ["pulse search", "0000808", "sensor-fault"],
    ["interference", "0000810", null],
    ["sensor off", "000820", "sensor-fault"],
    ["ambient light", "0000840", null],
    ["an unrecognised sensor", "000880", "sensor-fault"],
    ["low signal IQ", "000C00", null],
  ])("under %s", (_name, bits, badReason) => {
    const line = bytes(text(RADICAL_7_LINE).replace("EXC=0000C00", `EXC=${bits}`));
    expect(short(line)[0]).toEqual(["spo2", 98, badReason]);
  });

  test.each([
    ["cut at the front", text(RADICAL_7_LINE).slice(30)],
    ["cut at the end", text(RADICAL_7_LINE).slice(0, 60)],
    ["a digit lost", text(RADICAL_7_LINE).replace("SPO2=098%", "SPO2=98%")],
    ["a letter in a number", text(RADICAL_7_LINE).replace("BPM=123", "BPM=1O3")],
    ["two lines run together", text(RADICAL_7_LINE).slice(0, 50) + text(RADICAL_7_LINE).slice(18)],
    ["two lines run together behind the values", `${text(RAD_8_LINE)} EXC=000001`],
    ["noise", "\u0000\u00ff~~"],
  ])("%s gives no value at all", (_name, line) => {
    const decoded = decode(bytes(line));
    expect(decoded.values).toEqual([]);
    expect(decoded.unreadable).toEqual([expect.objectContaining({ reason: "malformed-line" })]);
  });

  test("with any one byte missing gives true values or none", () => {
    const line = RADICAL_7_LINE;
    const truth = { spo2: 98, "pulse-rate": 123, "perfusion-index": 0.55 } as Record<string, number>;
    for (let missing = 0; missing < line.length; missing++) {
      const cut = Uint8Array.from([...line.subarray(0, missing), ...line.subarray(missing + 1)]);
      for (const { metric, value } of decode(cut).values)
        expect(value, `byte ${missing} missing`).toBe(truth[metric]);
    }
  });
});
