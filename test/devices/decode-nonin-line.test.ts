import { describe, expect, test } from "vitest";
import { decodeNoninLine } from "../../devices/nonin/decode-nonin-line.ts";
import { noninAscii } from "../../devices/profiles/nonin-ascii.ts";
import {
  NONIN_LINE,
  NONIN_LINE_EVENT,
  NONIN_LINE_FAST,
  NONIN_LINE_NO_VALUE,
  NONIN_LINE_WITH_TIME,
} from "../fixtures/golden.ts";

const bytes = (line: string) => new TextEncoder().encode(line);
const decode = (line: Uint8Array | string) =>
  decodeNoninLine(noninAscii, typeof line === "string" ? bytes(line) : line);

describe("a line of a Nonin oximeter", () => {
  test.each([
    ["as most models write it", NONIN_LINE],
    ["with fast-responding values", NONIN_LINE_FAST],
    ["with an event marked", NONIN_LINE_EVENT],
    ["with the time in front", NONIN_LINE_WITH_TIME],
    ["with fast values and an event", bytes("SPO2=098 HR=072 F*")],
    ["with a breath noted", bytes("22:13:20 SPO2=098 HR=072B")],
  ])("%s gives saturation and pulse, at no time of its own", (_name, line) => {
    expect(decode(line)).toEqual({
      values: [
        { metric: "spo2", value: 98, unit: "%", badReason: null, deviceTimeMs: null },
        { metric: "pulse-rate", value: 72, unit: "/min", badReason: null, deviceTimeMs: null },
      ],
      unreadable: [],
    });
  });

  test("dashes are no value, not zero", () => {
    expect(decode(NONIN_LINE_NO_VALUE).values.map(({ value }) => value)).toEqual([null, null]);
  });

  test.each([
    ["the header at power-up", "NONIN 8500 24-NOV-24 22:13:20"],
    ["a lost head", "O2=098 HR=072"],
    ["a lost tail", "SPO2=098 HR=07"],
    ["a letter in a number", "SPO2=O98 HR=072"],
    ["a number of four digits", "SPO2=0988 HR=072"],
    ["dashes and digits", "SPO2=-98 HR=072"],
    ["two lines run together", "SPO2=098 HRSPO2=098 HR=072"],
    ["something unknown behind", "SPO2=098 HR=072 X"],
    ["nothing", ""],
  ])("%s gives no value", (_name, line) => {
    const decoded = decode(line);
    expect(decoded.values).toEqual([]);
    expect(decoded.unreadable).toEqual([expect.objectContaining({ reason: "malformed-line" })]);
  });

  test("with any one byte missing gives true values or none", () => {
    for (const line of [NONIN_LINE, NONIN_LINE_FAST, NONIN_LINE_EVENT, NONIN_LINE_WITH_TIME]) {
      for (let missing = 0; missing < line.length; missing++) {
        const cut = Uint8Array.from([...line.subarray(0, missing), ...line.subarray(missing + 1)]);
        const values = decode(cut).values.map(({ value }) => value);
        expect([[], [98, 72]]).toContainEqual(values);
      }
    }
  });
});
