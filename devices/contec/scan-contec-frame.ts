/**
 * Takes one frame off the front of a Contec CMS50D+'s stream: five bytes, of which only the first has its highest bit set.
 *
 *     1xxxxxxx 0xxxxxxx 0xxxxxxx 0xxxxxxx 0xxxxxxx
 *
 * These five bits are the frame's only check. There is no sum: a bit that turns inside a byte passes unseen, which is
 * what the line's odd parity is there for.
 */
import type { SerialScan } from "../scan-serial.ts";

export const CONTEC_FRAME_BYTES = 5;
const FIRST = 0x80;

const isFirst = (byte: number | undefined) => byte !== undefined && (byte & FIRST) !== 0;

export function scanContecFrame(bytes: Uint8Array): SerialScan {
  const start = bytes.findIndex(isFirst);
  if (start !== 0 && bytes.length > 0) {
    const skipped = start === -1 ? bytes.length : start;
    return corrupt(`${skipped} bytes that no first byte came before`, bytes.subarray(skipped));
  }
  const frame = bytes.subarray(0, CONTEC_FRAME_BYTES);
  // A byte is missing: the next first byte begins a frame of its own.
  const next = frame.subarray(1).findIndex(isFirst) + 1;
  if (next > 0) return corrupt(`a frame of ${next} bytes`, bytes.subarray(next));
  if (frame.length < CONTEC_FRAME_BYTES) return { kind: "need-more", rest: frame };
  return { kind: "frame", frame, rest: bytes.subarray(CONTEC_FRAME_BYTES) };
}

const corrupt = (what: string, rest: Uint8Array): SerialScan => ({
  kind: "corrupt",
  reason: "malformed-frame",
  detail: `expected frames of ${CONTEC_FRAME_BYTES} bytes, the first alone with bit 7 set; got ${what}`,
  rest,
});
