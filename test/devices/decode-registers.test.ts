import { expect, test } from "vitest";
import { decodeRegisters, rangeOf } from "../../devices/modbus/decode-registers.ts";
import { xyMd02 } from "../../devices/profiles/xy-md02.ts";
import {
  XY_MD02_REPLY_WORDS,
  XY_MD02_REPLY_WORDS_BELOW_ZERO,
  XY_MD02_TCP_REQUEST,
} from "../fixtures/golden.ts";

const range = rangeOf(xyMd02);

test("an XY-MD02 is read in one request, as its data sheet writes it", () => {
  const [functionCode, , address, , count] = XY_MD02_TCP_REQUEST.subarray(7);
  expect({ functionCode, address, count }).toEqual({ functionCode: xyMd02.functionCode, ...range });
});

test.each([
  ["a warm room", XY_MD02_REPLY_WORDS, 24.7, 51.3],
  ["below zero", XY_MD02_REPLY_WORDS_BELOW_ZERO, -3.1, 51.3],
])("%s", (_name, words, temperature, humidity) => {
  expect(decodeRegisters(xyMd02, range, words).values).toEqual([
    { metric: "room-temperature", value: temperature, unit: "Cel", badReason: null, deviceTimeMs: null },
    { metric: "relative-humidity", value: humidity, unit: "%", badReason: null, deviceTimeMs: null },
  ]);
});

test("a value outside the sensor's world is kept and marked", () => {
  expect(decodeRegisters(xyMd02, range, [0x7fff, 0x0201]).values[0]).toMatchObject({
    value: 3_276.7,
    badReason: "out-of-range",
  });
});

test("a short reply gives no value", () => {
  const decoded = decodeRegisters(xyMd02, range, [0x00f7]);
  expect(decoded.values).toEqual([]);
  expect(decoded.unreadable).toEqual([expect.objectContaining({ reason: "short-reply" })]);
});
