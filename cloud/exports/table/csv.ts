/** Comma-separated values as RFC 4180 has them, in UTF-8, safe to open in a spreadsheet. Pure, but for the sink. */
import type { Cell, Column, ColumnType, Row, Sink, TableWriter } from "./table.ts";

const LINE_END = "\r\n";
/** A spreadsheet takes a text that begins so for a formula, and a device may send any text as its unit. */
const FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

/** Numbers are written as they are: a negative one is no formula. */
export function csvField(cell: Cell, type: ColumnType): string {
  if (cell === null) return "";
  if (type === "time") return new Date(Number(cell)).toISOString();
  if (typeof cell === "number") return String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvWriter(columns: readonly Column[], sink: Sink): TableWriter {
  const header = columns.map(({ name }) => csvField(name, "text")).join(",") + LINE_END;
  let isBegun = false;
  const begin = () => {
    const text = isBegun ? "" : header;
    isBegun = true;
    return text;
  };
  const line = (row: Row) =>
    columns.map(({ type }, place) => csvField(row[place] ?? null, type)).join(",") + LINE_END;
  return {
    write: async (rows) => sink(begin() + rows.map(line).join("")),
    finish: async () => {
      if (!isBegun) await sink(begin());
    },
  };
}
