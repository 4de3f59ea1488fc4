/**
 * Modbus TCP frames:  transaction (2) | protocol 0 (2) | length (2) | unit | function | …  The transaction id ties a reply to its
 * request; a reply with another one is late or belongs to somebody else, and is never an answer.
 */
import { EXCEPTION_BIT, type ReadRequest, replyValueBytes, requestBody, valuesOf } from "./read-request.ts";

const HEADER_BYTES = 6;
/** Unit, function and at least one byte more; at most what an RTU frame holds without its check sum. */
const LENGTH_MIN = 3;
const LENGTH_MAX = 254;

export type TcpScan =
  | { readonly kind: "reply"; readonly words: readonly number[]; readonly rest: Uint8Array }
  | { readonly kind: "exception"; readonly code: number; readonly rest: Uint8Array }
  /** A whole frame that does not answer this request. */
  | { readonly kind: "foreign"; readonly detail: string; readonly rest: Uint8Array }
  /** Our transaction id, yet not what was asked for: there is no other answer to come. */
  | { readonly kind: "wrong"; readonly detail: string; readonly rest: Uint8Array }
  /** What stands here is no header, so where the next one begins is not known: only a new connection helps. */
  | { readonly kind: "out-of-step"; readonly detail: string }
  | { readonly kind: "need-more"; readonly rest: Uint8Array };

export function tcpRequest(transaction: number, request: ReadRequest): Uint8Array {
  const body = requestBody(request);
  return Uint8Array.of(transaction >> 8, transaction & 0xff, 0, 0, 0, body.length, ...body);
}

/** Takes one frame off the front. Several may have come in one piece, and one in several. */
export function scanTcp(transaction: number, request: ReadRequest, bytes: Uint8Array): TcpScan {
  if (bytes.length < HEADER_BYTES) return { kind: "need-more", rest: bytes };
  const [theirs, protocol, length] = [wordAt(bytes, 0), wordAt(bytes, 2), wordAt(bytes, 4)];
  if (protocol !== 0 || length < LENGTH_MIN || length > LENGTH_MAX) {
    const detail = `expected protocol 0 and a length of ${LENGTH_MIN} to ${LENGTH_MAX}, got ${protocol} and ${length}`;
    return { kind: "out-of-step", detail };
  }
  if (bytes.length < HEADER_BYTES + length) return { kind: "need-more", rest: bytes };
  const body = bytes.subarray(HEADER_BYTES, HEADER_BYTES + length);
  const rest = bytes.subarray(HEADER_BYTES + length);
  if (theirs !== transaction) {
    return { kind: "foreign", detail: `transaction ${theirs}, expected ${transaction}`, rest };
  }
  return { ...readBody(request, body), rest };
}

type Answer =
  | { readonly kind: "reply"; readonly words: readonly number[] }
  | { readonly kind: "exception"; readonly code: number }
  | { readonly kind: "wrong"; readonly detail: string };

function readBody(request: ReadRequest, body: Uint8Array): Answer {
  const [unit, functionCode, third] = body;
  if (unit !== request.unit)
    return { kind: "wrong", detail: `a reply of unit ${unit}, expected unit ${request.unit}` };
  if (functionCode === (request.functionCode | EXCEPTION_BIT) && body.length === LENGTH_MIN) {
    return { kind: "exception", code: third ?? 0 };
  }
  if (functionCode !== request.functionCode) {
    return { kind: "wrong", detail: `a reply to function ${functionCode}, expected ${request.functionCode}` };
  }
  const valueBytes = replyValueBytes(request);
  if (third !== valueBytes || body.length !== LENGTH_MIN + valueBytes) {
    return { kind: "wrong", detail: `${body.length - LENGTH_MIN} bytes of values, expected ${valueBytes}` };
  }
  return { kind: "reply", words: valuesOf(request, body.subarray(LENGTH_MIN)) };
}

const wordAt = (bytes: Uint8Array, at: number) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
