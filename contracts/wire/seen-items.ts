/**
 * What comes again and again, byte for byte, such as the series of a gateway, unpacked once: whoever gets it gets the same
 * object, which nobody may change. Compared as bytes, since to make texts of them costs as much as to unpack them.
 */

/** Beyond it all are forgotten, and unpacked once more: with what follows, some 64 MB. */
const ITEMS_MAX = 65_536;
/** What is longer, or has more fields, is unpacked each time. */
const ITEM_BYTES_MAX = 256;
const ITEM_FIELDS_MAX = 8;

type Seen = { readonly bytes: Uint8Array; readonly value: object };

export class SeenItems {
  readonly #seen = new Map<number, Seen>();

  /** `unpack`: of bytes that were not seen before, or long ago, into a map of texts, numbers, booleans and nulls. */
  valueOf(bytes: Uint8Array, from: number, to: number, unpack: (bytes: Uint8Array) => object): object {
    if (to - from > ITEM_BYTES_MAX) return unpack(bytes.subarray(from, to));
    const hash = hashOf(bytes, from, to);
    const seen = this.#seen.get(hash);
    if (seen !== undefined && isSame(seen.bytes, bytes, from, to)) return seen.value;
    // Bytes of its own: those of a Buffer's slice are still the body's.
    const own = new Uint8Array(bytes.subarray(from, to));
    const value = unpack(own);
    if (Object.keys(value).length > ITEM_FIELDS_MAX) return value;
    if (this.#seen.size >= ITEMS_MAX) this.#seen.clear();
    this.#seen.set(hash, { bytes: own, value: Object.freeze(value) });
    return value;
  }
}

/** FNV-1a, 32 bits. Two of one hash put each other out. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return hash;
}

function isSame(known: Uint8Array, bytes: Uint8Array, from: number, to: number): boolean {
  if (known.byteLength !== to - from) return false;
  for (let at = 0; at < known.byteLength; at++) if (known[at] !== bytes[from + at]) return false;
  return true;
}
