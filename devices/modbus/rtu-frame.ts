/**
 * Modbus RTU frames:  unit | function | … | check sum, low byte first. A reply does not say which request it answers, so
 * the scanner is told, and takes nothing but a frame of that unit and function, of that length, with a right check sum.
 * It cannot tell the reply to an earlier request of the same shape: that is the master's to rule out, by time.
 */
import { crc16, hasRightCrc } from "./crc16.ts";
import { EXCEPTION_BIT, type ReadRequest, replyValueBytes, requestBody, valuesOf } from "./read-request.ts";

export const RTU_FRAME_BYTES_MAX = 256;
/**
 * More than two of the longest frames are never waited for, nor looked at in one go: a reply may stand behind one frame that
 * is not ours. What comes after is looked at next, so no reply is lost by it.
 */
const REST_BYTES_MAX = 2 * RTU_FRAME_BYTES_MAX;
const EXCEPTION_BYTES = 5;

export type RtuScan =
  | { readonly kind: "reply"; readonly words: readonly number[]; readonly rest: Uint8Array }
  | { readonly kind: "exception"; readonly code: number; readonly rest: Uint8Array }
  /** A whole frame with a right check sum that does not answer this request; unit 0 speaks to all. */
  | {
      readonly kind: "foreign";
      readonly unit: number;
      readonly functionCode: number;
      readonly rest: Uint8Array;
    }
  | { readonly kind: "corrupt"; readonly detail: string; readonly rest: Uint8Array }
  | { readonly kind: "need-more"; readonly rest: Uint8Array };

export function rtuRequest(request: ReadRequest): Uint8Array {
  const body = requestBody(request);
  const crc = crc16(body);
  return Uint8Array.of(...body, crc & 0xff, crc >> 8);
}

/** Of the whole reply: unit, function, count of bytes, the values and the check sum. */
export const rtuReplyBytes = (request: ReadRequest) => 5 + replyValueBytes(request);

/** Looks for the reply to `request` in what came since it was sent. What stands before a frame is told apart first. */
export function scanRtu(request: ReadRequest, bytes: Uint8Array): RtuScan {
  if (bytes.length <= REST_BYTES_MAX) return scanPiece(request, bytes);
  const scan = scanPiece(request, bytes.subarray(0, REST_BYTES_MAX));
  // Whatever begins in the first half of so long a piece, and is whole nowhere in it, is no frame.
  if (scan.kind === "need-more") return noise(bytes, REST_BYTES_MAX - RTU_FRAME_BYTES_MAX);
  return { ...scan, rest: bytes.subarray(REST_BYTES_MAX - scan.rest.length) };
}

function scanPiece(request: ReadRequest, bytes: Uint8Array): RtuScan {
  let badSumAt: number | null = null;
  let mayBeginAt: number | null = null;
  for (let at = 0; at < bytes.length; at++) {
    const length = answerLength(request, bytes, at);
    if (length === null) {
      // Behind bytes that may be the reply's own, five that check out by chance are no frame of somebody else.
      const foreign = mayBeginAt === null ? foreignLength(bytes, at) : null;
      if (foreign !== null) return at > 0 ? noise(bytes, at) : takeForeign(bytes, foreign);
      continue;
    }
    if (at + length > bytes.length) mayBeginAt ??= at;
    else if (!hasRightCrc(bytes.subarray(at, at + length))) badSumAt = mayBeginAt === null ? at : badSumAt;
    else return at > 0 ? noise(bytes, at) : takeAnswer(request, bytes, length);
  }
  if (badSumAt !== null) {
    // One byte on from the last: the real reply may begin inside the bytes of a broken one.
    const rest = bytes.subarray(badSumAt + 1);
    return { kind: "corrupt", detail: "a reply with a wrong check sum", rest };
  }
  return { kind: "need-more", rest: bytes };
}

/** The length of the answer that may begin here; null where none can. Too few bytes to tell count as "may". */
function answerLength(request: ReadRequest, bytes: Uint8Array, at: number): number | null {
  if (bytes[at] !== request.unit) return null;
  const functionCode = bytes[at + 1];
  if (functionCode === undefined) return EXCEPTION_BYTES;
  if (functionCode === (request.functionCode | EXCEPTION_BIT)) return EXCEPTION_BYTES;
  if (functionCode !== request.functionCode) return null;
  const valueBytes = bytes[at + 2];
  return valueBytes === undefined || valueBytes === replyValueBytes(request) ? rtuReplyBytes(request) : null;
}

function takeAnswer(request: ReadRequest, bytes: Uint8Array, length: number): RtuScan {
  const rest = bytes.subarray(length);
  if (((bytes[1] ?? 0) & EXCEPTION_BIT) !== 0) return { kind: "exception", code: bytes[2] ?? 0, rest };
  return { kind: "reply", words: valuesOf(request, bytes.subarray(3, length - 2)), rest };
}

const takeForeign = (bytes: Uint8Array, length: number): RtuScan => ({
  kind: "foreign",
  unit: bytes[0] ?? 0,
  functionCode: bytes[1] ?? 0,
  rest: bytes.subarray(length),
});

const noise = (bytes: Uint8Array, length: number): RtuScan => ({
  kind: "corrupt",
  detail: `${length} bytes that are no frame`,
  rest: bytes.subarray(length),
});

/** The length of a whole frame of anybody that begins here, replies, requests and writes alike; null where none does. */
function foreignLength(bytes: Uint8Array, at: number): number | null {
  const functionCode = bytes[at + 1];
  if (functionCode === undefined || (bytes[at] ?? 0) > 247) return null;
  const isWhole = (length: number | null) =>
    length !== null && at + length <= bytes.length && hasRightCrc(bytes.subarray(at, at + length));
  return foreignLengths(functionCode, bytes[at + 2], bytes[at + 6]).find(isWhole) ?? null;
}

function foreignLengths(
  functionCode: number,
  third: number | undefined,
  seventh: number | undefined,
): number[] {
  if ((functionCode & EXCEPTION_BIT) !== 0) return [EXCEPTION_BYTES];
  switch (functionCode) {
    // Reads: a reply that says its length, or a request.
    case 1:
    case 2:
    case 3:
    case 4:
      return third === undefined ? [] : [5 + third, 8];
    // A register or coil is written; the echo has the same shape.
    case 5:
    case 6:
      return [8];
    // Several are written: the request says its length, the reply is short.
    case 15:
    case 16:
      return seventh === undefined ? [8] : [8, 9 + seventh];
    default:
      return [];
  }
}
