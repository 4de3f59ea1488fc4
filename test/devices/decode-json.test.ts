import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeJson, JSON_PAYLOAD_BYTES_MAX } from "../../devices/json/decode-json.ts";
import type { JsonProfile } from "../../devices/profile.ts";
import { bedTextJson } from "../../devices/profiles/bed-text-json.ts";
import { tasmotaHx711 } from "../../devices/profiles/tasmota-hx711.ts";
import { BED_TEXT_MESSAGE, TASMOTA_SENSOR, TASMOTA_SENSOR_71_4 } from "../fixtures/golden.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const decode = (profile: JsonProfile, message: Uint8Array | string) =>
  decodeJson(profile, typeof message === "string" ? bytes(message) : message);
const weight = (written: string) => decode(bedTextJson, `{"bed":{"weight":${written}}}`);

describe("a bed scale on Tasmota", () => {
  test.each([
    ["an empty bed", TASMOTA_SENSOR, 0],
    ["somebody in bed", TASMOTA_SENSOR_71_4, 71.4],
  ])("%s; its time, which has no zone, is not used", (_name, message, value) => {
    expect(decode(tasmotaHx711, message)).toEqual({
      values: [{ metric: "load", value, unit: "kg", badReason: null, deviceTimeMs: null }],
      unreadable: [],
    });
  });

  test("a board that has lost its amplifier says nothing of the load, and that is said", () => {
    const decoded = decode(tasmotaHx711, '{"Time":"2023-09-04T19:03:57","Switch1":"OFF"}');
    expect(decoded.values).toEqual([]);
    expect(decoded.unreadable).toEqual([expect.objectContaining({ reason: "no-value" })]);
  });

  test.each([
    ["a number in quotes", '"71.4"'],
    ["a number too large to be one", "1e999"],
    ["a list", "[71.4]"],
    ["an object", '{"kg":71.4}'],
  ])("%s is not a weight here", (_name, written) => {
    const decoded = decode(tasmotaHx711, `{"HX711":{"Weight":${written}}}`);
    expect(decoded.values).toEqual([]);
    expect(decoded.unreadable).toEqual([expect.objectContaining({ reason: "not-a-value" })]);
  });

  test("a weight of true is kept and marked, and one that nobody has too", () => {
    expect(decode(tasmotaHx711, '{"HX711":{"Weight":true}}').values[0]).toMatchObject({
      value: true,
      badReason: "wrong-type",
    });
    expect(decode(tasmotaHx711, '{"HX711":{"Weight":7140}}').values[0]).toMatchObject({
      value: 7_140,
      badReason: "out-of-range",
    });
  });
});

describe("a bed that writes everything as text", () => {
  test("gives each value at its own time, and none for a sentinel", () => {
    const deviceTimeMs = 1_732_486_400_000;
    const good = { badReason: null, deviceTimeMs };
    expect(decode(bedTextJson, BED_TEXT_MESSAGE)).toEqual({
      values: [
        { metric: "occupancy", value: true, unit: null, ...good },
        { metric: "load", value: 71.4, unit: "kg", ...good },
        { metric: "heart-rate", value: 64, unit: "/min", ...good },
        { metric: "respiratory-rate", value: null, unit: "/min", ...good },
      ],
      unreadable: [],
    });
  });

  test.each(["-100", "-1000", "-10000", "-100.0", "---"])("%s is no weight, and said to be none", (text) => {
    expect(weight(`"${text}"`).values).toEqual([expect.objectContaining({ value: null, badReason: null })]);
  });

  test("a bare null is no value either", () => {
    expect(weight("null").values).toEqual([expect.objectContaining({ value: null })]);
  });

  test("another number below zero is no sentinel: it is kept and marked", () => {
    expect(weight('"-99"').values).toEqual([
      expect.objectContaining({ value: -99, badReason: "out-of-range" }),
    ]);
  });

  test.each([
    ["71.4kg", " of a weight with its unit"],
    ["", " of nothing"],
    [" ", " of a space"],
    [" 71.4", " with a space before"],
    ["71,4", " with a comma"],
    ["0x10", " in base 16"],
    ["NaN", ""],
    ["Infinity", ""],
    ["1e999", " too large"],
    ["1_000", ""],
    ["--5", ""],
    ["7.", ""],
    ["٧١", " in other digits"],
    ["null", ""],
  ])('the text "%s"%s is not a number, and never 0', (text) => {
    const decoded = weight(JSON.stringify(text));
    expect(decoded.values).toEqual([]);
    expect(decoded.unreadable).toEqual([expect.objectContaining({ reason: "not-a-value" })]);
    if (text.length > 1) expect(decoded.unreadable[0]?.detail).not.toContain(text);
  });

  test.each([
    ["0", 0],
    ["-0", 0],
    ["+71.4", 71.4],
    ["007", 7],
    ["7.14e1", 71.4],
  ])("the text %s is %d", (text, value) => {
    expect(Object.is(weight(`"${text}"`).values[0]?.value, value)).toBe(true);
  });

  test("a number that is not in quotes is a number all the same", () => {
    expect(weight("71.4").values).toEqual([expect.objectContaining({ value: 71.4, badReason: null })]);
    expect(weight("-1000").values).toEqual([expect.objectContaining({ value: null })]);
  });

  test("occupancy is one of two words, or not known", () => {
    const occupied = (word: string) => decode(bedTextJson, `{"bed":{"occupied":${word}}}`);
    expect(occupied('"no"').values[0]).toMatchObject({ value: false });
    expect(occupied('"unknown"').values[0]).toMatchObject({ value: null });
    for (const word of ['"Yes"', '"true"', '"1"', "1", "true", '""'])
      expect(occupied(word), word).toMatchObject({ values: [], unreadable: [{ reason: "not-a-value" }] });
  });

  test.each([
    ["the clock after a flat battery", '"01.01.2013 00:00:00 UTC"', 1_356_998_400_000],
    ["no zone", '"24.11.2024 22:13:20"', null],
    ["a zone that its format does not have", '"24.11.2024 22:13:20 CET"', null],
    ["a day that no calendar has", '"31.02.2024 22:13:20 UTC"', null],
    ["an hour that no clock has", '"24.11.2024 25:13:20 UTC"', null],
    ["month first", '"11.24.2024 22:13:20 UTC"', null],
    ["a number", "1732486400", null],
    ["before 1970", '"24.11.1924 22:13:20 UTC"', null],
  ])("a time with %s", (_name, written, deviceTimeMs) => {
    const decoded = decode(bedTextJson, `{"sent":${written},"heart":"64"}`);
    expect(decoded.values).toEqual([expect.objectContaining({ value: 64, deviceTimeMs })]);
  });
});

describe("times in other formats", () => {
  const read = (format: NonNullable<JsonProfile["time"]>["format"], written: string) =>
    decode({ ...tasmotaHx711, time: { path: "at", format } }, `{"at":${written},"HX711":{"Weight":1}}`)
      .values[0]?.deviceTimeMs;

  test.each([
    ["unix-s", "1732486400", 1_732_486_400_000],
    ["unix-s", '"1732486400.5"', 1_732_486_400_500],
    ["unix-ms", "1732486400123", 1_732_486_400_123],
    ["unix-ms", '"soon"', null],
    ["rfc3339", '"2024-11-24T22:13:20Z"', 1_732_486_400_000],
    ["rfc3339", '"2024-11-24T23:13:20.250+01:00"', 1_732_486_400_250],
    ["rfc3339", '"2024-11-24T22:13:20"', null],
    ["rfc3339", '"2024-02-30T22:13:20Z"', null],
    ["rfc3339", '"2024-11-24"', null],
  ] as const)("%s %s", (format, written, ms) => expect(read(format, written)).toBe(ms));
});

describe("a message that is not a bed's", () => {
  test.each([
    ["no JSON", "{", "malformed-json"],
    ["a message cut in half", BED_TEXT_MESSAGE.subarray(0, 60), "malformed-json"],
    ["not UTF-8", Uint8Array.from([0x22, 0xff, 0x22]), "malformed-json"],
    ["nothing", "", "malformed-json"],
    ["a list", "[1]", "no-value"],
    ["a bare number", "71.4", "no-value"],
    ["null", "null", "no-value"],
    ["200 KB of JSON", `{"bed":{"weight":"71.4"},"log":"${"x".repeat(200_000)}"}`, "payload-too-large"],
  ])("%s gives no value and one reason", (_name, message, reason) => {
    const decoded = decode(bedTextJson, message);
    expect(decoded.values).toEqual([]);
    expect(decoded.unreadable).toEqual([expect.objectContaining({ reason })]);
  });

  test("the limit is a limit: a message of just that size is read", () => {
    const message = '{"bed":{"weight":"71.4"}}'.padEnd(JSON_PAYLOAD_BYTES_MAX);
    expect(decode(bedTextJson, message).values).toHaveLength(1);
    expect(decode(bedTextJson, `${message} `).values).toHaveLength(0);
  });

  test("names that mean something to JavaScript mean nothing here", () => {
    for (const path of ["__proto__.weight", "constructor.name", "toString", "bed.length", "bed.0"]) {
      const profile: JsonProfile = {
        ...bedTextJson,
        fields: [{ metric: "load", path, type: "number-as-text" }],
      };
      expect(decode(profile, '{"bed":["71.4"]}').values, path).toEqual([]);
    }
    expect(decode(bedTextJson, '{"__proto__":{"heart":"64"},"constructor":1}').values).toEqual([]);
    expect(({} as Record<string, unknown>).heart).toBeUndefined();
  });

  test("a name that stands twice counts as it stands last, and the other fields are read", () => {
    const decoded = decode(bedTextJson, '{"heart":"60","bed":{"weight":"71.4"},"heart":"64"}');
    expect(decoded.values.map(({ value }) => value)).toEqual([71.4, 64]);
  });

  test("JSON nested as deep as fits is no trouble", () => {
    const depth = JSON_PAYLOAD_BYTES_MAX / 2;
    expect(decode(bedTextJson, "[".repeat(depth) + "]".repeat(depth)).values).toEqual([]);
  });

  test("one field that is none does not cost the others", () => {
    const decoded = decode(bedTextJson, '{"bed":{"occupied":"maybe","weight":"71.4"}}');
    expect(decoded.values).toHaveLength(1);
    expect(decoded.unreadable).toHaveLength(1);
  });
});

test("no bytes and no JSON make the decoder throw", () => {
  for (const profile of [bedTextJson, tasmotaHx711]) {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (message) => void decode(profile, message)));
    fc.assert(fc.property(fc.json(), (message) => void decode(profile, message)));
  }
});
