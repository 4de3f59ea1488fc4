/** Rows on their way into a file, whatever its format. */

/** time: milliseconds since 1970 · integer: a whole number below 2^53 */
export type ColumnType = "text" | "time" | "integer" | "number";
/** A column of numbers has its unit in its name. */
export type Column = { readonly name: string; readonly type: ColumnType };
export type Cell = string | number | null;
export type Row = readonly Cell[];

export type TableWriter = {
  /** A page of them; a row has a cell for each column. */
  write(rows: readonly Row[]): Promise<void>;
  /** Once, after the last page. */
  finish(): Promise<void>;
};

export type Sink = (chunk: Uint8Array | string) => Promise<void>;
