/**
 * Cells of SQLite's B-tree pages (sqlite.org/fileformat2, 1.6 and 2.1), read without SQLite, which gives a tree up at the
 * first page that is wrong. Nothing here trusts a byte: what does not fit is left out, and whoever uses a row checks its
 * checksum.
 */
import { PAGE_BYTES } from "./wal-frames.ts";

export type Value = number | string | Buffer | null;
export type Cell = {
  /** Of tables with row ids; 0 in others. */
  readonly rowId: number;
  readonly values: readonly Value[];
  /** It lies where the page has nothing: perhaps an older version of the row. */
  readonly isLeftOver: boolean;
};
export type BtreePage = {
  readonly kind: "table-leaf" | "table-interior" | "index-leaf" | "index-interior";
  readonly children: readonly number[];
  readonly cells: readonly Cell[];
};
type ReadPage = (number: number) => Buffer | null;

const KINDS = { 13: "table-leaf", 5: "table-interior", 10: "index-leaf", 2: "index-interior" } as const;
const FILE_HEADER_BYTES = 100;
/** 49 bits: a number holds them exactly. */
const SAFE_VARINT_BYTES = 7;
const PAYLOAD_BYTES_MAX = 64 * 1024 * 1024;
const TABLE_LOCAL_MAX = PAGE_BYTES - 35;
const INDEX_LOCAL_MAX = Math.floor(((PAGE_BYTES - 12) * 64) / 255) - 23;
const LOCAL_MIN = Math.floor(((PAGE_BYTES - 12) * 32) / 255) - 23;

/** Null where the page is none of a B-tree. */
export function readBtreePage(number: number, readPage: ReadPage): BtreePage | null {
  const page = readPage(number);
  if (page === null) return null;
  const start = number === 1 ? FILE_HEADER_BYTES : 0;
  const kind = KINDS[page[start] as keyof typeof KINDS];
  if (kind === undefined) return null;
  const isInterior = kind === "table-interior" || kind === "index-interior";
  const count = page.readUInt16BE(start + 3);
  const pointersAt = start + (isInterior ? 12 : 8);
  if (pointersAt + count * 2 > PAGE_BYTES) return null;
  const children: number[] = [];
  const cells: Cell[] = [];
  for (let n = 0; n < count; n++) {
    const at = page.readUInt16BE(pointersAt + n * 2);
    if (at + 4 > PAGE_BYTES) continue;
    if (isInterior) children.push(page.readUInt32BE(at));
    if (kind === "table-interior") continue;
    const cell = attempt(() => readCell(page, isInterior ? at + 4 : at, kind === "table-leaf", readPage));
    // The page says where its content begins; 0 stands for 65,536.
    const isLeftOver = at < (page.readUInt16BE(start + 5) || 65_536);
    if (cell !== null) cells.push({ ...cell, isLeftOver });
  }
  if (isInterior) children.push(page.readUInt32BE(start + 8));
  return { kind, children, cells };
}

function readCell(
  page: Buffer,
  at: number,
  isTable: boolean,
  readPage: ReadPage,
): Pick<Cell, "rowId" | "values"> | null {
  const cursor = new Cursor(page, at);
  const bytes = cursor.varint();
  const rowId = isTable ? cursor.varint() : 0;
  if (bytes > PAYLOAD_BYTES_MAX) return null;
  const localMax = isTable ? TABLE_LOCAL_MAX : INDEX_LOCAL_MAX;
  if (bytes <= localMax) return { rowId, values: readRecord(cursor.take(bytes)) };
  const fitting = LOCAL_MIN + ((bytes - LOCAL_MIN) % (PAGE_BYTES - 4));
  const parts = [cursor.take(fitting <= localMax ? fitting : LOCAL_MIN)];
  let missing = bytes - (parts[0] as Buffer).length;
  let next = cursor.take(4).readUInt32BE(0);
  while (missing > 0) {
    const overflow = readPage(next);
    if (overflow === null) return null;
    const part = overflow.subarray(4, 4 + Math.min(missing, PAGE_BYTES - 4));
    parts.push(part);
    missing -= part.length;
    next = overflow.readUInt32BE(0);
  }
  return { rowId, values: readRecord(Buffer.concat(parts)) };
}

function readRecord(payload: Buffer): Value[] {
  const header = new Cursor(payload, 0);
  const headerBytes = header.varint();
  const body = new Cursor(payload, headerBytes);
  const values: Value[] = [];
  while (header.at < headerBytes) values.push(readValue(header.varint(), body));
  return values;
}

const INTEGER_BYTES: Readonly<Record<number, number>> = { 1: 1, 2: 2, 3: 3, 4: 4, 5: 6 };

function readValue(type: number, body: Cursor): Value {
  if (type === 0) return null;
  const integerBytes = INTEGER_BYTES[type];
  if (integerBytes !== undefined) return body.take(integerBytes).readIntBE(0, integerBytes);
  if (type === 6) return Number(body.take(8).readBigInt64BE(0));
  if (type === 7) return body.take(8).readDoubleBE(0);
  if (type === 8 || type === 9) return type - 8;
  if (type < 12) throw new RangeError(`no value has type ${type}`);
  if (type % 2 === 1) return body.take((type - 13) / 2).toString("utf8");
  return Buffer.from(body.take((type - 12) / 2));
}

class Cursor {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  take(count: number): Buffer {
    const end = this.at + count;
    if (end > this.#bytes.length) throw new RangeError("a value goes past its page's end");
    const taken = this.#bytes.subarray(this.at, end);
    this.at = end;
    return taken;
  }

  /** Signed, 64 bits: seven bits a byte, the ninth byte whole. */
  varint(): number {
    let value = 0;
    for (let n = 0; n < SAFE_VARINT_BYTES; n++) {
      const byte = this.take(1)[0] as number;
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    let long = BigInt(value);
    for (let n = SAFE_VARINT_BYTES; n < 8; n++) {
      const byte = this.take(1)[0] as number;
      long = (long << 7n) | BigInt(byte & 0x7f);
      if (byte < 0x80) return Number(long);
    }
    return Number(BigInt.asIntN(64, (long << 8n) | BigInt(this.take(1)[0] as number)));
  }
}

/** A cell that cannot be read is none. */
function attempt<Result>(read: () => Result | null): Result | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
