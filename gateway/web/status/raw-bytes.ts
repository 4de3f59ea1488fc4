/** Bytes that nobody could read, as an engineer looks at them: hex, and what is printable of them. Pure. */

export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

export const hexWords = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");

/**
 * Printable ASCII as it is, one dot for each other byte. Nothing else passes, so that no byte can turn the text around,
 * hide a part of it or end a line.
 */
export function printable(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : "·")).join(
    "",
  );
}

export type HexRow = { readonly offset: string; readonly hex: string; readonly text: string };

/** Eight to a row: two rows stand side by side on a desk, one below the other on a phone. */
const ROW_BYTES = 8;

export function hexRows(bytes: Uint8Array): HexRow[] {
  return Array.from({ length: Math.ceil(bytes.length / ROW_BYTES) }, (_, row) => {
    const part = bytes.subarray(row * ROW_BYTES, (row + 1) * ROW_BYTES);
    return {
      offset: (row * ROW_BYTES).toString(16).padStart(4, "0"),
      hex: hexWords(part).padEnd(3 * ROW_BYTES - 1),
      text: printable(part),
    };
  });
}

/** "41 bytes", or how much of a long message was kept. */
export function sizeWords(bytes: number, keptBytes: number): string {
  const all = `${bytes.toLocaleString("en-GB")} ${bytes === 1 ? "byte" : "bytes"}`;
  return keptBytes < bytes ? `${all}, the first ${keptBytes.toLocaleString("en-GB")} kept` : all;
}
