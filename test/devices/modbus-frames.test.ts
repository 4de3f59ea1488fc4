import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crc16, hasRightCrc } from "../../devices/modbus/crc16.ts";
import type { ReadRequest } from "../../devices/modbus/read-request.ts";
import { rtuRequest, scanRtu } from "../../devices/modbus/rtu-frame.ts";
import { scanTcp, tcpRequest } from "../../devices/modbus/tcp-frame.ts";

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const ask = (unit: number, functionCode: 1 | 2 | 3 | 4, address: number, count: number): ReadRequest => ({
  unit,
  functionCode,
  address,
  count,
});
/** Of other bytes than ours: the check sum bit by bit, as the standard's appendix describes it. */
function withCrc(...bytes: number[]): Uint8Array {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  }
  return Uint8Array.of(...bytes, crc & 0xff, crc >>> 8);
}
const CLIMATE = ask(1, 4, 1, 2);
const OWN = withCrc(1, 4, 4, 0x00, 0xf7, 0x02, 0x01);
const join = (...parts: Uint8Array[]) => Uint8Array.from(Buffer.concat(parts));

/** Everything that a scan of a whole stream tells, up to the answer or the end. */
function tells(request: ReadRequest, bytes: Uint8Array): string[] {
  const told: string[] = [];
  for (let rest = bytes; ; ) {
    const scan = scanRtu(request, rest);
    rest = scan.rest;
    if (scan.kind === "need-more") return told;
    if (scan.kind === "reply") return [...told, `reply ${scan.words.join(" ")}`];
    if (scan.kind === "exception") return [...told, `exception ${scan.code}`];
    told.push(scan.kind === "foreign" ? `foreign ${scan.unit}` : "corrupt");
  }
}

describe("a request on RTU", () => {
  test.each<[string, ReadRequest, string]>([
    ["of the XY-MD02's data sheet", ask(1, 4, 1, 2), "01 04 00 01 00 02 20 0B"],
    ["of the SDM630's protocol sheet", ask(1, 4, 0, 2), "01 04 00 00 00 02 71 CB"],
    ["of holding registers, of the same sheet", ask(1, 3, 2, 2), "01 03 00 02 00 02 65 CB"],
  ])("%s has exactly its bytes", (_name, request, bytes) => {
    expect(rtuRequest(request)).toEqual(hex(bytes));
  });

  test("has the check sum of the standard, whatever it asks", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 254 }), (bytes) => {
        const frame = withCrc(...bytes);
        expect(crc16(bytes)).toBe((frame.at(-2) ?? 0) | ((frame.at(-1) ?? 0) << 8));
        expect(hasRightCrc(frame)).toBe(true);
      }),
    );
  });
});

describe("a reply on RTU", () => {
  test("gives its registers, high byte first", () => {
    expect(tells(CLIMATE, OWN)).toEqual(["reply 247 513"]);
  });

  test("of bits gives each of them, the lowest of a byte first", () => {
    // Standard, 6.2: discrete inputs 197 to 218 are AC DB 35.
    const reply = withCrc(1, 2, 3, 0xac, 0xdb, 0x35);
    expect(tells(ask(1, 2, 196, 22), reply)).toEqual([
      `reply ${[0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 1].join(" ")}`,
    ]);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])("that is exception %i is an answer", (code) => {
    expect(tells(CLIMATE, withCrc(1, 0x84, code))).toEqual([`exception ${code}`]);
  });

  test("is waited for until its last byte is there", () => {
    for (let length = 0; length < OWN.length; length++)
      expect(scanRtu(CLIMATE, OWN.subarray(0, length)).kind).toBe("need-more");
  });

  test("with any one bit wrong gives no value", () => {
    for (let bit = 0; bit < OWN.length * 8; bit++) {
      const bad = Uint8Array.from(OWN);
      bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(tells(CLIMATE, bad).filter((told) => told.startsWith("reply"))).toEqual([]);
    }
  });

  test.each<[string, Uint8Array, string]>([
    ["of another unit", withCrc(2, 4, 4, 0, 1, 0, 2), "foreign 2"],
    ["to another function", withCrc(1, 3, 4, 0, 1, 0, 2), "foreign 1"],
    ["of one register too few", withCrc(1, 4, 2, 0, 1), "foreign 1"],
    ["of one register too many", withCrc(1, 4, 6, 0, 1, 0, 2, 0, 3), "foreign 1"],
    ["that is another unit's exception", withCrc(9, 0x84, 2), "foreign 9"],
    ["that is the request itself, as an adapter may echo it", rtuRequest(CLIMATE), "foreign 1"],
    ["spoken to all: a register is written", withCrc(0, 6, 0, 1, 0, 3), "foreign 0"],
    ["spoken to all: several are written", withCrc(0, 16, 0, 1, 0, 2, 4, 0, 1, 0, 2), "foreign 0"],
    ["of noise", hex("ff 00 37"), "corrupt"],
    ["whose check sum is wrong", Uint8Array.from([...OWN.subarray(0, 8), 0]), "corrupt"],
  ])("%s is passed over, and the reply behind it is found", (_name, other, told) => {
    expect(tells(CLIMATE, join(other, OWN))).toEqual([told, "reply 247 513"]);
    expect(tells(CLIMATE, other).filter((one) => one.startsWith("reply"))).toEqual([]);
  });

  test("of another unit is never taken, though it holds a reply of ours word for word", () => {
    const outer = withCrc(7, 4, OWN.length + 1, ...OWN, 0);
    expect(tells(CLIMATE, outer)).toEqual(["foreign 7"]);
  });

  test("behind noise without end is found, and no more than two frames are kept", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 3_000 }), (noise) => {
        let rest: Uint8Array = new Uint8Array();
        for (let at = 0; at < noise.length; at += 100) {
          rest = join(rest, noise.subarray(at, at + 100));
          for (let scan = scanRtu(CLIMATE, rest); ; scan = scanRtu(CLIMATE, rest)) {
            rest = scan.rest;
            if (scan.kind === "need-more") break;
          }
          expect(rest.length).toBeLessThanOrEqual(512);
        }
        expect(tells(CLIMATE, join(rest, OWN)).at(-1)).toBe("reply 247 513");
      }),
      { numRuns: 200 },
    );
  });

  /** At each third byte the longest reply may begin, and never does. */
  const LONGEST = ask(1, 4, 0, 125);
  const TEASING = Uint8Array.from({ length: 4_095 }, (_, n) => [1, 4, 250][n % 3] ?? 0);

  test("is looked for in two frames at once: what stands behind them changes nothing that is told", () => {
    const hostile = fc.array(fc.constantFrom(1, 4, 250, 0x84, 0), { minLength: 513, maxLength: 600 });
    fc.assert(
      fc.property(hostile, fc.uint8Array({ maxLength: 3_000 }), (begin, more) => {
        const alone = Uint8Array.from(begin);
        const [near, far] = [scanRtu(LONGEST, alone), scanRtu(LONGEST, join(alone, more))];
        expect([far.kind, far.rest.length]).toEqual([near.kind, near.rest.length + more.length]);
      }),
    );
  });

  test("is not looked for byte by byte where each may begin one: the work grows with the bytes, not with their square", () => {
    let scans = 0;
    for (let rest = TEASING; ; scans++) {
      const scan = scanRtu(LONGEST, rest);
      rest = Uint8Array.from(scan.rest);
      if (scan.kind === "need-more") break;
    }
    expect(scans).toBeLessThan((2 * TEASING.length) / 256);
    const values = Array.from({ length: 125 }, (_, n) => n);
    const reply = withCrc(1, 4, 250, ...values.flatMap((value) => [0, value]));
    expect(tells(LONGEST, join(TEASING, reply)).at(-1)).toBe(`reply ${values.join(" ")}`);
  });

  test("is the same however it comes in", () => {
    const stream = join(hex("55 aa"), withCrc(0, 6, 0, 1, 0, 3), withCrc(2, 4, 4, 9, 9, 9, 9), OWN);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 6 }), (cuts) => {
        let rest: Uint8Array = new Uint8Array();
        let answer: unknown = null;
        const edges = [...cuts, stream.length].sort((a, b) => a - b);
        let from = 0;
        for (const to of edges) {
          rest = join(rest, stream.subarray(from, to));
          from = to;
          for (;;) {
            const scan = scanRtu(CLIMATE, rest);
            rest = scan.rest;
            if (scan.kind === "reply") answer ??= scan.words;
            if (scan.kind === "need-more" || scan.kind === "reply") break;
          }
        }
        expect(answer).toEqual([247, 513]);
      }),
    );
  });
});

describe("a reply on TCP", () => {
  const frame = (transaction: number, ...body: number[]) =>
    Uint8Array.of(transaction >> 8, transaction & 0xff, 0, 0, 0, body.length, ...body);
  const own = frame(300, 1, 4, 4, 0x00, 0xf7, 0x02, 0x01);
  const kinds = (bytes: Uint8Array) => {
    const told: string[] = [];
    for (let rest = bytes; ; ) {
      const scan = scanTcp(300, CLIMATE, rest);
      told.push(scan.kind === "reply" ? `reply ${scan.words.join(" ")}` : scan.kind);
      if (scan.kind === "foreign") rest = scan.rest;
      else return told;
    }
  };

  test("answers the request with its transaction id", () => {
    expect(tcpRequest(300, CLIMATE)).toEqual(hex("01 2C 00 00 00 06 01 04 00 01 00 02"));
    expect(kinds(own)).toEqual(["reply 247 513"]);
  });

  test("with another id is passed over, also where several came in one piece", () => {
    expect(kinds(join(frame(299, 1, 4, 4, 0, 9, 0, 9), frame(301, 1, 0x84, 2), own))).toEqual([
      "foreign",
      "foreign",
      "reply 247 513",
    ]);
  });

  test("is waited for until its last byte is there", () => {
    for (let length = 0; length < own.length; length++)
      expect(kinds(own.subarray(0, length))).toEqual(["need-more"]);
  });

  test.each<[string, Uint8Array, string]>([
    ["of another unit", frame(300, 2, 4, 4, 0, 1, 0, 2), "wrong"],
    ["to another function", frame(300, 1, 3, 4, 0, 1, 0, 2), "wrong"],
    ["of one register too few", frame(300, 1, 4, 2, 0, 1), "wrong"],
    ["of one register too many", frame(300, 1, 4, 6, 0, 1, 0, 2, 0, 3), "wrong"],
    ["that says another length than it has", frame(300, 1, 4, 40, 0, 1, 0, 2), "wrong"],
    ["that is an exception", frame(300, 1, 0x84, 6), "exception"],
    ["of another protocol", Uint8Array.from(own.with(3, 1)), "out-of-step"],
    ["longer than any may be", Uint8Array.from(own.with(4, 1)), "out-of-step"],
  ])("%s is no value", (_name, bytes, kind) => {
    expect(kinds(bytes)).toEqual([kind]);
  });

  test("never comes out of noise", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        expect(kinds(noise).some((kind) => kind.startsWith("reply"))).toBe(false);
      }),
    );
  });
});
