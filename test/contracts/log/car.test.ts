import { CarWriter } from "@ipld/car";
import fc from "fast-check";
import { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import { sha256 } from "multiformats/hashes/sha2";
import { describe, expect, it } from "vitest";
import { utf8 } from "../../../contracts/log/bytes.ts";
import { readCar } from "../../../contracts/log/car.ts";
import { carOf, carSection, rawCid } from "../../support/car-of.ts";

const BLOCK = utf8("what a bed said");

/** As IPFS's own library writes it. */
async function writtenByIpld(block: Uint8Array): Promise<Uint8Array> {
  const cid = CID.createV1(raw.code, await sha256.digest(block));
  const { writer, out } = CarWriter.create([cid]);
  const parts: Uint8Array[] = [];
  const read = (async () => {
    for await (const part of out) parts.push(part);
  })();
  await writer.put({ cid, bytes: block });
  await writer.close();
  await read;
  return Uint8Array.from(Buffer.concat(parts));
}

describe("a CAR of one block", () => {
  it.each([0, 1, 90, 91, 127, 128, 5_000, 65_536])(
    "is read as IPFS's library writes it, with %i bytes",
    async (length) => {
      const block = new Uint8Array(length).fill(length);
      const car = await writtenByIpld(block);
      expect(readCar(car)).toEqual({ ok: true, block });
      expect(carOf(block)).toEqual(car);
    },
  );

  it.each([
    ["nothing", new Uint8Array(0)],
    ["a byte lost", carOf(BLOCK).slice(0, -1)],
    ["a byte more", Uint8Array.from([...carOf(BLOCK), 0])],
    ["two blocks", Uint8Array.from([...carOf(BLOCK), ...carSection(BLOCK)])],
    ["no block", carOf(BLOCK).slice(0, 59)],
    ["another version", carOf(BLOCK).with(58, 2)],
    ["another codec", carOf(BLOCK, rawCid(BLOCK).with(1, 0x71))],
    ["another hash", carOf(BLOCK, rawCid(BLOCK).with(2, 0x13))],
    [
      "a block of another CID than the root's",
      Uint8Array.from([...carOf(BLOCK).slice(0, 59), ...carSection(utf8("other"))]),
    ],
  ])("is malformed with %s", (_, bytes) => {
    expect(readCar(bytes)).toEqual({ ok: false, reason: "car-malformed" });
  });

  it("is malformed with a length that is not in its shortest form", () => {
    const car = carOf(BLOCK);
    const padded = Uint8Array.from([...car.slice(0, 59), (car[59] ?? 0) | 0x80, 0, ...car.slice(60)]);
    expect(readCar(padded)).toEqual({ ok: false, reason: "car-malformed" });
  });

  it("does not pass with other bytes under the same CID", () => {
    expect(readCar(carOf(BLOCK, rawCid(utf8("other"))))).toEqual({ ok: false, reason: "cid-mismatch" });
  });

  it("is read or not, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isAfterHeader) => {
        const file = isAfterHeader ? Uint8Array.from([...carOf(BLOCK).slice(0, 59), ...bytes]) : bytes;
        expect(readCar(file).ok).toBe(false);
      }),
    );
  });
});
