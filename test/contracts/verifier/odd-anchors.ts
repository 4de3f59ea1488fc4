/** Headers and receipts at the edges of the format, where two readers of docs/evidence.md are likely to part. */
import { decodeRlp, encodeRlp, getBytes, hexlify, keccak256, type RlpStructuredData } from "ethers";
import type { Bundle } from "../../../contracts/log/bundle.ts";
import { toBase64 } from "../../../contracts/log/bytes.ts";
import { bytesOf, edited, type OddBundle } from "./odd-bundle.ts";

type Anchor = NonNullable<Bundle["anchor"]>;
type Rlp = string | Rlp[];

const rlp = (item: Rlp) => getBytes(encodeRlp(item as RlpStructuredData));
const unrlp = (bytes: Uint8Array) => decodeRlp(bytes) as Rlp;
const nested = (levels: number): Rlp => (levels === 1 ? [] : [nested(levels - 1)]);

const headed = (name: string, verdict: OddBundle["verdict"], edit: (fields: Rlp[]) => Rlp[]) =>
  edited(`header: ${name}`, verdict, ({ anchor }) => {
    if (anchor !== null) anchor.header = toBase64(rlp(edit(unrlp(bytesOf(anchor.header)) as Rlp[])));
  });
const headers: OddBundle[] = [
  headed("14 fields", "anchor-header-malformed", (fields) => fields.slice(0, 14)),
  headed("40 fields", "ACCEPTED", (fields) => [...fields, ...Array<Rlp>(23).fill("0x01")]),
  headed("a root of 31 bytes", "anchor-header-malformed", (fields) => fields.with(5, `0x${"11".repeat(31)}`)),
  headed("a root of 32 items", "anchor-header-malformed", (fields) =>
    fields.with(5, Array<Rlp>(32).fill("0x01")),
  ),
  headed("a number of 8 bytes", "ACCEPTED", (fields) => fields.with(8, `0x${"ff".repeat(8)}`)),
  headed("a time of zero", "ACCEPTED", (fields) => fields.with(11, "0x")),
  headed("16 lists in one another", "ACCEPTED", (fields) => fields.with(13, nested(15))),
  headed("17 lists in one another", "anchor-header-malformed", (fields) => fields.with(13, nested(16))),
  edited("header: a length without bytes", "anchor-header-malformed", ({ anchor }) => {
    if (anchor !== null) anchor.header = toBase64(Uint8Array.of(0xff));
  }),
  edited("header: twenty thousand lists", "anchor-header-malformed", ({ anchor }) => {
    if (anchor !== null) anchor.header = toBase64(new Uint8Array(20_000).fill(0xc1));
  }),
];

/** A trie of one leaf with the bundle's own receipt in it, and what is done to it. */
function tried(
  name: string,
  verdict: OddBundle["verdict"],
  value: (receipt: Rlp[]) => Uint8Array,
  nodesOf: (value: Uint8Array) => Uint8Array[] = (receipt) => [leafOf("2080", receipt)],
): OddBundle {
  return edited(`receipt: ${name}`, verdict, ({ anchor }) => {
    if (anchor === null) return;
    const nodes = nodesOf(value(receiptOf(anchor)));
    const fields = (unrlp(bytesOf(anchor.header)) as Rlp[]).with(5, keccak256(nodes[0] ?? "0x"));
    Object.assign(anchor, {
      header: toBase64(rlp(fields)),
      receiptProof: nodes.map(toBase64),
      transactionIndex: 0,
    });
  });
}
function receiptOf({ receiptProof }: Anchor): Rlp[] {
  const node = unrlp(bytesOf(receiptProof.at(-1) ?? "")) as string[];
  const value = getBytes(node[1] ?? "0x");
  return unrlp((value[0] ?? 0) < 0x80 ? value.slice(1) : value) as Rlp[];
}
const typed = (type: number, receipt: Rlp[]) => Uint8Array.of(type, ...rlp(receipt));
const leafOf = (path: string, value: Uint8Array) => rlp([`0x${path}`, hexlify(value)]);
const branchOf = (at: number, child: Rlp) => rlp(Array<Rlp>(17).fill("0x").with(at, child));
const LOST = "receipt-not-in-block";
const receipts: OddBundle[] = [
  tried("of the old kind", "ACCEPTED", rlp),
  tried("of type 0x80", LOST, (receipt) => typed(0x80, receipt)),
  tried("five fields", LOST, (receipt) => rlp([...receipt, "0x"])),
  tried("a bloom of 255 bytes", LOST, (receipt) => rlp(receipt.with(2, `0x${"00".repeat(255)}`))),
  tried("a byte behind", LOST, (receipt) => Uint8Array.of(...rlp(receipt), 0)),
  tried("nothing", LOST, () => new Uint8Array(0)),
  tried("status 2", "anchor-event-missing", (receipt) => rlp(receipt.with(0, "0x02"))),
  tried("a state's root for a status", "anchor-event-missing", (receipt) =>
    rlp(receipt.with(0, `0x${"11".repeat(32)}`)),
  ),
  tried("17 lists in one another", LOST, (receipt) =>
    rlp(receipt.with(3, [...(receipt[3] as Rlp[]), nested(15)])),
  ),
  tried("a leaf as an extension", LOST, rlp, (value) => [leafOf("0080", value)]),
  tried("a fourth flag", LOST, rlp, (value) => [leafOf("4080", value)]),
  tried("a filled filling", LOST, rlp, (value) => [leafOf("2180", value)]),
  tried("a path that ends early", LOST, rlp, (value) => [leafOf("38", value)]),
  tried("a branch above", "ACCEPTED", rlp, (value) => {
    const leaf = leafOf("30", value);
    return [branchOf(8, keccak256(leaf)), leaf];
  }),
  tried("a node left over", LOST, rlp, (value) => {
    const leaf = leafOf("30", value);
    return [branchOf(8, keccak256(leaf)), leaf, leaf];
  }),
  tried("a leaf inside its branch", LOST, rlp, (value) => [branchOf(8, unrlp(leafOf("30", value)))]),
  tried("an extension without a path", LOST, rlp, (value) => {
    const leaf = leafOf("2080", value);
    return [rlp(["0x00", keccak256(leaf)]), leaf];
  }),
];

const numbers: readonly OddBundle[] = [
  headed("a number of 9 bytes", "anchor-header-malformed", (fields) => fields.with(8, `0x${"ff".repeat(9)}`)),
  headed("a number with a zero before it", "anchor-header-malformed", (fields) => fields.with(8, "0x0001")),
  headed("a number that is a list", "anchor-header-malformed", (fields) => fields.with(8, [])),
  headed("a time of 9 bytes", "anchor-header-malformed", (fields) => fields.with(11, `0x${"ff".repeat(9)}`)),
  headed("a time of one byte of zero", "anchor-header-malformed", (fields) => fields.with(11, "0x00")),
  tried("of type 0", LOST, (receipt) => typed(0, receipt)),
];
export const ODD_ANCHORS: readonly OddBundle[] = [...headers, ...numbers, ...receipts];
