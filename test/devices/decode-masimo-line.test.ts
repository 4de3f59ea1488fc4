import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scanLine } from "../../devices/lines/scan-line.ts";
import { decodeMasimoLine } from "../../devices/masimo/decode-masimo-line.ts";
import { masimoAscii1 } from "../../devices/profiles/masimo-ascii-1.ts";
import { RAD_8_LINE_NO_VALUE, RADICAL_7_LINE } from "../fixtures/golden.ts";

const text = (line: Uint8Array) => new TextDecoder().decode(line);
const bytes = (line: string) => new TextEncoder().encode(line);
const decode = (line: Uint8Array) => decodeMasimoLine(masimoAscii1, line);

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

  test("dashes are no value, not zero", () => {
    expect(decode(RAD_8_LINE_NO_VALUE).values.map((value) => value.value)).toEqual([null, null]);
  });

  test("a value under a sensor fault is kept and marked", () => {
    const faulty = bytes(text(RADICAL_7_LINE).replace("EXC=0000C00", "EXC=0000020"));
    expect(decode(faulty).values.map((value) => value.badReason)).toEqual([
      "sensor-fault",
      "sensor-fault",
      "sensor-fault",
    ]);
  });

  test.each([
    ["cut at the front", text(RADICAL_7_LINE).slice(30)],
    ["cut at the end", text(RADICAL_7_LINE).slice(0, 60)],
    ["a digit lost", text(RADICAL_7_LINE).replace("SPO2=098%", "SPO2=98%")],
    ["a letter in a number", text(RADICAL_7_LINE).replace("BPM=123", "BPM=1O3")],
    ["two lines run together", text(RADICAL_7_LINE).slice(0, 50) + text(RADICAL_7_LINE).slice(18)],
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

describe("the scanner", () => {
  const stream = bytes(`${text(RADICAL_7_LINE)}\r\n${text(RAD_8_LINE_NO_VALUE)}\r\n`);

  const scanAll = (chunks: readonly Uint8Array[], lineBytesMax: number) => {
    const lines: string[] = [];
    let buffer: Uint8Array = new Uint8Array();
    for (const chunk of chunks) {
      buffer = Uint8Array.from([...buffer, ...chunk]);
      for (let scan = scanLine(buffer, lineBytesMax); ; scan = scanLine(buffer, lineBytesMax)) {
        buffer = scan.rest;
        if (scan.kind === "need-more") break;
        if (scan.kind === "line") lines.push(text(scan.line));
      }
      expect(buffer.length).toBeLessThanOrEqual(lineBytesMax + 1);
    }
    return lines;
  };

  test("finds the same lines however the bytes are cut", () => {
    for (let at = 0; at <= stream.length; at++) {
      expect(scanAll([stream.subarray(0, at), stream.subarray(at)], 512)).toEqual([
        text(RADICAL_7_LINE),
        text(RAD_8_LINE_NO_VALUE),
      ]);
    }
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 8 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        const chunks = at.slice(1).map((end, i) => stream.subarray(at[i], end));
        expect(scanAll(chunks, 512)).toHaveLength(2);
      }),
    );
  });

  test("drops a line without end and reads the next one", () => {
    const noise = bytes("x".repeat(5_000));
    expect(scanAll([noise, noise, bytes("\r\n"), stream], 512)).toHaveLength(2);
  });
});
