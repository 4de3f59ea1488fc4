/** Files, words, notes and keys at the edges of the format, where two readers of docs/evidence.md are likely to part. */
import { createHash } from "node:crypto";
import { toBase64, utf8 } from "../../../contracts/log/bytes.ts";
import { commitmentOf } from "../../../contracts/log/hash.ts";
import { carOf, carSection, rawCid } from "../../support/car-of.ts";
import { bytesOf, edited, good, type OddBundle, raw, text } from "./odd-bundle.ts";

const numbered = (number: string) => text.replace(/"index":\d+/, `"index":${number}`);

const forms: OddBundle[] = [
  raw("nothing", "car-malformed", ""),
  raw("a brace", "bundle-unreadable", "{"),
  raw("sixty thousand brackets", "bundle-unreadable", `{"a":${"[".repeat(60_000)}`),
  raw("thirty thousand lists", "bundle-unreadable", `{"a":${"[".repeat(30_000)}${"]".repeat(30_000)}}`),
  raw("a byte order mark", "car-malformed", `\ufeff${text}`),
  raw("five thousand digits", "bundle-unreadable", numbered("9".repeat(5_000))),
  raw("2^53", "bundle-unreadable", numbered("9007199254740992")),
  raw("minus zero", "bundle-unreadable", numbered("-0")),
  raw("an exponent", "bundle-unreadable", numbered("1e1")),
  raw("true as a number", "bundle-unreadable", numbered("true")),
  raw("a prototype", "bundle-unreadable", text.replace('"network":', '"__proto__":{},"network":')),
  raw("0x7f", "bundle-unreadable", text.replace("hospitell-ev", "hospitell\x7fev")),
  raw("spaces of 140,000", "bundle-unreadable", `{${" ".repeat(140_000)}`),
  edited("loose bits in base64", "bundle-unreadable", ({ gateway }) => {
    gateway.checkpoint = "AB==";
  }),
  edited("base64 for URLs", "bundle-unreadable", ({ gateway }) => {
    gateway.checkpoint = "_-==";
  }),
  edited("the largest index", "leaf-not-in-gateway-log", ({ leaf }) => {
    leaf.index = Number.MAX_SAFE_INTEGER;
  }),
];

const said = (name: string, verdict: OddBundle["verdict"], payload: Uint8Array | string) =>
  edited(`payload: ${name}`, verdict, ({ leaf }) => {
    if (leaf.opening === null) return;
    const bytes = typeof payload === "string" ? utf8(payload) : payload;
    leaf.opening.payload = toBase64(bytes);
    leaf.commitment = toBase64(commitmentOf(bytesOf(leaf.opening.salt), bytes));
  });
/** What is JSON gets as far as the log, where these words are not. */
const IS_JSON = "leaf-not-in-gateway-log";
const lists = (count: number) => `{"a":${"[".repeat(count)}${"]".repeat(count)}}`;
const payloads: OddBundle[] = [
  said("nothing", "payload-malformed", ""),
  said("six thousand digits", IS_JSON, `{"a":${"9".repeat(6_000)}}`),
  said("more than a double holds", IS_JSON, '{"a":1e999999}'),
  said("15 lists in an object", IS_JSON, lists(15)),
  said("16 lists in an object", "payload-malformed", lists(16)),
  said("30,000 lists in an object", "payload-malformed", lists(30_000)),
  said(
    "16 lists, and another value of the same key",
    "payload-malformed",
    `{"a":1,${lists(16).slice(1, -1)},"a":1}`,
  ),
  said("brackets in a text", IS_JSON, `{"a":"${"[".repeat(90)}"}`),
  said("brackets in a text behind a quote and a backslash", IS_JSON, `{"a":"\\"${"[".repeat(90)}\\\\"}`),
  said(
    "lists behind a text that ends in a backslash",
    "payload-malformed",
    `{"a":"\\\\","b":${"[".repeat(90)}${"]".repeat(90)}}`,
  ),
  said("many lists beside each other", IS_JSON, `{"a":[${"[],".repeat(90)}[]]}`),
  said("a key twice", IS_JSON, '{"a":1,"a":2}'),
  said("half a pair", IS_JSON, '{"a":"\\ud800"}'),
  said(
    "half a pair as bytes",
    "payload-malformed",
    Uint8Array.of(0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d),
  ),
  said("minus infinity", "payload-malformed", '{"a":-Infinity}'),
  said("a tab in a text", "payload-malformed", '{"a":"\t"}'),
  said("tabs and lines around", IS_JSON, '\t{"a"\r:\n1} '),
  said("a hard blank before", "payload-malformed", '\u00a0{"a":1}'),
  said("digits of another script", "payload-malformed", '{"a":1\u0660}'),
  said("a zero before a digit", "payload-malformed", '{"a":01}'),
  said("a byte of 0 behind", "payload-malformed", '{"a":1}\0'),
];

const noted = (name: string, verdict: OddBundle["verdict"], edit: (note: string) => string) =>
  edited(`note: ${name}`, verdict, ({ gateway }) => {
    gateway.checkpoint = toBase64(utf8(edit(new TextDecoder().decode(bytesOf(gateway.checkpoint)))));
  });
const MALFORMED = "gateway-checkpoint-malformed";
const notes: OddBundle[] = [
  noted("lines as Windows ends them", MALFORMED, (note) => note.replaceAll("\n", "\r\n")),
  noted("no newline at the end", MALFORMED, (note) => note.slice(0, -1)),
  noted("an empty line more", MALFORMED, (note) => note.replace("\n\n", "\n\n\n")),
  noted("another's line", "ACCEPTED", (note) => `${note}— someone/else AAAAAAA=\n`),
  noted("another's line without a signature", MALFORMED, (note) => `${note}— someone/else AAAAAA==\n`),
  noted("another's line in capitals", MALFORMED, (note) => `${note}— Someone AAAAAAA=\n`),
  noted("a hyphen", MALFORMED, (note) => note.replaceAll("—", "-")),
  noted("size 2^53", MALFORMED, (note) => note.replace(/\n\d+\n/, "\n9007199254740992\n")),
  noted("size 2^53 - 1", "gateway-signature-invalid", (note) =>
    note.replace(/\n\d+\n/, "\n9007199254740991\n"),
  ),
  noted("digits of another script", MALFORMED, (note) => note.replace(/\n\d+\n/, "\n\u0661\n")),
  noted(
    "a gateway without an epoch",
    MALFORMED,
    (note) => `hospitell/gateway/x${note.slice(note.indexOf("\n"))}`,
  ),
];

const ORDER = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;
const FIELD = 2n ** 255n - 19n;
const OF_ORDER_8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;
const littleEndian = (number: bigint) => Buffer.from(number.toString(16).padStart(64, "0"), "hex").reverse();
const numberOf = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
/** Under the neutral element everything is signed by (the neutral element, 0). */
const smallOrder = (name: string, y: bigint) =>
  edited(`key: ${name}`, "gateway-signature-invalid", ({ gateway, keys: [key] }) => {
    if (key === undefined) return;
    const publicKey = littleEndian(y);
    const id = createHash("sha256").update(`${key.name}\n\x01`).update(publicKey).digest().subarray(0, 4);
    const note = new TextDecoder().decode(bytesOf(gateway.checkpoint));
    const signature = toBase64(Buffer.concat([id, littleEndian(1n), littleEndian(0n)]));
    key.publicKey = toBase64(publicKey);
    gateway.checkpoint = toBase64(
      utf8(`${note.slice(0, note.indexOf("\n\n") + 2)}— ${key.name} ${signature}\n`),
    );
  });
const keys: OddBundle[] = [
  smallOrder("the neutral element", 1n),
  smallOrder("the neutral element, with the sign that it has not", 1n + 2n ** 255n),
  smallOrder("the neutral element, not reduced", FIELD + 1n),
  smallOrder("of order 2", FIELD - 1n),
  smallOrder("of order 4", 0n),
  smallOrder("of order 4, with the other sign", 2n ** 255n),
  smallOrder("of order 8", OF_ORDER_8),
  smallOrder("of order 8, with the other sign", OF_ORDER_8 + 2n ** 255n),
  smallOrder("of order 8, the other one", FIELD - OF_ORDER_8),
  noted("a second signature made of the first", "gateway-signature-invalid", (note) =>
    note.replace(/\S+\n$/, (line) => {
      const bytes = bytesOf(line.trim());
      const scalar = littleEndian(numberOf(bytes.subarray(36)) + ORDER);
      return `${toBase64(Buffer.concat([bytes.subarray(0, 36), scalar]))}\n`;
    }),
  ),
];

const car = carOf(good);
const [HEADER_BYTES, CID_BYTES] = [59, 36];
const header = (...parts: (string | number[] | Uint8Array)[]) => {
  const bytes = Buffer.concat(parts.map((part) => Buffer.from(typeof part === "string" ? utf8(part) : part)));
  return Uint8Array.of(bytes.length, ...bytes, ...carSection(good));
};
const LINK = [0xd8, 0x2a, 0x58, CID_BYTES + 1, 0];
const cars: OddBundle[] = [
  raw("a CAR", "ACCEPTED", car),
  raw("a CAR without its first byte", "car-malformed", car.slice(1)),
  raw("a CAR of nothing", "bundle-unreadable", carOf(new Uint8Array(0))),
  raw("a CAR of 140,000 bytes", "bundle-unreadable", carOf(new Uint8Array(140_000))),
  raw("a CAR in a CAR", "bundle-unreadable", carOf(car)),
  raw(
    "a CAR that ends in a length",
    "car-malformed",
    Uint8Array.of(...car.slice(0, HEADER_BYTES), 0xff, 0xff),
  ),
  raw("a CAR with a longer length", "car-malformed", Uint8Array.of(0xba, 0, ...car.slice(1))),
  raw(
    "a CAR with two roots",
    "car-malformed",
    header([0xa2, 0x65], "roots", [0x82, ...LINK], rawCid(good), LINK, rawCid(good), [0x67], "version", [1]),
  ),
  raw(
    "a CAR with its version first",
    "car-malformed",
    header([0xa2, 0x67], "version", [1, 0x65], "roots", [0x81, ...LINK], rawCid(good)),
  ),
];

export const ODD_STATEMENTS: readonly OddBundle[] = [...forms, ...payloads, ...notes, ...keys, ...cars];
