/** Replies of Modbus units, as the master waits for them. Their second reading reckons the check sum bit by bit. */
import type { ReadRequest } from "../../../devices/modbus/read-request.ts";
import { scanRtu } from "../../../devices/modbus/rtu-frame.ts";
import { scanTcp } from "../../../devices/modbus/tcp-frame.ts";
import * as golden from "../../fixtures/golden.ts";
import type { Found, Read, Said, Subject } from "./subject.ts";

const REQUEST: ReadRequest = { unit: 1, functionCode: 4, address: 1, count: 2 };
const TRANSACTION = 1;

const registers = (words: readonly number[]): Said[] =>
  words.map((value, n) => ({ metric: `register ${REQUEST.address + n}`, value, isGood: true }));
const exception = (value: number): Said[] => [{ metric: "exception", value, isGood: true }];

const readRtu: Read = (bytes) => {
  const scan = scanRtu(REQUEST, bytes);
  const frame = bytes.subarray(0, bytes.length - scan.rest.length);
  const said =
    scan.kind === "reply" ? registers(scan.words) : scan.kind === "exception" ? exception(scan.code) : null;
  return {
    found: said === null ? null : { frame, said },
    kept: scan.rest,
    isWaiting: scan.kind === "need-more",
  };
};

const readTcp: Read = (bytes) => {
  const scan = scanTcp(TRANSACTION, REQUEST, bytes);
  // The connection is closed, and what was in it is gone.
  if (scan.kind === "out-of-step") return { found: null, kept: new Uint8Array(), isWaiting: true };
  const frame = bytes.subarray(0, bytes.length - scan.rest.length);
  const said =
    scan.kind === "reply" ? registers(scan.words) : scan.kind === "exception" ? exception(scan.code) : null;
  return {
    found: said === null ? null : { frame, said },
    kept: scan.rest,
    isWaiting: scan.kind === "need-more",
  };
};

/** Takes what has the length of a reply for the reply. */
const trustAfter =
  (headerBytes: number, length: number): Read =>
  (bytes) => {
    if (bytes.length < length) return { found: null, kept: bytes, isWaiting: true };
    const frame = bytes.subarray(0, length);
    const view = Buffer.from(frame);
    const said = registers([view.readUInt16BE(headerBytes), view.readUInt16BE(headerBytes + 2)]);
    return { found: { frame, said }, kept: bytes.subarray(length), isWaiting: false };
  };

/** The standard's own way to reckon it, a bit at a time. */
function crcBitByBit(bytes: Buffer): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc % 2 === 1 ? ((crc - 1) / 2) ^ 0xa001 : crc / 2;
  }
  return crc;
}

/** What the body of an answer says: unit, function, then the values; null where it does not answer the request. */
function readBody(body: Buffer): Said[] | null {
  const text = body.toString("hex");
  if (/^0184..$/.test(text)) return exception(body.readUInt8(2));
  if (!/^010404.{8}$/.test(text)) return null;
  return registers([body.readUInt16BE(3), body.readUInt16BE(5)]);
}

const judgeEach =
  (readFrame: (frame: Buffer) => Said[] | null) => (_bytes: Uint8Array, found: readonly Found[]) => {
    for (const { frame, said } of found) {
      const expected = readFrame(Buffer.from(frame));
      if (JSON.stringify(expected) !== JSON.stringify(said))
        return `${Buffer.from(frame).toString("hex")}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(said)}`;
    }
    return null;
  };

const rtuReply = golden.XY_MD02_RTU_REPLY;
const tcp = (transaction: number, body: Uint8Array) =>
  Uint8Array.of(0, transaction, 0, 0, 0, body.length, ...body);

export const modbusSubjects: readonly Subject[] = [
  {
    name: "modbus-rtu",
    golden: [rtuReply, rtuReply, golden.XY_MD02_RTU_EXCEPTION, golden.UNIT_2_RTU_REPLY],
    comesAs: "stream",
    resynchronises: true,
    keptBytesMax: 512,
    read: readRtu,
    trust: trustAfter(3, 9),
    judge: judgeEach((frame) => {
      const body = frame.subarray(0, -2);
      return crcBitByBit(body) === frame.readUInt16LE(frame.length - 2) ? readBody(body) : null;
    }),
  },
  {
    name: "modbus-tcp",
    golden: [
      tcp(TRANSACTION, golden.XY_MD02_TCP_REPLY_BODY),
      tcp(TRANSACTION, golden.XY_MD02_TCP_REPLY_BODY),
      tcp(TRANSACTION, Uint8Array.of(0x01, 0x84, 0x02)),
      tcp(2, golden.XY_MD02_TCP_REPLY_BODY),
      tcp(TRANSACTION, Uint8Array.of(0x02, ...golden.XY_MD02_TCP_REPLY_BODY.subarray(1))),
    ],
    comesAs: "stream",
    resynchronises: false,
    keptBytesMax: 260,
    read: readTcp,
    trust: trustAfter(9, 13),
    judge: judgeEach((frame) => {
      const isOurs = frame.readUInt16BE(0) === TRANSACTION && frame.readUInt16BE(2) === 0;
      return isOurs && frame.readUInt16BE(4) === frame.length - 6 ? readBody(frame.subarray(6)) : null;
    }),
  },
];
