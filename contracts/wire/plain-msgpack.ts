/**
 * msgpack as far as plain data goes: null, booleans, numbers, texts, arrays and maps with texts as keys. Whoever may
 * send is not trusted: the bytes are walked before they are unpacked, so that no extension is ever run, no length is
 * believed that the bytes do not bear out, and nothing nests deeper than a stack is.
 */
import { Packr, Unpackr } from "msgpackr";

const DEPTH_MAX = 16;
/** Values in one body; each takes a byte on the wire and many more in memory. */
const ITEMS_MAX = 2_000_000;

const packr = new Packr({ useRecords: false });
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: "number" });

export type Unpacked = { readonly value: unknown } | { readonly error: string };

export const packPlain = (value: unknown): Uint8Array => packr.pack(value);

export function unpackPlain(bytes: Uint8Array): Unpacked {
  const error = whyNotPlain(bytes);
  if (error !== null) return { error };
  try {
    return { value: unpackr.unpack(bytes) };
  } catch {
    return { error: "the msgpack cannot be read" };
  }
}

/** Bytes of the number after the type byte. */
const NUMBER_BYTES: Readonly<Record<number, number>> = {
  202: 4,
  203: 8,
  204: 1,
  205: 2,
  206: 4,
  207: 8,
  208: 1,
  209: 2,
  210: 4,
  211: 8,
};

/** Walks all of it without calling itself; null: it is plain and whole. */
function whyNotPlain(bytes: Uint8Array): string | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.byteLength;
  /** How many values each open array or map still waits for; of a map's, the even ones are keys. */
  const waiting: number[] = [1];
  const isMap: boolean[] = [false];
  let at = 0;
  let items = 0;
  while (waiting.length > 0) {
    const top = waiting.length - 1;
    const left = waiting[top] ?? 0;
    if (left === 0) {
      waiting.pop();
      isMap.pop();
      continue;
    }
    if (at >= end) return "the msgpack ends too early";
    items += 1;
    if (items > ITEMS_MAX) return `more than ${ITEMS_MAX} values`;
    const type = bytes[at] ?? 0;
    at += 1;
    waiting[top] = left - 1;
    const isKey = isMap[top] === true && left % 2 === 0;
    const shape = shapeOf(type);
    if (shape === null) return "a type that is no plain data";
    if (isKey && shape !== "text") return "a key that is no text";
    if (shape === "alone") continue;
    if (shape === "number") {
      at += NUMBER_BYTES[type] ?? 0;
      if (at > end) return "the msgpack ends too early";
      continue;
    }
    const length = lengthAt(view, type, at);
    if (length === null) return "the msgpack ends too early";
    at = length.at;
    if (shape === "text") {
      at += length.count;
      if (at > end) return "a text longer than the body";
      continue;
    }
    const values = shape === "map" ? length.count * 2 : length.count;
    if (values > end - at) return "an array or map longer than the body";
    if (waiting.length >= DEPTH_MAX) return `nested deeper than ${DEPTH_MAX}`;
    waiting.push(values);
    isMap.push(shape === "map");
  }
  return at === end ? null : "something follows after the end of the msgpack";
}

type Shape = "alone" | "number" | "text" | "array" | "map";

function shapeOf(type: number): Shape | null {
  // The small integers, null and the booleans are one byte each.
  if (type < 0x80 || type >= 0xe0 || type === 0xc0 || type === 0xc2 || type === 0xc3) return "alone";
  if (type < 0x90 || type === 0xde || type === 0xdf) return "map";
  if (type < 0xa0 || type === 0xdc || type === 0xdd) return "array";
  if (type < 0xc0 || (type >= 0xd9 && type <= 0xdb)) return "text";
  return NUMBER_BYTES[type] === undefined ? null : "number";
}

/** How many follow, and where. */
function lengthAt(view: DataView, type: number, at: number): { count: number; at: number } | null {
  if (type < 0xa0) return { count: type & 0x0f, at };
  if (type < 0xc0) return { count: type & 0x1f, at };
  const bytes = type === 0xd9 ? 1 : type === 0xda || type === 0xdc || type === 0xde ? 2 : 4;
  if (at + bytes > view.byteLength) return null;
  const count = bytes === 1 ? view.getUint8(at) : bytes === 2 ? view.getUint16(at) : view.getUint32(at);
  return { count, at: at + bytes };
}
