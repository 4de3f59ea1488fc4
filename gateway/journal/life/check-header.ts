/**
 * The file's own header, before SQLite believes it: with one bit changed SQLite reads the file without its log, or with
 * another page size, or takes it for a newer program's. What this program writes there is always the same.
 */
import type Database from "better-sqlite3";
import type { PageImage } from "./page-image.ts";
import { PAGE_BYTES } from "./wal-frames.ts";

const MAGIC = "SQLite format 3\0";
const PAGE_SIZE_AT = 16;
/** Whether there is a log, told twice: to readers and to writers. */
const LOG_AT = 18;
/** No reserved bytes; the three fixed fractions. */
const FIXED_AT = 20;
const FIXED = Buffer.from([0, 64, 32, 32]);
/** Big-endian numbers by their place: schema format 4, no vacuum, UTF-8, not incremental, no application. */
const NUMBERS = [
  [44, 4],
  [52, 0],
  [56, 1],
  [64, 0],
  [68, 0],
] as const;
const USER_VERSION_AT = 60;
const UNUSED_AT = 72;
const UNUSED_BYTES = 20;

export function checkHeader(image: PageImage): string | null {
  const page = image.page(1);
  // SQLite makes a file before it writes to it.
  if (page === null) return image.count === 0 ? null : "its first page is missing";
  const isAsWritten =
    page.toString("latin1", 0, MAGIC.length) === MAGIC &&
    page.readUInt16BE(PAGE_SIZE_AT) === PAGE_BYTES &&
    page[LOG_AT] === page[LOG_AT + 1] &&
    page.subarray(FIXED_AT, FIXED_AT + FIXED.length).equals(FIXED) &&
    NUMBERS.every(([at, number]) => page.readUInt32BE(at) === number) &&
    page.subarray(UNUSED_AT, UNUSED_AT + UNUSED_BYTES).every((byte) => byte === 0);
  return isAsWritten ? null : "its header is wrong";
}

export const userVersionIn = (image: PageImage): number => image.page(1)?.readUInt32BE(USER_VERSION_AT) ?? 0;

type Definition = { readonly type: string; readonly name: string; readonly sql: string | null };

/** Without comments and line breaks, which mean nothing. */
export const definitionOf = (sql: string): string =>
  sql
    .replaceAll(/--[^\n]*(\n|$)/g, " ")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/ ?([(),]) ?/g, "$1");

/** Tables as this program makes them: a bit in their definition can change what their rows say. */
export function checkSchema(database: Database.Database, fresh: Database.Database): string | null {
  const [found, wanted] = [database, fresh].map((one) =>
    one
      .prepare<[], Definition>("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name")
      .all()
      .map(({ type, name, sql }) => `${type} ${name} ${sql === null ? "" : definitionOf(sql)}`)
      .join("\n"),
  );
  return found === wanted ? null : "its table definitions are wrong";
}
