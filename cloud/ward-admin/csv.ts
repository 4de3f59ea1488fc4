/** Comma-separated values as RFC 4180 writes them and spreadsheets save them: also with a BOM, LF alone, or semicolons. Pure. */

export type CsvLine = {
  /** In the file, from 1; of a cell that goes over several lines, the first. */
  readonly line: number;
  readonly cells: readonly string[];
};
export type Csv =
  | { readonly kind: "read"; readonly lines: readonly CsvLine[] }
  | { readonly kind: "unreadable"; readonly line: number; readonly expected: string; readonly got: string };

/** Empty lines are left out. The separator is whichever the first line has more of outside of quotes. */
export function parseCsv(text: string): Csv {
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const separator = separatorOf(source);
  const lines: CsvLine[] = [];
  let cells: string[] = [];
  let line = 1;
  let beginsAt = 1;
  let at = 0;
  const endLine = () => {
    if (cells.length > 1 || cells[0]?.trim() !== "") lines.push({ line: beginsAt, cells });
    cells = [];
  };
  while (at <= source.length) {
    const cell = source[at] === '"' ? quoted(source, at) : bare(source, at, separator);
    if (cell.kind === "unreadable") return { ...cell, line: line + cell.linesDown };
    cells.push(cell.text);
    line += cell.linesDown;
    at = cell.end;
    if (source[at] === separator) {
      at += 1;
      continue;
    }
    const newline = newlineAt(source, at);
    if (newline === 0 && at < source.length)
      return {
        kind: "unreadable",
        line,
        expected: `a separator (${separator}) or the line's end after the closing quote`,
        got: source.slice(at, at + 20),
      };
    endLine();
    if (at >= source.length) break;
    at += newline;
    line += 1;
    beginsAt = line;
  }
  return { kind: "read", lines };
}

type Cell =
  | { readonly kind: "cell"; readonly text: string; readonly end: number; readonly linesDown: number }
  | {
      readonly kind: "unreadable";
      readonly expected: string;
      readonly got: string;
      readonly linesDown: number;
    };

function bare(source: string, from: number, separator: string): Cell {
  let end = from;
  while (end < source.length && source[end] !== separator && newlineAt(source, end) === 0) end += 1;
  const text = source.slice(from, end);
  if (text.includes('"'))
    return {
      kind: "unreadable",
      expected: 'a cell with quotes to stand in quotes, each of its own doubled ("")',
      got: text.slice(0, 20),
      linesDown: 0,
    };
  return { kind: "cell", text, end, linesDown: 0 };
}

function quoted(source: string, from: number): Cell {
  let text = "";
  let at = from + 1;
  for (;;) {
    const close = source.indexOf('"', at);
    if (close < 0)
      return {
        kind: "unreadable",
        expected: "a closing quote",
        got: "the end of the file",
        linesDown: 0,
      };
    text += source.slice(at, close);
    if (source[close + 1] !== '"')
      return { kind: "cell", text, end: close + 1, linesDown: text.split(/\r\n|\r|\n/).length - 1 };
    text += '"';
    at = close + 2;
  }
}

/** How many characters the line's end has that begins here; 0: none begins here. */
function newlineAt(source: string, at: number): number {
  if (source[at] === "\n") return 1;
  if (source[at] !== "\r") return 0;
  return source[at + 1] === "\n" ? 2 : 1;
}

function separatorOf(source: string): "," | ";" {
  const first = (/^(?:"[^"]*"|[^\r\n"])*/.exec(source)?.[0] ?? "").replace(/"[^"]*"/g, "");
  return first.split(";").length > first.split(",").length ? ";" : ",";
}
