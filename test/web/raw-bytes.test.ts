import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOf, hexRows, hexWords, printable, sizeWords } from "../../gateway/web/status/raw-bytes.ts";
import { MARKUP } from "./odd-quarantine.ts";

const bytes = fc.uint8Array({ maxLength: 200 });

describe("bytes that nobody could read", () => {
  test("come out of Base64 as they went in", () => {
    fc.assert(
      fc.property(bytes, (raw) => {
        expect(bytesOf(Buffer.from(raw).toString("base64"))).toEqual(raw);
      }),
    );
  });

  test("are all in the rows, in their order", () => {
    fc.assert(
      fc.property(bytes, (raw) => {
        const rows = hexRows(raw);
        expect(rows.map(({ hex }) => hex.trimEnd()).join(" ")).toBe(hexWords(raw));
        expect(rows.map(({ text }) => text).join("")).toBe(printable(raw));
        expect(Buffer.from(hexWords(raw).replaceAll(" ", ""), "hex")).toEqual(Buffer.from(raw));
      }),
    );
  });

  test("show one printable character for each, whatever they are", () => {
    fc.assert(
      fc.property(bytes, (raw) => {
        expect(printable(raw)).toHaveLength(raw.length);
        expect(printable(raw)).toMatch(/^[ -~·]*$/);
      }),
    );
  });

  test("that turn text around or end it are dots, and markup is its own characters", () => {
    expect(printable(Buffer.from("a\u202eb\u0000\r\n\tc"))).toBe("a···b····c");
    expect(printable(Buffer.from(MARKUP))).toBe(MARKUP);
  });

  test("stand in rows of eight with their offset, the last filled up so that its text is in line", () => {
    expect(hexRows(Uint8Array.from([0, 0x41, 0xff, 1, 2, 3, 4, 5, 0x7e]))).toEqual([
      { offset: "0000", hex: "00 41 ff 01 02 03 04 05", text: "·A······" },
      { offset: "0008", hex: "7e                     ", text: "~" },
    ]);
    expect(hexRows(new Uint8Array())).toEqual([]);
  });

  test.each([
    [1, 1, "1 byte"],
    [0, 0, "0 bytes"],
    [4_096, 4_096, "4,096 bytes"],
    [204_800, 4_096, "204,800 bytes, the first 4,096 kept"],
  ])("%i of which %i are kept are %s", (whole, kept, words) => expect(sizeWords(whole, kept)).toBe(words));
});
