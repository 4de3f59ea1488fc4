import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MetricName } from "../../contracts/metrics/catalogue.ts";
import { SENML_PAYLOAD_BYTES_MAX } from "../../contracts/wire/senml.ts";
import { smartBedSenml } from "../../devices/profiles/smart-bed-senml.ts";
import { decodeSenml } from "../../devices/senml/decode-senml.ts";
import { SenmlNames } from "../../devices/senml/senml-names.ts";
import { BED_12_PACK, RFC8428_MULTIPLE, RFC8428_SINGLE } from "../fixtures/golden.ts";

const NOW_MS = 1_732_400_001_000;
const METRICS: readonly MetricName[] = smartBedSenml.metrics;
const decode = (payload: Uint8Array | string) =>
  decodeSenml(
    typeof payload === "string" ? new TextEncoder().encode(payload) : payload,
    new SenmlNames("bed-12", METRICS),
    NOW_MS,
  );

describe("a SenML pack", () => {
  test("gives each value with its unit and the device's own time", () => {
    expect(decode(BED_12_PACK)).toEqual({
      values: [
        { metric: "occupancy", value: true, unit: null, badReason: null, deviceTimeMs: 1_732_400_000_000 },
        { metric: "load", value: 71.4, unit: "kg", badReason: null, deviceTimeMs: 1_732_400_000_000 },
        { metric: "side-rail", value: true, unit: null, badReason: null, deviceTimeMs: 1_732_399_999_750 },
        { metric: "bed-brake", value: false, unit: null, badReason: null, deviceTimeMs: 1_732_400_000_000 },
        { metric: "battery", value: 87, unit: "%", badReason: null, deviceTimeMs: 1_732_400_000_000 },
      ],
      unreadable: [],
    });
  });

  test.each([
    ["the RFC's single data point", RFC8428_SINGLE, ["unknown-metric"]],
    ["the RFC's pack with a base name", RFC8428_MULTIPLE, ["unknown-metric", "unknown-metric"]],
  ])("%s parses, and its metrics are not a bed's", (_name, payload, reasons) => {
    const decoded = decode(payload);
    expect(decoded.values).toEqual([]);
    expect(decoded.unreadable.map((problem) => problem.reason)).toEqual(reasons);
  });

  test("without a time says so, and relative times count from now", () => {
    expect(decode('[{"n":"occupancy","vb":true}]').values[0]?.deviceTimeMs).toBeNull();
    expect(decode('[{"n":"occupancy","vb":true,"t":-2}]').values[0]?.deviceTimeMs).toBe(NOW_MS - 2_000);
  });

  test("adds base values and takes the base unit", () => {
    expect(decode('[{"bv":70,"bu":"kg","n":"load","v":1.5}]').values[0]).toMatchObject({
      value: 71.5,
      unit: "kg",
    });
  });
});

describe("what is wrong in a pack is kept and marked, or named", () => {
  test.each([
    ["a wrong unit", '[{"n":"load","u":"lb","v":160}]', "wrong-unit", 160, "lb"],
    ["no unit", '[{"n":"load","v":71}]', "wrong-unit", 71, null],
    ["a weight no patient has", '[{"n":"load","u":"kg","v":5000}]', "out-of-range", 5_000, "kg"],
    ["a number where a boolean is due", '[{"n":"occupancy","v":1}]', "wrong-type", 1, null],
    ["a boolean where a number is due", '[{"n":"load","vb":true}]', "wrong-type", true, "kg"],
  ])("%s", (_name, payload, badReason, value, _unit) => {
    expect(decode(payload).values).toEqual([expect.objectContaining({ badReason, value })]);
  });

  test.each([
    ["not JSON", "{", "malformed-json"],
    ["not UTF-8", Uint8Array.from([0x5b, 0xff, 0x5d]), "malformed-json"],
    ["an object", '{"n":"load"}', "malformed-senml"],
    ["an empty pack", "[]", "malformed-senml"],
    ["a number in quotes", '[{"n":"load","u":"kg","v":"71"}]', "malformed-senml"],
    ["an unknown metric", '[{"n":"mood","v":1}]', "unknown-metric"],
    ["a metric the bed does not have", '[{"n":"spo2","u":"%","v":97}]', "metric-not-in-profile"],
    ["no value", '[{"n":"load","u":"kg","vs":"heavy"}]', "no-value"],
    [
      "another bed's name",
      '[{"bn":"urn:dev:ops:32473-bed-13:","n":"occupancy","vb":true}]',
      "name-of-another-device",
    ],
    ["a field that must be understood", '[{"n":"occupancy","vb":true,"x_":1}]', "malformed-senml"],
    ["a later version of SenML", '[{"bver":11,"n":"occupancy","vb":true}]', "malformed-senml"],
    ["too much", "[".padEnd(SENML_PAYLOAD_BYTES_MAX + 1), "payload-too-large"],
  ])("%s gives no value and one reason", (_name, payload, reason) => {
    const decoded = decode(payload);
    expect(decoded.values).toEqual([]);
    expect(decoded.unreadable).toEqual([expect.objectContaining({ reason })]);
    expect(decoded.unreadable[0]?.detail).not.toBe("");
  });

  test("one bad record does not cost the others", () => {
    const decoded = decode('[{"n":"mood","v":1},{"n":"occupancy","vb":false}]');
    expect(decoded.values).toHaveLength(1);
    expect(decoded.unreadable).toHaveLength(1);
  });
});

test("a unit with half of a surrogate pair is kept as text that every store holds alike", () => {
  const { values } = decode('[{"n":"load","u":"k\\ud800","v":71}]');
  expect(values).toEqual([expect.objectContaining({ unit: "k\ufffd", badReason: "wrong-unit" })]);
});

test("no bytes make the decoder throw", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void decode(bytes)));
  fc.assert(fc.property(fc.json(), (json) => void decode(json)));
});
