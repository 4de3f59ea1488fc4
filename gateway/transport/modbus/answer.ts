import type { ReadRequest } from "../../../devices/modbus/read-request.ts";

/** Something that went wrong, as it is counted for a device. */
export type Problem = { readonly reason: string; readonly detail: string };

/** What became of one request. */
export type Answer = {
  readonly outcome:
    | { readonly kind: "words"; readonly words: readonly number[] }
    /** The unit lives and says that it cannot. */
    | { readonly kind: "exception"; readonly code: number }
    | { readonly kind: "silent"; readonly problem: Problem }
    | { readonly kind: "lost"; readonly why: string };
  /** Frames and bytes that were no answer to it, each passed over; the first few of them. */
  readonly oddities: readonly Problem[];
};

/** Of one request; a line that babbles brings any number, and the first tell enough. */
export const ODDITIES_MAX = 16;

export function noteOddity(oddities: Problem[], oddity: Problem): void {
  if (oddities.length < ODDITIES_MAX) oddities.push(oddity);
}

/** Asks one request at a time; the next one only after this one has settled. */
export type ModbusMaster = { ask(request: ReadRequest): Promise<Answer> };

export const wordsFor = ({ unit, functionCode, address, count }: ReadRequest) =>
  `unit ${unit}, function ${functionCode}, addresses ${address} to ${address + count - 1}`;

export function noReply(request: ReadRequest, withinMs: number): Answer["outcome"] {
  const detail = `${wordsFor(request)}: no reply within ${Math.round(withinMs)} ms; check power, wiring, unit id and the line's settings`;
  return { kind: "silent", problem: { reason: "no-reply", detail } };
}

/** Modbus application protocol 1.1b3, 7. */
const EXCEPTIONS: Readonly<Record<number, string>> = {
  1: "illegal function",
  2: "illegal data address",
  3: "illegal data value",
  4: "server device failure",
  5: "acknowledge",
  6: "server device busy",
  7: "negative acknowledge",
  8: "memory parity error",
  10: "gateway path unavailable",
  11: "gateway target device failed to respond",
};

export function exceptionProblem(request: ReadRequest, code: number): Problem {
  const meaning = EXCEPTIONS[code] ?? "not in the standard";
  return {
    reason: `modbus-exception-${code}`,
    detail: `${wordsFor(request)}: the device answered exception ${code} (${meaning})`,
  };
}
