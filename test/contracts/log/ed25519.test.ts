import { createPublicKey, verify } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat, utf8 } from "../../../contracts/log/bytes.ts";
import { verifiesEd25519 } from "../../../contracts/log/ed25519.ts";
import { ed25519Signer } from "../../support/ed25519-signer.ts";

const KEY = ed25519Signer("hospitell/gateway/north", 5);
const MESSAGE = utf8("a checkpoint");
const SIGNATURE = KEY.sign(MESSAGE);
const { Point } = ed25519;
const L = Point.Fn.ORDER;

function opensslVerifies(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  const key = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), publicKey]);
  return verify(null, message, createPublicKey({ key, format: "der", type: "spki" }), signature);
}

const littleEndian = (bytes: Uint8Array) =>
  bytes.reduceRight((total, byte) => (total << 8n) | BigInt(byte), 0n);
const asBytes = (count: bigint) =>
  Uint8Array.from({ length: 32 }, (_, at) => Number((count >> BigInt(8 * at)) & 255n));

describe("a signature", () => {
  it("is taken where OpenSSL takes it, whatever bit was turned over", () => {
    fc.assert(
      fc.property(fc.nat(63), fc.nat(7), fc.constantFrom(0, 1, 2), (at, bit, part) => {
        const turned = (bytes: Uint8Array, of: number) =>
          part === of
            ? bytes.map((byte, place) => (place === at % bytes.length ? byte ^ (1 << bit) : byte))
            : bytes;
        const args = [turned(SIGNATURE, 0), turned(MESSAGE, 1), turned(KEY.publicKey, 2)] as const;
        expect(verifiesEd25519(...args)).toBe(false);
        expect(opensslVerifies(...args)).toBe(false);
      }),
    );
    expect(verifiesEd25519(SIGNATURE, MESSAGE, KEY.publicKey)).toBe(true);
    expect(opensslVerifies(SIGNATURE, MESSAGE, KEY.publicKey)).toBe(true);
  });

  it("is not taken with S beyond the order, nor with another length", () => {
    const s = littleEndian(SIGNATURE.subarray(32));
    expect(verifiesEd25519(concat(SIGNATURE.subarray(0, 32), asBytes(s + L)), MESSAGE, KEY.publicKey)).toBe(
      false,
    );
    expect(verifiesEd25519(SIGNATURE.subarray(1), MESSAGE, KEY.publicKey)).toBe(false);
    expect(verifiesEd25519(SIGNATURE, MESSAGE, KEY.publicKey.subarray(1))).toBe(false);
  });

  it("is not taken where only the cofactor makes it hold, which other libraries take", () => {
    // A signer who adds a point of order 8 to its R: [8] times both sides are equal, the sides are not.
    const torsion = Point.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
    const [secret, nonce] = [123_456_789n, 987_654_321n];
    const publicKey = Point.BASE.multiply(secret).toBytes();
    const r = Point.BASE.multiply(nonce).add(torsion).toBytes();
    const k = Point.Fn.create(littleEndian(sha512(concat(r, publicKey, MESSAGE))));
    const signature = concat(r, asBytes(Point.Fn.create(nonce + k * secret)));
    expect(ed25519.verify(signature, MESSAGE, publicKey, { zip215: false })).toBe(true);
    expect(opensslVerifies(signature, MESSAGE, publicKey)).toBe(false);
    expect(verifiesEd25519(signature, MESSAGE, publicKey)).toBe(false);
  });

  it("is not taken under a key of small order, under which anybody can sign", () => {
    const anybodys = concat(asBytes(1n), asBytes(0n));
    const point = Point.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
    const multiples = [1n, 2n, 3n, 4n, 5n, 6n, 7n].map((count) => point.multiplyUnsafe(count).toBytes());
    // Of eight messages there is one for which it holds without the cofactor too.
    const messages = Array.from({ length: 100 }, (_, n) => utf8(`checkpoint ${n}`));
    for (const publicKey of [asBytes(1n), ...multiples])
      for (const message of messages) {
        expect(ed25519.verify(anybodys, message, publicKey)).toBe(true);
        expect(verifiesEd25519(anybodys, message, publicKey)).toBe(false);
      }
  });

  it("is not taken under a key that is written in another way, or is no point", () => {
    // y = 2^255 - 19 + 1 is 1 again.
    const again = asBytes(2n ** 255n - 18n);
    expect(verifiesEd25519(SIGNATURE, MESSAGE, again)).toBe(false);
    expect(verifiesEd25519(SIGNATURE, MESSAGE, asBytes(2n))).toBe(false);
  });
});
