/**
 * A Modbus TCP request on the wire (MODBUS Messaging on TCP/IP Implementation Guide, section 3.1):
 *
 *   transaction u16 | protocol u16 = 0 | length u16 | unit u8 | function code u8, data …
 *                                       └ counts the unit and what follows it
 */
export type ModbusRequest = {
  readonly transaction: number;
  readonly unit: number;
  readonly functionCode: number;
  readonly data: Buffer;
};

export type TakenRequest =
  | { readonly kind: "request"; readonly request: ModbusRequest; readonly rest: Buffer }
  | { readonly kind: "need-more" }
  | { readonly kind: "corrupt"; readonly reason: string };

const headerBytes = 6;
const lengthMin = 2;
const lengthMax = 254;

export function takeModbusRequest(bytes: Buffer): TakenRequest {
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
