/**
 * Takes one line off the front of a stream of bytes. Lines end in CR, LF or both. What is longer than a line may be is
 * dropped up to the next line end, so the buffer stays bounded whatever comes.
 */
export type LineScan =
  | { readonly kind: "line"; readonly line: Uint8Array; readonly rest: Uint8Array }
  | { readonly kind: "too-long"; readonly droppedBytes: number; readonly rest: Uint8Array }
  | { readonly kind: "need-more"; readonly rest: Uint8Array };

const CR = 0x0d;
const LF = 0x0a;

export function scanLine(bytes: Uint8Array, lineBytesMax: number): LineScan {
  let start = 0;
  while (start < bytes.length && isLineEnd(bytes[start])) start++;
  for (let end = start; end < bytes.length; end++) {
    if (!isLineEnd(bytes[end])) continue;
    const rest = bytes.subarray(end + 1);
    if (end - start > lineBytesMax) return { kind: "too-long", droppedBytes: end - start, rest };
    return { kind: "line", line: bytes.subarray(start, end), rest };
  }
  const open = bytes.subarray(start);
  if (open.length <= lineBytesMax) return { kind: "need-more", rest: open };
  // Keep one byte more than a line may have, so that what follows up to the line end is known to belong to it.
  return { kind: "need-more", rest: open.subarray(0, lineBytesMax + 1) };
}

const isLineEnd = (byte: number | undefined) => byte === CR || byte === LF;
