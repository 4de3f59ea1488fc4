/**
 * Modbus TCP on the wire (MODBUS Messaging on TCP/IP Implementation Guide, section 3.1), a request and its reply alike:
 *
 *   transaction u16 | protocol u16 = 0 | length u16 | unit u8 | function code u8, data …
 *                                       └ counts the unit and what follows it
 */
import { type ModbusRequest, type Reading, replyBody } from "./answer.ts";

export type TcpRequest = ModbusRequest & { readonly transaction: number };

export type TakenTcpRequest =
  | { readonly kind: "request"; readonly request: TcpRequest; readonly rest: Buffer }
  | { readonly kind: "need-more" }
  | { readonly kind: "corrupt"; readonly reason: string };

const headerBytes = 6;
const lengthMin = 2;
const lengthMax = 254;

export function takeTcpRequest(bytes: Buffer): TakenTcpRequest {
  if (bytes.length < headerBytes) return { kind: "need-more" };
  const protocol = bytes.readUInt16BE(2);
  const length = bytes.readUInt16BE(4);
  if (protocol !== 0) return { kind: "corrupt", reason: `protocol ${protocol} is not Modbus, which is 0` };
  if (length < lengthMin || length > lengthMax) {
    return { kind: "corrupt", reason: `length ${length} is outside ${lengthMin} to ${lengthMax}` };
  }
  const total = headerBytes + length;
  if (bytes.length < total) return { kind: "need-more" };
  return {
    kind: "request",
    request: {
      transaction: bytes.readUInt16BE(0),
      unit: bytes.readUInt8(6),
      functionCode: bytes.readUInt8(7),
      data: bytes.subarray(8, total),
    },
    rest: bytes.subarray(total),
  };
}

/** Null where the unit says nothing. A reply that is garbled answers a request that nobody sent. */
export function tcpReply(request: TcpRequest, read: Reading): Buffer | null {
  const reply = replyBody(request, read);
  if (reply === null) return null;
  const header = Buffer.alloc(headerBytes + 1);
  header.writeUInt16BE(reply.isGarbled ? request.transaction ^ 0x5555 : request.transaction, 0);
  header.writeUInt16BE(reply.body.length + 1, 4);
  header.writeUInt8(request.unit, 6);
  return Buffer.concat([header, reply.body]);
}
