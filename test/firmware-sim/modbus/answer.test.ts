import { expect, test } from "vitest";
import { type ModbusAnswer, readFrom, replyBody } from "../../../firmware-sim/modbus/answer.ts";
import { crc16 } from "../../../firmware-sim/modbus/crc16.ts";
import { float32Words } from "../../../firmware-sim/modbus/float32.ts";
import { rtuReply, takeRtuRequest } from "../../../firmware-sim/modbus/rtu-frame.ts";
import { takeTcpRequest, tcpReply } from "../../../firmware-sim/modbus/tcp-frame.ts";

const bytes = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const hex = (buffer: Buffer | null | undefined) =>
  buffer?.toString("hex").replace(/..(?=.)/g, "$& ") ?? "nothing";
const body = (functionCode: number, data: string, answer: ModbusAnswer) =>
  hex(replyBody({ unit: 1, functionCode, data: bytes(data) }, () => answer)?.body);

// MODBUS Application Protocol V1.1b3, the examples of sections 6.2 and 6.4.
const inputs197To218 = [0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 1];
test.each<[string, number, string, ModbusAnswer, string]>([
  ["the specification's discrete inputs 197 to 218", 2, "00 c4 00 16", inputs197To218, "02 03 ac db 35"],
  ["the specification's input register 9", 4, "00 08 00 01", [10], "04 02 00 0a"],
  ["an exception", 4, "00 08 00 01", { exception: 2 }, "84 02"],
  ["a unit that is not there", 4, "00 08 00 01", null, "nothing"],
  ["a write, which no unit here knows", 6, "00 08 00 01", [0], "86 01"],
  ["a write to a unit that is not there", 6, "00 08 00 01", null, "nothing"],
  ["a read whose count is missing", 4, "00 08", [0], "84 03"],
])("%s", (_name, functionCode, data, answer, reply) => expect(body(functionCode, data, answer)).toBe(reply));

test.each<[string, [number, number, number], ModbusAnswer]>([
  ["both inputs", [2, 0, 2], [1, 0]],
  ["one register", [4, 1, 1], [475]],
  ["an input that does not exist", [2, 1, 2], { exception: 2 }],
  ["no values at all", [4, 1, 0], { exception: 3 }],
  ["more registers than a reply holds", [4, 0, 126], { exception: 3 }],
  ["more inputs than a reply holds", [2, 0, 2001], { exception: 3 }],
  ["holding registers, which it has none of", [3, 1, 1], { exception: 1 }],
])("a unit is read: %s", (_name, read, answer) => {
  const map = { discreteInputs: new Map([1, 0].entries()), inputRegisters: new Map([[1, 475]]) };
  expect(readFrom(map, ...read)).toEqual(answer);
});

// The check value of CRC-16/MODBUS in the catalogue of parametrised CRC algorithms, and requests printed in the manuals
// of XY-MD02 and Eastron SDM630.
test.each([
  ["31 32 33 34 35 36 37 38 39", "37 4b"],
  ["01 04 00 01 00 02", "20 0b"],
  ["01 04 00 00 00 02", "71 cb"],
  ["01 03 00 02 00 02", "65 cb"],
])("the CRC of %s", (message, crc) => {
  const sent = Buffer.alloc(2);
  sent.writeUInt16LE(crc16(bytes(message)));
  expect(hex(sent)).toBe(crc);
});

// 71.4 is 428ECCCD in IEEE 754, worked out by hand: 2^6 × 1.115625.
test.each([
  ["abcd", [0x428e, 0xcccd]],
  ["cdab", [0xcccd, 0x428e]],
  ["badc", [0x8e42, 0xcdcc]],
  ["dcba", [0xcdcc, 0x8e42]],
] as const)("71.4 kg in word order %s", (order, words) => expect(float32Words(71.4, order)).toEqual(words));

// The CRCs were worked out by a table, not by the code that is tested.
const climate = (_functionCode: number, address: number, count: number) =>
  readFrom(
    {
      inputRegisters: new Map([
        [1, 0x00e0],
        [2, 0x01db],
      ]),
    },
    4,
    address,
    count,
  );
test.each([
  ["22.4 °C and 47.5 %RH", "01 04 00 01 00 02 20 0b", "01 04 04 00 e0 01 db bb b9"],
  ["a register that does not exist", "01 04 00 00 00 02 71 cb", "01 84 02 c2 c1"],
  ["a broadcast, which nobody answers", "00 04 00 01 00 02 21 da", "nothing"],
])("an RTU request for %s", (_name, request, reply) => {
  const taken = takeRtuRequest(bytes(request));
  expect(taken.kind === "request" ? hex(rtuReply(taken.request, climate)) : taken.kind).toBe(reply);
});

test("a request that comes after noise is found, and one that is cut short is waited for", () => {
  const request = bytes("01 04 00 01 00 02 20 0b");
  for (const noise of ["", "ff", "01 04", "01 04 00 01 00 02 20 0c", "00 00 00 00 00 00 00 00 00"]) {
    let received = Buffer.concat([bytes(noise), request, request.subarray(0, 5)]);
    const found: number[] = [];
    for (let taken = takeRtuRequest(received); taken.kind !== "need-more"; taken = takeRtuRequest(received)) {
      if (taken.kind === "request") found.push(taken.request.unit);
      received = Buffer.from(taken.rest);
    }
    expect(found).toEqual([1]);
    expect(received.length).toBeLessThan(8);
  }
});

test("a garbled reply over TCP belongs to a request that nobody sent, a sound one to its own", () => {
  const taken = takeTcpRequest(bytes("12 34 00 00 00 06 01 04 00 02 00 01"));
  if (taken.kind !== "request") throw new Error("no request");
  expect(hex(tcpReply(taken.request, climate))).toBe("12 34 00 00 00 05 01 04 02 01 db");
  expect(hex(tcpReply(taken.request, () => "garbled"))?.slice(0, 5)).not.toBe("12 34");
  expect(tcpReply(taken.request, () => null)).toBe(null);
});

test("a garbled reply on a line fails its check", () => {
  const taken = takeRtuRequest(bytes("01 04 00 01 00 02 20 0b"));
  if (taken.kind !== "request") throw new Error("no request");
  const reply = rtuReply(taken.request, () => "garbled") ?? Buffer.alloc(3);
  expect(crc16(reply.subarray(0, -2))).not.toBe(reply.readUInt16LE(reply.length - 2));
});
