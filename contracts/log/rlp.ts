/** Ethereum's RLP, read strictly: every value in its one shortest form, every byte used. */

export type Rlp = Uint8Array | readonly Rlp[];

/** Lists in lists. A receipt has 4: itself, its logs, one of them, its topics. */
const DEPTH_MAX = 16;
const QUANTITY_BYTES_MAX = 8;
/** Nothing that is read here is as long. */
const LENGTH_MAX = 1_000_000n;

/** Null where it is not exactly one item in its one form. */
export function decodeRlp(bytes: Uint8Array): Rlp | null {
  const items = itemsOf(bytes, DEPTH_MAX);
  return items?.length === 1 ? (items[0] ?? null) : null;
}

/** The shortest big-endian bytes, as a value of RLP; none for 0. */
export function minimalBytes(count: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = count; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from(bytes);
}

/** An unsigned number of at most 8 bytes in its shortest form; null for any other value. */
export function quantityOf(item: Rlp | undefined): bigint | null {
  if (!(item instanceof Uint8Array) || item.length > QUANTITY_BYTES_MAX || item[0] === 0) return null;
  return item.reduce((total, byte) => (total << 8n) | BigInt(byte), 0n);
}

/** An item's bytes without their prefix, and where the next one begins. */
type Span = { readonly isList: boolean; readonly content: Uint8Array; readonly next: number };

function itemsOf(bytes: Uint8Array, depthLeft: number): Rlp[] | null {
  const items: Rlp[] = [];
  let at = 0;
  while (at < bytes.length) {
    const span = spanAt(bytes, at);
    if (span === null || (span.isList && depthLeft === 0)) return null;
    const item = span.isList ? itemsOf(span.content, depthLeft - 1) : span.content;
    if (item === null) return null;
    items.push(item);
    at = span.next;
  }
  return items;
}

function spanAt(bytes: Uint8Array, at: number): Span | null {
  const prefix = bytes[at];
  if (prefix === undefined) return null;
  if (prefix < 0x80) return { isList: false, content: bytes.subarray(at, at + 1), next: at + 1 };
  const isList = prefix >= 0xc0;
  const short = prefix - (isList ? 0xc0 : 0x80);
  const lengthBytes = short > 55 ? short - 55 : 0;
  const length =
    lengthBytes === 0 ? short : longLength(bytes.subarray(at + 1, at + 1 + lengthBytes), lengthBytes);
  if (length === null) return null;
  const begin = at + 1 + lengthBytes;
  const content = bytes.subarray(begin, begin + length);
  if (content.length !== length) return null;
  // A single byte below 0x80 is its own encoding.
  if (!isList && length === 1 && (content[0] ?? 0) < 0x80) return null;
  return { isList, content, next: begin + length };
}

/** Null where it is cut, begins with a zero, or would have fitted into the prefix. */
function longLength(bytes: Uint8Array, wanted: number): number | null {
  if (bytes.length !== wanted) return null;
  const length = quantityOf(bytes);
  return length === null || length <= 55n || length > LENGTH_MAX ? null : Number(length);
}
