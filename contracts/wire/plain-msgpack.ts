/**
 * msgpack as far as plain data goes: null, booleans, numbers, texts, arrays and maps with texts as keys. Whoever may
 * send is not trusted: the bytes are walked before they are unpacked, so that no extension is ever run, no length is
 * believed that the bytes do not bear out, and nothing nests deeper than a stack is.
 */
import { Packr, Unpackr } from "msgpackr";
import { type FoundItems, ItemSearch, type Open } from "./item-search.ts";
import type { SeenItems } from "./seen-items.ts";

const DEPTH_MAX = 16;
/** Values in one body; each takes a byte on the wire and many more in memory. */
const ITEMS_MAX = 2_000_000;

const NIL = 0xc0;

const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: "number" });

export type Unpacked = { readonly value: unknown } | { readonly error: string };

export const packPlain = (value: unknown): Uint8Array => packr.pack(value);

/** Flat maps of an array, found by the keys that lead to it from the outermost map, and which of them are known already. */
export type Repeating = { readonly path: readonly string[]; readonly seen: SeenItems };

export function unpackPlain(bytes: Uint8Array, repeating?: Repeating): Unpacked {
  const search = new ItemSearch(repeating?.path ?? []);
  const error = whyNotPlain(bytes, search);
  if (error !== null) return { error };
  try {
    const items = search.found;
    return {
      value:
        repeating === undefined || items === null
          ? unpackr.unpack(bytes)
          : unpackApart(bytes, items, repeating),
    };
  } catch {
    return { error: "the msgpack cannot be read" };
  }
}

/** The items by themselves, and the rest with nothing where they were. */
function unpackApart(
  bytes: Uint8Array,
  { from, to, starts }: FoundItems,
  { path, seen }: Repeating,
): unknown {
  const rest = new Uint8Array(from + 1 + bytes.byteLength - to);
  rest.set(bytes.subarray(0, from));
  rest[from] = NIL;
  rest.set(bytes.subarray(to), from + 1);
  const value: unknown = unpackr.unpack(rest);
  const unpack = (item: Uint8Array): object => unpackr.unpack(item);
  const items = starts.map((start, place) => seen.valueOf(bytes, start, starts[place + 1] ?? to, unpack));
  let map = value as Record<string, unknown>;
  for (const key of path.slice(0, -1)) map = map[key] as Record<string, unknown>;
  map[path.at(-1) ?? ""] = items;
  return value;
}

/** By type byte: how many bytes a value without content of its own takes after it; more below zero. */
const OTHER = -1;
const TEXT = -2;
const ARRAY = -3;
const MAP = -4;
const SHAPES = Int8Array.from({ length: 256 }, (_, type) => shapeOf(type));

function shapeOf(type: number): number {
  // The small integers, null and the booleans are one byte each; then floats, unsigned and signed integers.
  if (type < 0x80 || type >= 0xe0 || type === NIL || type === 0xc2 || type === 0xc3) return 0;
  if (type === 0xca || type === 0xcb) return type === 0xca ? 4 : 8;
  if (type >= 0xcc && type <= 0xd3) return 2 ** ((type - 0xcc) % 4);
  if (type < 0x90 || type === 0xde || type === 0xdf) return MAP;
  if (type < 0xa0 || type === 0xdc || type === 0xdd) return ARRAY;
  if (type < 0xc0 || (type >= 0xd9 && type <= 0xdb)) return TEXT;
  return OTHER;
}

/** Walks all of it without calling itself; null: it is plain and whole. */
function whyNotPlain(bytes: Uint8Array, search: ItemSearch): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.byteLength;
  const outer: Open[] = [];
  /** How many values the innermost open array or map still waits for; of a map's, the even ones are keys. */
  let open: Open = { left: 1, isMap: false };
  let at = 0;
  let items = 0;
  for (;;) {
    while (open.left === 0) {
      if (open === search.array) search.end(at);
      const next = outer.pop();
      if (next === undefined) return at === end ? null : "something follows after the end of the msgpack";
      open = next;
    }
    if (!open.isMap) {
      // Most of a batch are numbers in a row.
      let { left } = open;
      for (; left > 0 && at < end; left--) {
        const shape = SHAPES[bytes[at] as number] as number;
        if (shape < 0) break;
        at += 1 + shape;
      }
      items += open.left - left;
      open.left = left;
      if (items > ITEMS_MAX) return TOO_MANY;
      if (at > end) return ENDS_EARLY;
      if (left === 0) continue;
    }
    if (at >= end) return ENDS_EARLY;
    items += 1;
    if (items > ITEMS_MAX) return TOO_MANY;
    const type = bytes[at] as number;
    const shape = SHAPES[type] as number;
    at += 1;
    const isKey = open.isMap && open.left % 2 === 0;
    open.left -= 1;
    if (shape === OTHER) return "a type that is no plain data";
    if (isKey && shape !== TEXT) return "a key that is no text";
    if (shape >= 0) {
      at += shape;
      if (at > end) return ENDS_EARLY;
      continue;
    }
    const beganAt = at - 1;
    const length = lengthAt(view, type, at);
    if (length === null) return ENDS_EARLY;
    at = length.at;
    if (shape === TEXT) {
      at += length.count;
      if (at > end) return "a text longer than the body";
      if (isKey) search.key(open, bytes, length.at, at);
      continue;
    }
    const values = shape === MAP ? length.count * 2 : length.count;
    if (values > end - at) return "an array or map longer than the body";
    if (outer.length >= DEPTH_MAX) return `nested deeper than ${DEPTH_MAX}`;
    const inner = { left: values, isMap: shape === MAP };
    search.opens(inner, open, beganAt);
    outer.push(open);
    open = inner;
  }
}

const TOO_MANY = `more than ${ITEMS_MAX} values`;
const ENDS_EARLY = "the msgpack ends too early";

/** How many follow, and where. */
function lengthAt(view: DataView, type: number, at: number): { count: number; at: number } | null {
  if (type < 0xa0) return { count: type & 0x0f, at };
  if (type < 0xc0) return { count: type & 0x1f, at };
  const bytes = type === 0xd9 ? 1 : type === 0xda || type === 0xdc || type === 0xde ? 2 : 4;
  if (at + bytes > view.byteLength) return null;
  const count = bytes === 1 ? view.getUint8(at) : bytes === 2 ? view.getUint16(at) : view.getUint32(at);
  return { count, at: at + bytes };
}
