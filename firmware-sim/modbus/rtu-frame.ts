/**
 * Modbus RTU on the wire (MODBUS over Serial Line Specification V1.02, 2.5.1):
 *
 *   unit u8 | function code u8 | data … | CRC u16, low byte first
 *
 * Nothing but a pause marks where a frame begins, and a pause does not survive a device server or a terminal. What is
 * read here are requests to read, eight bytes each, so the CRC alone is asked for.
 */
import { type ModbusRequest, type Reading, replyBody } from "./answer.ts";
import { crc16 } from "./crc16.ts";

export type TakenRtuRequest =
  | { readonly kind: "request"; readonly request: ModbusRequest; readonly rest: Buffer }
  | { readonly kind: "need-more" }
  | { readonly kind: "noise"; readonly rest: Buffer };

const requestBytes = 8;

export function takeRtuRequest(bytes: Buffer): TakenRtuRequest {
  if (bytes.length < requestBytes) return { kind: "need-more" };
  const frame = bytes.subarray(0, requestBytes);
  // One byte on: a request may begin inside what is left of a broken one.
  if (crc16(frame.subarray(0, 6)) !== frame.readUInt16LE(6))
    return { kind: "noise", rest: bytes.subarray(1) };
  return {
    kind: "request",
    request: { unit: frame.readUInt8(0), functionCode: frame.readUInt8(1), data: frame.subarray(2, 6) },
    rest: bytes.subarray(requestBytes),
  };
}

/** Null where the unit says nothing, and after a broadcast, which nobody answers. */
export function rtuReply(request: ModbusRequest, read: Reading): Buffer | null {
  if (request.unit === 0) return null;
  const reply = replyBody(request, read);
  if (reply === null) return null;
  const frame = Buffer.concat([Buffer.from([request.unit]), reply.body, Buffer.alloc(2)]);
  const crc = crc16(frame.subarray(0, -2));
  frame.writeUInt16LE(reply.isGarbled ? crc ^ 0xffff : crc, frame.length - 2);
  return frame;
}
