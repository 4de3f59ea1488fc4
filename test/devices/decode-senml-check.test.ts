/** The check that is written out says of every pack what its schema says. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isSenmlPack, SENML_RECORDS_MAX, SenmlPack } from "../../contracts/wire/senml.ts";

const FIELDS = ["bn", "bt", "bu", "bv", "bver", "n", "u", "v", "vb", "vs", "vd", "t"] as const;
const agrees = (json: unknown) =>
  expect([json, isSenmlPack(json)]).toEqual([json, SenmlPack.safeParse(json).success]);

/** Of every kind that JSON can write, and right at each field's bounds. */
const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  1,
  -1,
  0.5,
  11,
  2 ** 53 - 1,
  2 ** 53,
  1e308,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
  "",
  "x".repeat(32),
  "x".repeat(33),
  "x".repeat(256),
  "x".repeat(257),
  "😀".repeat(16),
  "😀".repeat(17),
  [],
  [1],
  {},
  undefined,
];

describe("the check of a SenML pack", () => {
  test.each(FIELDS)("agrees on %s, whatever stands in it", (field) => {
    for (const value of VALUES) agrees([{ [field]: value }]);
  });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["a number", 1],
    ["a text", "[]"],
    ["an object", { n: "load" }],
    ["an empty pack", []],
    ["a pack of nothing", [null]],
    ["a pack in a pack", [[]]],
    ["an empty record", [{}]],
    ["unknown fields", [{ x: 1, x_: { y: [] }, constructor: 1 }]],
    ["a field by which some programs are deceived", JSON.parse('[{"__proto__":{"v":"1"}}]')],
    ["as many records as may be", Array(SENML_RECORDS_MAX).fill({ n: "load" })],
    ["one more", Array(SENML_RECORDS_MAX + 1).fill({ n: "load" })],
    ["one wrong among many", [{ v: 1 }, { v: 2 }, { v: "3" }, { v: 4 }]],
  ])("agrees on %s", (_name, json) => agrees(json));

  test("agrees on what nobody thought of", () => {
    const value = fc.oneof(
      fc.constantFrom(...VALUES),
      fc.double(),
      fc.integer(),
      fc.string({ maxLength: 300, size: "max" }),
      fc.jsonValue({ maxDepth: 1 }),
    );
    const field = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...FIELDS) }, fc.string());
    const record = fc.dictionary(field, value, { maxKeys: 4 });
    let accepted = 0;
    fc.assert(
      fc.property(fc.oneof(fc.array(record, { maxLength: 3 }), fc.jsonValue()), (json) => {
        // As it comes from the wire: what JSON cannot write is not among it.
        const written = JSON.parse(JSON.stringify(json) ?? "null");
        agrees(written);
        agrees(json);
        if (isSenmlPack(json)) accepted += 1;
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(20);
  });
});
