import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BUNDLE_BYTES_MAX, type Bundle, decodeBundle, encodeBundle } from "../../../contracts/log/bundle.ts";
import { toBase64, utf8 } from "../../../contracts/log/bytes.ts";
import { LEAF_PAYLOAD_BYTES_MAX } from "../../../contracts/wire/log-limits.ts";
import { evidenceWorld } from "../../support/evidence-world.ts";

/** `evidence.witnessesMin` of the service's configuration. */
const WITNESSES_MIN_MAX = 100;
const WORLD = evidenceWorld({ seed: 11, rounds: 2 });
const BUNDLE = WORLD.bundleAt(0);
const TEXT = new TextDecoder().decode(encodeBundle(BUNDLE));

const decoded = (edit: (copy: Bundle) => void) => {
  const copy = structuredClone(BUNDLE);
  edit(copy);
  return decodeBundle(encodeBundle(copy));
};

describe("a bundle", () => {
  it("is a few kilobytes of one JSON document with sorted keys and no blanks", () => {
    expect(TEXT.startsWith('{"anchor":{"chainId":31337,"checkpoint":"')).toBe(true);
    expect(TEXT).toMatch(
      /"leaf":\{"commitment":"[^"]+","firstSeq":1,"index":0,"kind":"bed-event","lane":"beds"/,
    );
    expect(TEXT.length).toBeLessThan(8_192);
  });

  it("is read as it was written, in whatever order it was put together", () => {
    const { keys, ...rest } = BUNDLE;
    expect(decodeBundle(utf8(TEXT))).toEqual(BUNDLE);
    expect(encodeBundle({ keys, ...rest })).toEqual(encodeBundle(BUNDLE));
  });

  it("has room for the longest payload that a log takes, with as many witnesses as a network may ask for", () => {
    const path = Array(40).fill(toBase64(new Uint8Array(32)));
    const line = `— hospitell/gateway/${"g".repeat(64)} ${"A".repeat(104)}\n`;
    const cosigned = (note: string) =>
      toBase64(utf8(Buffer.from(note, "base64").toString() + line.repeat(WITNESSES_MIN_MAX)));
    const bundle = decoded((copy) => {
      const payload = toBase64(new Uint8Array(LEAF_PAYLOAD_BYTES_MAX));
      Object.assign(copy.leaf, { opening: { payload, salt: toBase64(new Uint8Array(32)) } });
      Object.assign(copy.gateway, { inclusion: path });
      Object.assign(copy.network, { inclusion: path, checkpoint: cosigned(copy.network.checkpoint) });
      Object.assign(copy.keys[0] ?? {}, { inclusion: path });
      copy.keys.splice(1, Number.POSITIVE_INFINITY, structuredClone(copy.keys[0]) as Bundle["keys"][number]);
      Object.assign(copy.anchor ?? {}, { consistency: path });
    });
    expect(bundle?.keys).toHaveLength(2);
  });

  it("may withhold its payload and have no anchor", () => {
    expect(decoded((copy) => Object.assign(copy, { anchor: null }))?.anchor).toBeNull();
    expect(decoded(({ leaf }) => Object.assign(leaf, { opening: null }))?.leaf.opening).toBeNull();
  });

  it.each<[string, (copy: Bundle) => void]>([
    ["a record number of 0", ({ leaf }) => Object.assign(leaf, { firstSeq: 0, lastSeq: 0 })],
    ["a bed event of two records", ({ leaf }) => Object.assign(leaf, { lastSeq: leaf.firstSeq + 1 })],
    ["a bed event of the lane of readings", ({ leaf }) => Object.assign(leaf, { lane: "vitals" })],
    ["readings of the lane of events", ({ leaf }) => Object.assign(leaf, { kind: "readings" })],
    [
      "readings that end before they begin",
      ({ leaf }) => Object.assign(leaf, { kind: "readings", lane: "vitals", firstSeq: 2 }),
    ],
    ["an index below 0", ({ leaf }) => Object.assign(leaf, { index: -1 })],
    ["an index of a half", ({ network }) => Object.assign(network, { index: 0.5 })],
    ["an index of 2^53", ({ network }) => Object.assign(network, { index: 2 ** 53 })],
    [
      "a salt of 31 bytes",
      ({ leaf }) => Object.assign(leaf.opening ?? {}, { salt: toBase64(new Uint8Array(31)) }),
    ],
    [
      "a commitment with loose bits",
      ({ leaf }) => Object.assign(leaf, { commitment: leaf.commitment.replace(/.=$/, "B=") }),
    ],
    ["no keys", (copy) => Object.assign(copy, { keys: [] })],
    ["a key of capital letters", ({ keys }) => Object.assign(keys[0] ?? {}, { name: "North" })],
    [
      "a path of 65 hashes",
      ({ gateway }) => Object.assign(gateway, { inclusion: Array(65).fill(toBase64(new Uint8Array(32))) }),
    ],
    [
      "a contract with capital digits",
      ({ anchor }) => Object.assign(anchor ?? {}, { contract: `0x${"A".repeat(40)}` }),
    ],
    ["no node in the receipt's proof", ({ anchor }) => Object.assign(anchor ?? {}, { receiptProof: [] })],
    ["17 nodes in it", ({ anchor }) => Object.assign(anchor ?? {}, { receiptProof: Array(17).fill("AA==") })],
    ["a field lost", ({ network }) => Object.assign(network, { inclusion: undefined })],
    ["a field more", (copy) => Object.assign(copy, { comment: "hello" })],
    ["another format", (copy) => Object.assign(copy, { format: "hospitell-evidence/2" })],
  ])("is none with %s", (_, edit) => {
    expect(decoded(edit)).toBeNull();
  });

  it.each([
    ["blanks", TEXT.replace(":", ": ")],
    ["a newline at the end", `${TEXT}\n`],
    ["an escape", TEXT.replace("format", "\\u0066ormat")],
    ["a key twice", TEXT.replace('"leaf":', '"leaf":1,"leaf":')],
    ["an exponent", TEXT.replace('"chainId":31337', '"chainId":31337e0')],
    ["a zero with a sign", TEXT.replace('"index":0', '"index":-0')],
    ["a byte order mark", `\ufeff${TEXT}`],
    ["a prototype", TEXT.replace('"keys":', '"__proto__":{},"keys":')],
    ["nothing", ""],
    ["a list", "[]"],
    ["lists without an end", "[".repeat(BUNDLE_BYTES_MAX)],
  ])("is none with %s in its text", (_, text) => {
    expect(text).not.toBe(TEXT);
    expect(decodeBundle(utf8(text))).toBeNull();
  });

  it("has a longest length", () => {
    const filled = (length: number) =>
      decoded(({ leaf }) => Object.assign(leaf.opening ?? {}, { payload: toBase64(new Uint8Array(length)) }));
    const free = Math.floor((BUNDLE_BYTES_MAX - TEXT.length) / 4) * 3;
    expect(filled(free)).not.toBeNull();
    expect(filled(free + 300)).toBeNull();
  });

  it("is read or not, whatever the bytes, and what is read is written as the same bytes", () => {
    const edits = fc.tuple(fc.nat(TEXT.length - 1), fc.nat(255)).map(([at, byte]) => {
      const bytes = utf8(TEXT);
      bytes[at] = byte;
      return bytes;
    });
    const anything = fc.oneof(edits, fc.uint8Array({ maxLength: 300 }), fc.json().map(utf8));
    fc.assert(
      fc.property(anything, (bytes) => {
        const bundle = decodeBundle(bytes);
        expect(bundle === null || Buffer.compare(encodeBundle(bundle), bytes) === 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
