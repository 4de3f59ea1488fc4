import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { packPlain, type Repeating, unpackPlain } from "../../../contracts/wire/plain-msgpack.ts";
import { SeenItems } from "../../../contracts/wire/seen-items.ts";

const PATH = ["content", "series"];
const repeating = (): Repeating => ({ path: PATH, seen: new SeenItems() });

const itemsOf = (unpacked: ReturnType<typeof unpackPlain>): unknown[] => {
  if ("error" in unpacked) throw new Error(unpacked.error);
  return (unpacked.value as { content: { series: unknown[] } }).content.series;
};

const facts = (n: number) => ({ deviceId: `monitor-${n}`, metric: "heart-rate", bedId: null, unit: "/min" });

describe("items that come again", () => {
  test("are the same objects, which nobody may change, and others are not", () => {
    const known = repeating();
    const first = itemsOf(unpackPlain(packPlain({ content: { series: [facts(1), facts(2)] } }), known));
    const second = itemsOf(
      unpackPlain(
        packPlain({ lane: "vitals", content: { series: [facts(2), facts(3)], value: [1] } }),
        known,
      ),
    );
    expect(second).toEqual([facts(2), facts(3)]);
    expect(second[0]).toBe(first[1]);
    expect(first.every((item) => Object.isFrozen(item))).toBe(true);
  });

  const leaf = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.constant(null),
  );
  const item = fc.oneof(
    { weight: 4, arbitrary: fc.dictionary(fc.string({ maxLength: 8 }), leaf, { maxKeys: 4 }) },
    { weight: 1, arbitrary: fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })) },
  );
  const { value: anything } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      leaf,
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom("content", "series", "value", ""), tie("value"), { maxKeys: 4 }),
    ),
  }));
  const body = fc.oneof(
    anything,
    fc
      .tuple(fc.array(item, { maxLength: 6 }), anything, anything)
      .map(([series, before, after]) => ({ before, content: { before, series, after }, after })),
  );

  test("whatever lies where, it is what it is without this", () => {
    const known = repeating();
    fc.assert(
      fc.property(body, (value) => {
        const bytes = packPlain(value);
        expect(unpackPlain(bytes, known)).toEqual(unpackPlain(bytes));
        expect(unpackPlain(bytes, known)).toEqual(unpackPlain(bytes));
      }),
      { numRuns: 500 },
    );
  });

  const text = (value: string) => [0xa0 | value.length, ...Buffer.from(value)];
  const one = [0x81, ...text("a"), 1];
  const two = [0x81, ...text("a"), 2];
  test.each<[string, number[]]>([
    [
      "the outer key twice",
      [0x82, ...[one, two].flatMap((map) => [...text("content"), 0x81, ...text("series"), 0x91, ...map])],
    ],
    [
      "the inner key twice",
      [0x81, ...text("content"), 0x82, ...[one, two].flatMap((map) => [...text("series"), 0x91, ...map])],
    ],
    ["no map at its place", [0x81, ...text("content"), 0x91, ...text("series")]],
    ["no array at its place", [0x81, ...text("content"), 0x81, ...text("series"), ...one]],
    ["an array of nothing", [0x81, ...text("content"), 0x81, ...text("series"), 0x90]],
  ])("%s", (_what, bytes) => {
    expect(unpackPlain(Buffer.from(bytes), repeating())).toEqual(unpackPlain(Buffer.from(bytes)));
  });

  test("bytes that end early, or go on, are refused as before", () => {
    const bytes = packPlain({ content: { series: [facts(1), facts(2)], value: [1, 2, 3] } });
    const known = repeating();
    for (let length = 0; length < bytes.byteLength; length++)
      expect(unpackPlain(bytes.subarray(0, length), known)).toEqual(unpackPlain(bytes.subarray(0, length)));
    expect(unpackPlain(Buffer.concat([bytes, Buffer.from([1])]), known)).toHaveProperty("error");
  });

  test("two of one hash are told apart", () => {
    const hashes = new Map<number, string>();
    const pair = (() => {
      for (let n = 0; ; n++) {
        const name = n.toString(36).padStart(6, "0");
        const hash = fnv1a(packPlain({ a: name }));
        const other = hashes.get(hash);
        if (other !== undefined) return [other, name];
        hashes.set(hash, name);
      }
    })();
    const series = pair.map((a) => ({ a }));
    const known = repeating();
    for (let round = 0; round < 2; round++)
      expect(itemsOf(unpackPlain(packPlain({ content: { series } }), known))).toEqual(series);
  });

  test("what was seen does not change with the bytes that it was seen in", () => {
    const known = repeating();
    const bytes = Buffer.from(packPlain({ content: { series: [facts(1)] } }));
    const again = Buffer.from(bytes);
    const [first] = itemsOf(unpackPlain(bytes, known));
    bytes.fill(0);
    expect(itemsOf(unpackPlain(again, known))[0]).toBe(first);
  });

  test.each<[string, object]>([
    ["is long", { a: "x".repeat(300) }],
    ["has many fields", Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`${n}`, n]))],
    ["holds another map", { a: {} }],
    ["holds an array", { a: [1, 2, 3] }],
  ])("what %s is unpacked each time", (_what, item) => {
    const known = repeating();
    const bytes = packPlain({ content: { series: [item] } });
    const [first] = itemsOf(unpackPlain(bytes, known));
    expect(first).toEqual(item);
    expect(itemsOf(unpackPlain(bytes, known))[0]).not.toBe(first);
  });

  test("more values than may be are refused wherever they stand", () => {
    const count = 2_000_001;
    const head = Buffer.from([0xdd, 0, 0, 0, 0]);
    head.writeUInt32BE(count, 1);
    const many = Buffer.concat([head, Buffer.alloc(count)]);
    for (const bytes of [many, Buffer.concat([Buffer.from([0x92, 1]), many])])
      expect(unpackPlain(bytes)).toEqual({ error: expect.stringMatching(/more than/) });
  });
});

function fnv1a(bytes: Uint8Array): number {
  return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5);
}
