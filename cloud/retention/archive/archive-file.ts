/**
 * An archive file: comma-separated values with a header, in gzip members of a page each, so that no more than a page is
 * compressed at once. Anything reads it: `zcat`, a spreadsheet, three lines of Python.
 */
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { ArchiveTrouble } from "./archive-trouble.ts";
import { type Cells, csvLine, csvRows } from "./csv.ts";
import type { Manifest } from "./manifest.ts";

/** A file is closed when it has so much of any: then it is held in memory and sent in one request. */
export const FILE_ROWS_MAX = 200_000;
const TEXT_BYTES_MAX = 96 * 1024 * 1024;
const FILE_BYTES_MAX = 48 * 1024 * 1024;
/** Of one page, beyond the most that a file is closed at. */
const PAGE_BYTES_MAX = 64 * 1024 * 1024;

const compress = promisify(gzip);
const decompress = promisify(gunzip);

export type FinishedFile = Pick<Manifest, "bytes" | "sha256" | "textBytes" | "textSha256" | "rows"> & {
  readonly content: Uint8Array;
};

export class ArchiveFileWriter {
  readonly #textHash = createHash("sha256");
  readonly #members: Uint8Array[] = [];
  readonly #rowsMax: number;
  readonly #header: string;
  #rows = 0;
  #bytes = 0;
  #textBytes = 0;

  constructor(columns: readonly string[], rowsMax: number) {
    this.#header = csvLine(columns);
    this.#rowsMax = rowsMax;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Rows that it still takes. */
  get room(): number {
    return this.#rowsMax - this.#rows;
  }

  get isFull(): boolean {
    return this.#rows >= this.#rowsMax || this.#bytes >= FILE_BYTES_MAX || this.#textBytes >= TEXT_BYTES_MAX;
  }

  async write(rows: readonly Cells[]): Promise<void> {
    if (rows.length === 0) return;
    const text = Buffer.from((this.#rows === 0 ? this.#header : "") + rows.map(csvLine).join(""));
    this.#textHash.update(text);
    const member = await compress(text);
    this.#members.push(member);
    this.#rows += rows.length;
    this.#bytes += member.byteLength;
    this.#textBytes += text.byteLength;
  }

  finish(): FinishedFile {
    const content = Buffer.concat(this.#members);
    return {
      content,
      rows: this.#rows,
      bytes: content.byteLength,
      sha256: sha256Of(content),
      textBytes: this.#textBytes,
      textSha256: this.#textHash.digest("hex"),
    };
  }
}

const sha256Of = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Every row, once all that the manifest says of them has been found to be so. Rejects with ArchiveTrouble. */
export async function readArchiveFile(content: Uint8Array, manifest: Manifest): Promise<Cells[]> {
  const { file, bytes, sha256, textBytes, textSha256, columns, rows, seqSum } = manifest;
  const expect = (what: string, expected: string | number, came: string | number) => {
    if (expected !== came)
      throw new ArchiveTrouble(
        "damaged",
        `${file}: expected ${what} ${expected}, got ${came}. The file is not what was archived; take it from a copy.`,
      );
  };
  expect("bytes", bytes, content.byteLength);
  expect("SHA-256", sha256, sha256Of(content));
  const text = await decompress(content, { maxOutputLength: TEXT_BYTES_MAX + PAGE_BYTES_MAX }).catch(
    (error: unknown) => {
      throw new ArchiveTrouble(
        "damaged",
        `${file}: gzip was expected, but it cannot be read as such.`,
        error,
      );
    },
  );
  expect("bytes of text", textBytes, text.byteLength);
  expect("SHA-256 of the text", textSha256, sha256Of(text));
  const [header, ...cells] = csvRows(text.toString("utf8"));
  expect("columns", columns.join(","), (header ?? []).join(","));
  expect("rows", rows, cells.length);
  expect("sum of seq", seqSum, seqSumOf(columns, cells).toString());
  return cells;
}

export function seqSumOf(columns: readonly string[], rows: readonly Cells[]): bigint {
  const place = columns.indexOf("seq");
  return rows.reduce((sum, cells) => sum + BigInt(cells[place] ?? 0), 0n);
}
