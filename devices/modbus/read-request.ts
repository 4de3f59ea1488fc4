/** What a read asks for and what its reply must look like, the same on RTU and on TCP (Modbus application protocol 1.1b3, 6). */
import type { RegisterRange } from "./decode-registers.ts";

export type ReadRequest = RegisterRange & { readonly unit: number };

/** Set in the function code of a reply: the unit answers that it cannot. */
export const EXCEPTION_BIT = 0x80;

/** Function codes 1 and 2 read bits, eight to a byte; 3 and 4 read registers of two bytes. */
export const readsBits = (functionCode: RegisterRange["functionCode"]) => functionCode <= 2;

/** Unit, function, address and count: what follows the header on TCP and precedes the check sum on RTU. */
export function requestBody({ unit, functionCode, address, count }: ReadRequest): Uint8Array {
  return Uint8Array.of(unit, functionCode, address >> 8, address & 0xff, count >> 8, count & 0xff);
}

/** How many bytes of values the reply carries. */
export function replyValueBytes({ functionCode, count }: RegisterRange): number {
  return readsBits(functionCode) ? Math.ceil(count / 8) : count * 2;
}

/** The values of a reply, in the order of their addresses: bits 0 or 1, the lowest bit of a byte first; registers high byte first. */
export function valuesOf({ functionCode, count }: RegisterRange, bytes: Uint8Array): number[] {
  return Array.from({ length: count }, (_, n) =>
    readsBits(functionCode)
      ? ((bytes[n >> 3] ?? 0) >> (n & 7)) & 1
      : ((bytes[n * 2] ?? 0) << 8) | (bytes[n * 2 + 1] ?? 0),
  );
}
