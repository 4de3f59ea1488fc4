/**
 * Comma-separated values as RFC 4180 has them, without loss: null is an empty field, an empty text is `""`. Unlike an
 * export it is not made for spreadsheets, so no text is changed. Pure.
 */

export type Cells = readonly (string | null)[];

const LINE_END = "\r\n";
const NEEDS_QUOTES = /[",\r\n]/;

export const csvLine = (cells: Cells): string => cells.map(fieldOf).join(",") + LINE_END;

function fieldOf(cell: string | null): string {
  if (cell === null) return "";
  return cell === "" || NEEDS_QUOTES.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;

/** Every line of a whole text. Throws where it is not what `csvLine` writes. */
export function* csvRows(text: string): Generator<Cells> {
  let cells: (string | null)[] = [];
  for (let at = 0; at < text.length; ) {
    FIELD.lastIndex = at;
    const found = FIELD.exec(text);
    if (found === null) throw new Error(`a field of comma-separated values was expected at character ${at}`);
    const [all, quoted, plain, end] = found;
    at += all.length;
    cells.push(quoted !== undefined ? quoted.replaceAll('""', '"') : plain === "" ? null : (plain ?? null));
    if (end !== LINE_END) continue;
    yield cells;
    cells = [];
  }
  if (cells.length > 0) throw new Error("the last line of comma-separated values has no end");
}
