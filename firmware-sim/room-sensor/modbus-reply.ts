import type { ModbusRequest } from "./modbus-request.ts";

/** Register address → the 16 bits in it, as they go over the wire. */
export type InputRegisters = ReadonlyMap<number, number>;

/** MODBUS Application Protocol Specification V1.1b3, section 7. */
const exceptions = { illegalFunction: 1, illegalDataAddress: 2, illegalDataValue: 3 } as const;

const readInputRegisters = 0x04;
const registersPerRequestMax = 125;

/** The checks come in the order of the specification's state diagram (section 6.4): function, quantity, address. */
export function modbusReply(request: ModbusRequest, registers: InputRegisters): Buffer {
  if (request.functionCode !== readInputRegisters) return exception(request, exceptions.illegalFunction);
  if (request.data.length !== 4) return exception(request, exceptions.illegalDataValue);

  const firstAddress = request.data.readUInt16BE(0);
  const count = request.data.readUInt16BE(2);
  if (count < 1 || count > registersPerRequestMax) return exception(request, exceptions.illegalDataValue);

  const words = Buffer.alloc(count * 2);
  for (let place = 0; place < count; place++) {
    const word = registers.get(firstAddress + place);
    if (word === undefined) return exception(request, exceptions.illegalDataAddress);
    words.writeUInt16BE(word, place * 2);
  }
  return framed(request, Buffer.concat([Buffer.from([readInputRegisters, words.length]), words]));
}

function exception(request: ModbusRequest, code: number): Buffer {
  return framed(request, Buffer.from([request.functionCode | 0x80, code]));
}

function framed(request: ModbusRequest, body: Buffer): Buffer {
  const header = Buffer.alloc(7);
  header.writeUInt16BE(request.transaction, 0);
  header.writeUInt16BE(body.length + 1, 4);
  header.writeUInt8(request.unit, 6);
  return Buffer.concat([header, body]);
}
