/** What an archive file is made of: text without loss, and folders that are full, missing or not ours. */
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArchiveFileWriter, readArchiveFile, seqSumOf } from "../../cloud/retention/archive/archive-file.ts";
import { type Cells, csvLine, csvRows } from "../../cloud/retention/archive/csv.ts";
import { directoryPlace } from "../../cloud/retention/archive/directory-place.ts";
import type { Manifest } from "../../cloud/retention/archive/manifest.ts";
import { tempDir } from "../support/temp-dir.ts";
import { hasTool } from "../support/tools.ts";

const PYTHON = "/usr/bin/python3";
const hasPython = hasTool(PYTHON, ["--version"], "python3");

const COLUMNS = ["seq", "unit", "value"];
const cell = fc.option(fc.oneof(fc.string(), fc.constantFrom("", '"', ",", "\r\n", "\n", "=1+1", "µg/h")));
const rows = fc.array(
  fc
    .tuple(fc.integer({ min: 1, max: 2 ** 52 }), cell, fc.double({ noNaN: true }))
    .map(([seq, unit, value]): Cells => [String(seq), unit, Object.is(value, -0) ? "-0" : String(value)]),
  { minLength: 1, maxLength: 40 },
);

async function fileOf(all: readonly Cells[], pageRows = 7) {
  const writer = new ArchiveFileWriter(COLUMNS, 1_000);
  for (let at = 0; at < all.length; at += pageRows) await writer.write(all.slice(at, at + pageRows));
  const { content, ...facts } = writer.finish();
  const seqSum = seqSumOf(COLUMNS, all).toString();
  const manifest = { ...facts, file: "some.csv.gz", columns: COLUMNS, seqSum } as unknown as Manifest;
  return { content, manifest };
}

describe("an archive file", () => {
  test("gives back every text, every null and every number as it was", async () => {
    await fc.assert(
      fc.asyncProperty(rows, async (all) => {
        const { content, manifest } = await fileOf(all);
        expect(await readArchiveFile(content, manifest)).toEqual(all);
      }),
      { numRuns: 60 },
    );
  });

  test("is not read where a bit of it is another", async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.nat(), fc.integer({ min: 0, max: 7 }), async (all, place, bit) => {
        const { content, manifest } = await fileOf(all);
        const bytes = Uint8Array.from(content);
        const at = place % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        await expect(readArchiveFile(bytes, manifest)).rejects.toMatchObject({ kind: "damaged" });
      }),
      { numRuns: 40 },
    );
  });

  test("of the same rows is the same file", async () => {
    const all = [csvCells(1, "kg", "71.5"), csvCells(2, null, "1e+300")];
    expect((await fileOf(all)).manifest.sha256).toBe((await fileOf(all)).manifest.sha256);
  });

  test.skipIf(!hasPython)("is read by Python alone, number for number", async () => {
    const values = [71.5, 0.1, -0.125, 1 / 3, 1e300, 5e-324, 36.6];
    const all = values.map((value, place) =>
      csvCells(place + 1, place % 2 === 0 ? "kg" : 'a "unit",\r\nof two lines', String(value)),
    );
    const { content } = await fileOf(all, 3);
    const file = join(tempDir(), "some.csv.gz");
    writeFileSync(file, content);
    const script = `import csv, gzip, json, sys
rows = list(csv.DictReader(gzip.open(sys.argv[1], "rt", newline="", encoding="utf-8")))
print(json.dumps([[int(row["seq"]), row["unit"], float(row["value"])] for row in rows]))`;
    const read = JSON.parse(execFileSync(PYTHON, ["-c", script, file]).toString());
    expect(read).toEqual(all.map(([seq, unit, value]) => [Number(seq), unit, Number(value)]));
  });

  test.each(["a,b", 'a,"b\r\n', 'a"b\r\n', '"a"b\r\n'])("is refused where its text is %j", (text) => {
    expect(() => [...csvRows(text)]).toThrow();
  });

  test("keeps an empty text and nothing apart", () => {
    expect([...csvRows(csvLine(["", null, "a"]))]).toEqual([["", null, "a"]]);
  });
});

const csvCells = (seq: number, unit: string | null, value: string): Cells => [String(seq), unit, value];

describe("a folder of archives", () => {
  const key = "vitals/north/2026-01-01/a.csv.gz";

  test("holds what was put, whole or not at all", async () => {
    const root = tempDir();
    const place = directoryPlace(root);
    await place.put(key, Buffer.from("one"));
    await place.put(key, Buffer.from("two"));
    expect(Buffer.from(await place.get(key)).toString()).toBe("two");
    expect(readdirSync(join(root, "vitals/north/2026-01-01"))).toEqual(["a.csv.gz"]);
    await place.remove(key);
    await place.remove(key);
    await expect(place.get(key)).rejects.toMatchObject({
      kind: "missing",
      message: expect.stringContaining(key),
    });
  });

  test("that is missing is not made: its disk may not be mounted", async () => {
    const root = join(tempDir(), "mount");
    await expect(directoryPlace(root).put(key, Buffer.from("one"))).rejects.toMatchObject({
      kind: "missing",
      message: expect.stringContaining("Mount its disk, or make it"),
    });
    expect(existsSync(root)).toBe(false);
  });

  test("in whose way a file lies says that it cannot be written", async () => {
    const root = tempDir();
    writeFileSync(join(root, "vitals"), "not a folder");
    await expect(directoryPlace(root).put(key, Buffer.from("one"))).rejects.toMatchObject({
      kind: "refused",
    });
    expect(readFileSync(join(root, "vitals"), "utf8")).toBe("not a folder");
  });

  test.skipIf(process.getuid?.() === 0)("that may not be written says so", async () => {
    const root = join(tempDir(), "read-only");
    mkdirSync(root);
    chmodSync(root, 0o500);
    await expect(directoryPlace(root).put(key, Buffer.from("one"))).rejects.toMatchObject({
      kind: "refused",
      message: expect.stringContaining("EACCES"),
    });
  });
});
