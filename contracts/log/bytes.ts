/** Bytes as this folder passes them around: joined, compared, and as text. */

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** RFC 4648 section 4, with padding. */
export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** By character code: its 6 bits, or -1. */
const SIX_BITS = Int8Array.from({ length: 256 }, (_, code) => ALPHABET.indexOf(String.fromCharCode(code)));

/** Null where it is not the one way to write these bytes: other characters, missing padding, loose bits at the end. */
export function fromBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0) return null;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const characters = text.length - padding;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let [bits, bitsCount, at] = [0, 0, 0];
  for (let place = 0; place < characters; place += 1) {
    const six = SIX_BITS[text.charCodeAt(place)] ?? -1;
    if (six < 0) return null;
    bits = (bits << 6) | six;
    bitsCount += 6;
    if (bitsCount < 8) continue;
    bitsCount -= 8;
    bytes[at] = bits >> bitsCount;
    at += 1;
    bits &= (1 << bitsCount) - 1;
  }
  return bits === 0 ? bytes : null;
}

/** Of base64 that was checked before. Throws where it was not. */
export function bytesOf(text: string): Uint8Array {
  const bytes = fromBase64(text);
  if (bytes === null) throw new Error("expected base64 that was checked to be canonical");
  return bytes;
}

export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
