import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WORD_ORDERS } from "../../contracts/wire/word-order.ts";
import { decodeRegisters, type RegisterBlock } from "../../devices/modbus/decode-registers.ts";
import type { DeviceOptions, ModbusProfile, RegisterField } from "../../devices/profile.ts";
import { dryContacts } from "../../devices/profiles/dry-contacts.ts";
import { loadPad4 } from "../../devices/profiles/load-pad-4.ts";
import { roomPressure } from "../../devices/profiles/room-pressure.ts";
import { xyMd02 } from "../../devices/profiles/xy-md02.ts";
import {
  FLOAT_71_4_WORDS,
  FLOAT_NAN_WORDS,
  LOAD_PAD_WORDS,
  ROOM_PRESSURE_WORDS,
  XY_MD02_REPLY_WORDS,
  XY_MD02_REPLY_WORDS_BELOW_ZERO,
} from "../fixtures/golden.ts";

const AS_MADE: DeviceOptions = { wordOrder: null, isSignInverted: false };
const inputs = (address: number, words: readonly number[]): RegisterBlock => ({
  functionCode: 4,
  address,
  words,
});
const contacts = (address: number, words: readonly number[]): RegisterBlock => ({
  functionCode: 2,
  address,
  words,
});
const good = (metric: string, value: number | boolean | null, unit: string | null) => ({
  metric,
  value,
  unit,
  badReason: null,
  deviceTimeMs: null,
});

describe("a room sensor", () => {
  test.each([
    ["in a warm room", XY_MD02_REPLY_WORDS, 24.7, 51.3],
    ["below zero", XY_MD02_REPLY_WORDS_BELOW_ZERO, -3.1, 51.3],
  ])("%s", (_name, words, temperature, humidity) => {
    expect(decodeRegisters(xyMd02, [inputs(1, words)], AS_MADE)).toEqual({
      values: [good("room-temperature", temperature, "Cel"), good("relative-humidity", humidity, "%")],
      unreadable: [],
    });
  });

  test("a value outside its world is kept and marked", () => {
    expect(decodeRegisters(xyMd02, [inputs(1, [0x7fff, 0x0201])], AS_MADE).values[0]).toMatchObject({
      value: 3_276.7,
      badReason: "out-of-range",
    });
  });

  test("what the unit refused is not heard of, and the rest is", () => {
    const decoded = decodeRegisters(xyMd02, [inputs(2, [0x0201])], AS_MADE);
    expect(decoded).toEqual({ values: [good("relative-humidity", 51.3, "%")], unreadable: [] });
  });

  test("registers of another function are other registers", () => {
    const holding: RegisterBlock = { functionCode: 3, address: 1, words: XY_MD02_REPLY_WORDS };
    expect(decodeRegisters(xyMd02, [holding], AS_MADE).values).toEqual([]);
  });

  test("a reply without registers is a short reply", () => {
    const decoded = decodeRegisters(xyMd02, [inputs(1, [])], AS_MADE);
    expect(decoded.values).toEqual([]);
    expect(decoded.unreadable).toEqual([expect.objectContaining({ reason: "short-reply" })]);
  });
});

describe("a bed pad on four load cells", () => {
  const cells = (words: readonly number[]) => decodeRegisters(loadPad4, [inputs(0, words)], AS_MADE).values;
  const loadOf = (words: readonly number[]) => cells(words).find(({ metric }) => metric === "load");

  test("says each cell and their sum", () => {
    expect(cells(LOAD_PAD_WORDS)).toEqual([
      good("load-cell-1", 18.25, "kg"),
      good("load-cell-2", 17.5, "kg"),
      good("load-cell-3", 20.125, "kg"),
      good("load-cell-4", 15.525, "kg"),
      good("load", 71.4, "kg"),
    ]);
  });

  test("has no load while one cell has no value", () => {
    const words = [...LOAD_PAD_WORDS.slice(0, 6), ...FLOAT_NAN_WORDS];
    expect(cells(words)[3]).toEqual(good("load-cell-4", null, "kg"));
    expect(loadOf(words)).toEqual(good("load", null, "kg"));
  });

  test("has no load while one cell is out of its range, which is kept and marked", () => {
    // 1000 kg on one corner: struct.pack('>f', 1000) is 44 7a 00 00.
    const words = [...LOAD_PAD_WORDS.slice(0, 6), 0x447a, 0x0000];
    expect(cells(words)[3]).toMatchObject({ value: 1_000, badReason: "out-of-range" });
    expect(loadOf(words)).toEqual(good("load", null, "kg"));
  });

  test("says nothing of its load where one cell was not heard of", () => {
    const decoded = decodeRegisters(loadPad4, [inputs(0, LOAD_PAD_WORDS.slice(0, 6))], AS_MADE);
    expect(decoded.values.map(({ metric }) => metric)).toEqual(["load-cell-1", "load-cell-2", "load-cell-3"]);
  });

  test("a cell cut in half by the reply's end is a short reply", () => {
    const decoded = decodeRegisters(loadPad4, [inputs(0, LOAD_PAD_WORDS.slice(0, 7))], AS_MADE);
    expect(decoded.values).toHaveLength(3);
    expect(decoded.unreadable).toEqual([expect.objectContaining({ reason: "short-reply" })]);
  });

  test("reads the same in one block, in four, and in any order", () => {
    const blocks = [0, 2, 4, 6].map((address) => inputs(address, LOAD_PAD_WORDS.slice(address, address + 2)));
    fc.assert(
      fc.property(fc.shuffledSubarray(blocks, { minLength: 4 }), (shuffled) => {
        expect(decodeRegisters(loadPad4, shuffled, AS_MADE).values).toEqual(cells(LOAD_PAD_WORDS));
      }),
    );
  });

  test.each(WORD_ORDERS)("71.4 kg in word order %s, named in the ward file", (wordOrder) => {
    const words = FLOAT_71_4_WORDS[wordOrder];
    const decoded = decodeRegisters(loadPad4, [inputs(0, words)], { ...AS_MADE, wordOrder });
    expect(decoded.values).toEqual([good("load-cell-1", 71.4, "kg")]);
  });

  test.each([
    ["plus infinity", [0x7f80, 0x0000]],
    ["minus infinity", [0xff80, 0x0000]],
    ["a NaN with other bits", [0xffff, 0xffff]],
  ])("%s is no value", (_name, words) => {
    expect(cells(words)).toEqual([good("load-cell-1", null, "kg")]);
  });
});

describe("the pressure monitor of an isolation room", () => {
  const decode = (words: readonly number[], options = AS_MADE) =>
    decodeRegisters(roomPressure, [inputs(0, words), contacts(0, [1])], options).values;

  test("says how far below the corridor the room is, and whether its door stands open", () => {
    expect(decode(ROOM_PRESSURE_WORDS)).toEqual([
      good("differential-pressure", -8.3, "Pa"),
      good("door-open", true, null),
    ]);
  });

  test("mounted the other way round, only its pressure is turned", () => {
    expect(decode(ROOM_PRESSURE_WORDS, { ...AS_MADE, isSignInverted: true })).toEqual([
      good("differential-pressure", 8.3, "Pa"),
      good("door-open", true, null),
    ]);
    const turned = { ...AS_MADE, isSignInverted: true };
    expect(decodeRegisters(xyMd02, [inputs(1, XY_MD02_REPLY_WORDS)], turned).values[0]?.value).toBe(24.7);
  });

  test("without a difference says 0, either way round", () => {
    for (const isSignInverted of [true, false])
      expect(Object.is(decode([0], { ...AS_MADE, isSignInverted })[0]?.value, 0)).toBe(true);
  });

  test("0x8000 is no value, not −3276.8 Pa", () => {
    expect(decode([0x8000])[0]).toEqual(good("differential-pressure", null, "Pa"));
  });
});

test("dry contacts are a mat and a nurse call", () => {
  expect(decodeRegisters(dryContacts, [contacts(0, [1, 0])], AS_MADE).values).toEqual([
    good("occupancy", true, null),
    good("nurse-call", false, null),
  ]);
});

describe("every type of register", () => {
  const read = (field: Pick<RegisterField, "type" | "scale" | "noValue">, words: readonly number[]) => {
    const { sum: _, ...pad } = loadPad4;
    const profile: ModbusProfile = {
      ...pad,
      fields: [{ metric: "load", functionCode: 3, address: 7, ...field }],
    };
    return decodeRegisters(profile, [{ functionCode: 3, address: 7, words }], AS_MADE).values[0]?.value;
  };

  test.each([
    ["u16", [0xffff], 65_535],
    ["i16", [0xffff], -1],
    ["i16", [0x8000], -32_768],
    ["u32", [0xffff, 0xffff], 4_294_967_295],
    ["i32", [0xffff, 0xfffe], -2],
    ["i32", [0x8000, 0x0000], -2_147_483_648],
    ["f32", [0xc2c8, 0x0000], -100],
    ["f32", [0x8000, 0x0000], 0],
  ] as const)("%s of %j is %d", (type, words, value) => expect(read({ type }, words)).toBe(value));

  test("a sentinel is the register's bits, and of a float the float", () => {
    expect(read({ type: "i16", noValue: [0xffff] }, [0xffff])).toBeNull();
    expect(read({ type: "i32", noValue: [0x7fff_ffff] }, [0x7fff, 0xffff])).toBeNull();
    expect(read({ type: "f32", noValue: [-100] }, [0xc2c8, 0x0000])).toBeNull();
    expect(read({ type: "u16", noValue: [0xffff] }, [0xfffe])).toBe(65_534);
  });

  test("a scale adds no digits of its own", () => {
    for (let word = 0; word <= 0xffff; word += 7)
      expect(read({ type: "u16", scale: 0.1 }, [word])).toBe(Number(`${Math.floor(word / 10)}.${word % 10}`));
  });

  test("a float comes out as the shortest number that means the same float", () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (float) => {
        const view = new DataView(new ArrayBuffer(4));
        view.setFloat32(0, float);
        const value = read({ type: "f32" }, [view.getUint16(0), view.getUint16(2)]);
        expect(Math.fround(Number(value)) + 0).toBe(float + 0);
      }),
    );
  });
});
