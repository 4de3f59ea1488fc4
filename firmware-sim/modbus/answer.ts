/**
 * What a unit has to say to one read, apart from how it is framed: register or bit values in order, an exception, a
 * frame that is broken on its way, or nothing at all.
 */
export type ModbusAnswer = readonly number[] | { readonly exception: number } | "garbled" | null;

export type ModbusRequest = { readonly unit: number; readonly functionCode: number; readonly data: Buffer };

/** Address → the 16 bits of a register, or 0 and 1 of an input. */
export type Values = ReadonlyMap<number, number>;

export type UnitMap = { readonly discreteInputs?: Values; readonly inputRegisters?: Values };

/** MODBUS Application Protocol Specification V1.1b3, section 7. */
export const exceptions = {
  illegalFunction: 1,
  illegalDataAddress: 2,
  illegalDataValue: 3,
} as const;

/** V1.1b3, 6.2 and 6.4. */
const countMax: Readonly<Record<number, number>> = { 1: 2000, 2: 2000, 3: 125, 4: 125 };

/** The checks come in the order of the specification's state diagrams (6.2, 6.4): function, quantity, address. */
export function readFrom(
  { discreteInputs, inputRegisters }: UnitMap,
  functionCode: number,
  address: number,
  count: number,
): ModbusAnswer {
  const values = { 2: discreteInputs, 4: inputRegisters }[functionCode];
  if (values === undefined) return { exception: exceptions.illegalFunction };
  if (count < 1 || count > (countMax[functionCode] ?? 0)) return { exception: exceptions.illegalDataValue };
  const found = Array.from({ length: count }, (_, place) => values.get(address + place));
  return found.every((value) => value !== undefined) ? found : { exception: exceptions.illegalDataAddress };
}

export type Reading = (functionCode: number, address: number, count: number) => ModbusAnswer;

/** Function code and what follows it, as the reply carries it in either framing; null: the unit does not answer. */
export function replyBody(
  { functionCode, data }: ModbusRequest,
  read: Reading,
): { readonly body: Buffer; readonly isGarbled: boolean } | null {
  const isRead = countMax[functionCode] !== undefined;
  const isWhole = isRead && data.length === 4;
  // A unit that is silent is silent to nonsense too; whether it is there, any read tells.
  const answer = isWhole ? read(functionCode, data.readUInt16BE(0), data.readUInt16BE(2)) : read(4, 0, 1);
  if (answer === null) return null;
  if (answer === "garbled") return { body: Buffer.from([functionCode, 2, 0xde, 0xad]), isGarbled: true };
  return { body: bodyOf(functionCode, isRead, isWhole, answer), isGarbled: false };
}

function bodyOf(
  functionCode: number,
  isRead: boolean,
  isWhole: boolean,
  answer: Exclude<ModbusAnswer, "garbled" | null>,
): Buffer {
  if (!isRead) return exceptionBody(functionCode, exceptions.illegalFunction);
  if (!isWhole) return exceptionBody(functionCode, exceptions.illegalDataValue);
  if ("exception" in answer) return exceptionBody(functionCode, answer.exception);
  return functionCode <= 2 ? bitsBody(functionCode, answer) : wordsBody(functionCode, answer);
}

function exceptionBody(functionCode: number, code: number): Buffer {
  return Buffer.from([functionCode | 0x80, code]);
}

function wordsBody(functionCode: number, words: readonly number[]): Buffer {
  const body = Buffer.alloc(2 + words.length * 2);
  body.writeUInt8(functionCode, 0);
  body.writeUInt8(words.length * 2, 1);
  for (const [place, word] of words.entries()) body.writeUInt16BE(word, 2 + place * 2);
  return body;
}

/** The first input is the lowest bit of the first byte; what is left of the last byte is zero. */
function bitsBody(functionCode: number, bits: readonly number[]): Buffer {
  const body = Buffer.alloc(2 + Math.ceil(bits.length / 8));
  body.writeUInt8(functionCode, 0);
  body.writeUInt8(body.length - 2, 1);
  for (const [place, bit] of bits.entries()) {
    const at = 2 + Math.floor(place / 8);
    if (bit !== 0) body.writeUInt8(body.readUInt8(at) | (1 << (place % 8)), at);
  }
  return body;
}
