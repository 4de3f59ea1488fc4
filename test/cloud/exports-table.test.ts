import * as fc from "fast-check";
import { parquetReadObjects } from "hyparquet";
import { expect, test } from "vitest";
import { csvField, csvWriter } from "../../cloud/exports/table/csv.ts";
import { parquetWriter } from "../../cloud/exports/table/parquet.ts";
import type { Column, Row, TableWriter } from "../../cloud/exports/table/table.ts";
import { START_MS } from "./records.ts";

const COLUMNS: readonly Column[] = [
  { name: "at_utc", type: "time" },
  { name: "unit", type: "text" },
  { name: "seq", type: "integer" },
  { name: "value", type: "number" },
];

const anyRow = fc.tuple(
  fc.option(fc.integer({ min: 0, max: 4_102_444_800_000 })),
  fc.option(fc.string({ unit: "grapheme" })),
  fc.option(fc.maxSafeNat()),
  fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
);

type Writer = (
  columns: readonly Column[],
  sink: (chunk: Uint8Array | string) => Promise<void>,
) => TableWriter;

async function fileOf(writer: Writer, pages: readonly (readonly Row[])[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const table = writer(COLUMNS, async (chunk) => void chunks.push(Buffer.from(chunk as string)));
  for (const page of pages) await table.write(page);
  await table.finish();
  return Buffer.concat(chunks);
}

/** Written from RFC 4180, not with our writer's code. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (let at = 0; at < text.length; ) {
    const quoted = /"((?:[^"]|"")*)"/y;
    const plain = /[^,\r\n]*/y;
    quoted.lastIndex = plain.lastIndex = at;
    const inQuotes = quoted.exec(text);
    const field = inQuotes?.[1]?.replaceAll('""', '"') ?? plain.exec(text)?.[0] ?? "";
    rows.at(-1)?.push(field);
    at = inQuotes === null ? plain.lastIndex : quoted.lastIndex;
    if (text.startsWith("\r\n", at)) {
      rows.push([]);
      at += 2;
    } else if (text[at] === ",") at += 1;
    else throw new Error(`no field ends at ${at}`);
  }
  rows.pop();
  return rows;
}

test("whatever is written comes back field by field, and no text begins as a formula does", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyRow, { maxLength: 20 }), async (rows) => {
      const [header, ...read] = readCsv((await fileOf(csvWriter, [rows])).toString());
      expect(header).toEqual(COLUMNS.map(({ name }) => name));
      expect(read).toHaveLength(rows.length);
      for (const [place, [at, unit, seq, value]] of rows.entries()) {
        const [readAt, readUnit = "", readSeq, readValue] = read[place] ?? [];
        expect(readAt).toBe(at === null ? "" : new Date(at).toISOString());
        expect(readUnit).not.toMatch(/^[=+\-@\t\r]/);
        expect(readUnit === (unit ?? "") || readUnit === `'${unit}`).toBe(true);
        expect(readSeq).toBe(seq === null ? "" : String(seq));
        if (value !== null) expect(Number(readValue)).toBe(value === 0 ? 0 : value);
      }
    }),
  );
});

test.each([
  ["a formula", "=1+2", "text", "'=1+2"],
  ["a formula in quotes", '=cmd|"/c calc"!A1', "text", `"'=cmd|""/c calc""!A1"`],
  ["a call", "@SUM(A1)", "text", "'@SUM(A1)"],
  ["a tab before a formula", "\t=1", "text", "'\t=1"],
  ["a negative number, which is none", -3.5, "number", "-3.5"],
  ["an ordinary unit", "mm[Hg]", "text", "mm[Hg]"],
  ["a comma", "a,b", "text", '"a,b"'],
  ["a line end", "a\r\nb", "text", '"a\r\nb"'],
  ["nothing", null, "number", ""],
  ["a time", START_MS, "time", "2026-01-06T10:00:00.000Z"],
] as const)("%s is written so that a spreadsheet shows it and runs nothing", (_name, cell, type, text) => {
  expect(csvField(cell, type)).toBe(text);
});

test("a table without rows is a header alone", async () => {
  expect((await fileOf(csvWriter, [])).toString()).toBe("at_utc,unit,seq,value\r\n");
  expect(await readParquet(await fileOf(parquetWriter, []))).toEqual([]);
});

const readParquet = (file: Buffer) =>
  parquetReadObjects({
    file: file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer,
  });

test("Parquet comes back with its types, over several row groups and pages", async () => {
  const rows = Array.from(
    { length: 21_000 },
    (_, n): Row => [START_MS + n, n % 7 === 0 ? null : `unit ${n % 3}`, n, n % 5 === 0 ? null : n / 3],
  );
  const pages = [
    rows.slice(0, 5_000),
    rows.slice(5_000, 5_001),
    rows.slice(5_001, 30_000),
    rows.slice(30_000),
  ];
  const read = await readParquet(await fileOf(parquetWriter, pages));
  expect(read).toEqual(
    rows.map(([at, unit, seq, value]) => ({
      at_utc: new Date(Number(at)),
      unit,
      seq: BigInt(Number(seq)),
      value,
    })),
  );
});
