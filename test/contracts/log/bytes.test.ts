import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOf, fromBase64, toBase64 } from "../../../contracts/log/bytes.ts";

describe("base64", () => {
  it("goes there and back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
        expect(fromBase64(toBase64(bytes))).toEqual(bytes);
      }),
    );
  });

  it("is read only in its one form", () => {
    const texts = fc.string({ unit: fc.constantFrom(..."AQgwBz09+/=-_ \né\u0141"), maxLength: 12 });
    fc.assert(
      fc.property(texts, (text) => {
        const isCanonical = Buffer.from(text, "base64").toString("base64") === text;
        expect(fromBase64(text) !== null).toBe(isCanonical);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is not guessed at where it was to be checked before", () => {
    expect(() => bytesOf("A")).toThrow("expected base64");
  });
});
