import { encodeRlp, getBytes, hexlify } from "ethers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOf, toHex, utf8 } from "../../../contracts/log/bytes.ts";
import { hasAnchored, provenReceipt, readHeader } from "../../../contracts/log/receipt-proof.ts";
import { decodeRlp, type Rlp } from "../../../contracts/log/rlp.ts";
import { anchoredBlock } from "../../support/anchored-block.ts";

type Hexes = string | Hexes[];
const hexesOf = (item: Rlp): Hexes => (item instanceof Uint8Array ? hexlify(item) : item.map(hexesOf));
const rlpOf = (hexes: Hexes) => getBytes(encodeRlp(hexes));

const CONTRACT = `0x${"5f".repeat(20)}`;
const HEAD = { size: 300, root: new Uint8Array(32).fill(9) };
const planned = (transactions: number, transactionIndex: number) =>
  anchoredBlock({
    contract: CONTRACT,
    head: HEAD,
    number: 7,
    atS: 1_700_000_000,
    transactions,
    transactionIndex,
    logsBefore: 2,
  });
const decoded = (header: string) => hexesOf(decodeRlp(bytesOf(header)) ?? []) as Hexes[];
const rootOf = (header: string) => readHeader(bytesOf(header))?.receiptsRoot ?? utf8("");

describe("RLP", () => {
  it("is read as another library writes it", () => {
    const { items } = fc.letrec<{ items: Hexes; list: Hexes[] }>((tie) => ({
      items: fc.oneof({ maxDepth: 4 }, fc.uint8Array({ maxLength: 80 }).map(hexlify), tie("list")),
      list: fc.array(tie("items"), { maxLength: 6 }),
    }));
    fc.assert(
      fc.property(items, (hexes) => {
        const decoded = decodeRlp(rlpOf(hexes));
        expect(decoded === null ? null : hexesOf(decoded)).toEqual(hexes);
      }),
    );
  });

  it("has one form: whatever is read is written as the same bytes", () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc
        .array(fc.constantFrom(0x00, 0x7f, 0x80, 0x81, 0xb7, 0xb8, 0xb9, 0xc0, 0xc1, 0xc2, 0xf7, 0xf8), {
          maxLength: 8,
        })
        .map((list) => Uint8Array.from(list)),
    );
    fc.assert(
      fc.property(bytes, (some) => {
        const decoded = decodeRlp(some);
        expect(decoded === null || Buffer.compare(rlpOf(hexesOf(decoded)), some) === 0).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ["nothing", []],
    ["two items", [0x01, 0x02]],
    ["a single byte with a prefix", [0x81, 0x05]],
    ["a long form of a short length", [0xb8, 0x01, 0xff]],
    ["a length with a zero before it", [0xb9, 0x00, 0x38, ...Array<number>(56).fill(1)]],
    ["a length that is cut", [0xb9, 0x01]],
    ["a string that is cut", [0x83, 0x01, 0x02]],
    ["a list that ends within an item", [0xc2, 0x83, 0x01, 0x02]],
    ["a length beyond all memory", [0xff, ...Array<number>(8).fill(0xff)]],
    ["lists in lists in lists", lists(40)],
  ])("is none with %s", (_, bytes) => {
    expect(decodeRlp(Uint8Array.from(bytes))).toBeNull();
  });

  function lists(depth: number): number[] {
    return depth === 0 ? [0xc0] : [0xc0 + depth, ...lists(depth - 1)];
  }
});

describe("a receipt in a block", () => {
  it("is proved at every index of blocks of every size", () => {
    for (const transactions of [1, 2, 3, 15, 16, 17, 100, 127, 128, 129, 200, 257])
      for (const index of new Set([0, 1, 15, 16, 126, 127, 128, 255, 256, transactions - 1])) {
        if (index >= transactions) continue;
        const { header, receiptProof } = planned(transactions, index);
        const receipt = provenReceipt(rootOf(header), index, receiptProof.map(bytesOf));
        expect(
          receipt !== null && hasAnchored(receipt, 2, CONTRACT, HEAD),
          `${index} of ${transactions}`,
        ).toBe(true);
      }
  });

  it("is not proved at another index, nor with a node less, more or in another order", () => {
    const { header, receiptProof } = planned(200, 140);
    const [root, nodes] = [rootOf(header), receiptProof.map(bytesOf)];
    expect(nodes.length).toBeGreaterThan(2);
    for (let index = 0; index < 200; index += 1)
      expect(provenReceipt(root, index, nodes) !== null).toBe(index === 140);
    expect(provenReceipt(root, 140, nodes.slice(0, -1))).toBeNull();
    expect(provenReceipt(root, 140, nodes.slice(1))).toBeNull();
    expect(provenReceipt(root, 140, [...nodes, nodes.at(-1) ?? root])).toBeNull();
    expect(provenReceipt(root, 140, nodes.toReversed())).toBeNull();
    expect(provenReceipt(root, 140, [])).toBeNull();
  });

  it("is not proved with a bit of a node turned over", () => {
    const { header, receiptProof } = planned(20, 3);
    const nodes = receiptProof.map(bytesOf);
    fc.assert(
      fc.property(fc.nat(nodes.length - 1), fc.nat(), fc.nat(7), (place, at, bit) => {
        const turned = nodes.map((node, nth) =>
          nth === place
            ? node.map((byte, nthByte) => (nthByte === at % node.length ? byte ^ (1 << bit) : byte))
            : node,
        );
        expect(provenReceipt(rootOf(header), 3, turned)).toBeNull();
      }),
    );
  });

  it("tells of one contract, one size and one root, at one place", () => {
    const { header, receiptProof } = planned(3, 1);
    const receipt = provenReceipt(rootOf(header), 1, receiptProof.map(bytesOf));
    if (receipt === null) throw new Error("the receipt was to be proved");
    expect(hasAnchored(receipt, 2, CONTRACT, HEAD)).toBe(true);
    expect(hasAnchored(receipt, 1, CONTRACT, HEAD)).toBe(false);
    expect(hasAnchored(receipt, 3, CONTRACT, HEAD)).toBe(false);
    expect(hasAnchored(receipt, 2, `0x${"60".repeat(20)}`, HEAD)).toBe(false);
    expect(hasAnchored(receipt, 2, CONTRACT, { ...HEAD, size: 301 })).toBe(false);
    expect(hasAnchored(receipt, 2, CONTRACT, { ...HEAD, root: new Uint8Array(32) })).toBe(false);
    expect(hasAnchored({ ...receipt, isSuccess: false }, 2, CONTRACT, HEAD)).toBe(false);
  });
});

describe("a block's header", () => {
  it("says its number, time and hash", () => {
    const { header, hash } = planned(1, 0);
    const read = readHeader(bytesOf(header));
    expect(read).toMatchObject({ number: 7, atMs: 1_700_000_000_000 });
    expect(`0x${toHex(read?.hash ?? utf8(""))}`).toBe(hash);
  });

  it("says no number that is beyond what can be counted with", () => {
    const fields = decoded(planned(1, 0).header);
    expect(readHeader(rlpOf(fields.with(8, `0x${"ff".repeat(8)}`)))).toMatchObject({ number: null });
    expect(readHeader(rlpOf(fields.with(11, "0x1fffffffffffff")))).toMatchObject({ number: 7, atMs: null });
    expect(readHeader(rlpOf(fields.with(8, "0x")))).toMatchObject({ number: 0 });
  });

  it("has 15 fields: the sixth is a hash, the ninth and twelfth are numbers", () => {
    const fields = decoded(planned(1, 0).header);
    expect(readHeader(rlpOf(fields.slice(0, 15)))).not.toBeNull();
    expect(readHeader(rlpOf(fields.slice(0, 14)))).toBeNull();
    expect(readHeader(rlpOf(fields.with(5, "0x11")))).toBeNull();
    for (const field of [8, 11])
      for (const wrong of ["0x0007", "0x00", `0x${"11".repeat(9)}`, []])
        expect(readHeader(rlpOf(fields.with(field, wrong)))).toBeNull();
    expect(readHeader(rlpOf(`0x${"11".repeat(32)}`))).toBeNull();
    expect(readHeader(new Uint8Array(0))).toBeNull();
  });
});
