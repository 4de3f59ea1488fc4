import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { wordsOf } from "../../../../devices/modbus/register-number.ts";
import type { ModbusProfile, RegisterField } from "../../../../devices/profile.ts";
import { PROFILES } from "../../../../devices/profiles.ts";
import { partRange, readPlan } from "../../../../gateway/transport/modbus/read-plan.ts";

const profile = (fields: readonly RegisterField[], registersPerRequestMax?: number): ModbusProfile => ({
  model: "any",
  source: "a test",
  protocol: "modbus",
  expectedIntervalMs: 1_000,
  wordOrder: "abcd",
  fields,
  ...(registersPerRequestMax === undefined ? {} : { registersPerRequestMax }),
});
const field = (
  address: number,
  type: RegisterField["type"] = "u16",
  functionCode: RegisterField["functionCode"] = 4,
): RegisterField => ({ metric: "load", functionCode, address, type });
const shown = (ranges: readonly { functionCode: number; address: number; count: number }[] | null) =>
  ranges?.map(({ functionCode, address, count }) => `${functionCode}: ${address}+${count}`) ?? null;

describe("a model's registers", () => {
  test.each<[string, ModbusProfile, string[]]>([
    ["that stand together are one request", profile([field(1), field(2)]), ["4: 1+2"]],
    ["a few apart are one request, read across", profile([field(1), field(9)]), ["4: 1+9"]],
    ["far apart are two", profile([field(1), field(11)]), ["4: 1+1", "4: 11+1"]],
    ["named out of order are sorted", profile([field(5), field(3), field(4)]), ["4: 3+3"]],
    [
      "of two functions are two",
      profile([field(0, "i16"), field(0, "bit", 2), field(40, "bit", 2)]),
      ["4: 0+1", "2: 0+41"],
    ],
    [
      "of 32 bits are read whole, though the request is full in the middle of one",
      profile([field(0, "f32"), field(2, "f32"), field(4, "f32")], 3),
      ["4: 0+2", "4: 2+2", "4: 4+2"],
    ],
    [
      "are never more than the standard allows at once",
      profile(Array.from({ length: 130 }, (_, address) => field(address))),
      ["4: 0+125", "4: 125+5"],
    ],
  ])("%s", (_name, model, plan) => {
    expect(shown(readPlan(model))).toEqual(plan);
  });

  test("of every Modbus model that this gateway knows are read in two requests at most", () => {
    const models = [...PROFILES.values()].filter((one) => one.protocol === "modbus");
    expect(models.length).toBeGreaterThan(2);
    for (const model of models) expect(readPlan(model).length).toBeLessThanOrEqual(2);
  });

  test("are all read, none is cut in two, and no request asks for more than is allowed", () => {
    const types = fc.constantFrom("u16", "i16", "u32", "f32") as fc.Arbitrary<RegisterField["type"]>;
    const fields = fc.array(
      fc.tuple(fc.nat(400), types).map(([address, type]) => field(address, type)),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(fields, fc.integer({ min: 2, max: 125 }), (some, countMax) => {
        const model = profile(some, countMax);
        const plan = readPlan(model);
        for (const { count } of plan) expect(count).toBeLessThanOrEqual(countMax);
        for (const one of some) expect(readers(plan, one)).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});

const readers = (plan: readonly { address: number; count: number }[], { address, type }: RegisterField) =>
  plan.filter((range) => range.address <= address && address + wordsOf(type) <= range.address + range.count)
    .length;

describe("a request that a unit refuses", () => {
  test("is parted at its widest gap", () => {
    const model = profile([field(0), field(1), field(8), field(9)]);
    expect(shown(partRange(model, { functionCode: 4, address: 0, count: 10 }))).toEqual(["4: 0+2", "4: 8+2"]);
  });

  test("without a gap is parted in the middle, and never within a value", () => {
    const model = profile([field(0, "f32"), field(2, "f32"), field(4, "f32"), field(6, "f32")]);
    expect(shown(partRange(model, { functionCode: 4, address: 0, count: 8 }))).toEqual(["4: 0+4", "4: 4+4"]);
  });

  test("of one value is parted no further", () => {
    expect(partRange(profile([field(3, "f32")]), { functionCode: 4, address: 3, count: 2 })).toBeNull();
  });
});
