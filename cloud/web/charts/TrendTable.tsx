import { momentWords } from "../../../contracts/ui/clock-words.ts";
import { type TrendColumns, valueAt } from "./trend-columns.ts";
import { numberWords } from "./trend-words.ts";

/** The trend in figures, newest first, for whoever reads rather than looks. Scrolls in a box of the chart's height. */
export function TrendTable({
  label,
  columns,
  everyMs,
  heightPx,
  nowMs,
}: {
  readonly label: string;
  readonly columns: TrendColumns;
  readonly everyMs: number | null;
  readonly heightPx: number;
  readonly nowMs: number;
}) {
  const rows = Array.from(columns.atMs, (_, index) => columns.atMs.length - 1 - index);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
    <section className="trend-table" style={{ height: heightPx }} aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col">Lowest</th>
            <th scope="col">Mean</th>
            <th scope="col">Highest</th>
            <th scope="col">Readings</th>
            <th scope="col">Not used</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row}>
              <th scope="row">{momentWords(valueAt(columns.atMs, row) - (everyMs ?? 0) / 2, nowMs)}</th>
              <td>{cellWords(columns.min, row)}</td>
              <td>{cellWords(columns.mean, row)}</td>
              <td>{cellWords(columns.max, row)}</td>
              <td>{valueAt(columns.count, row)}</td>
              <td>{valueAt(columns.bad, row)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function cellWords(column: Float64Array, row: number): string {
  const value = valueAt(column, row);
  return Number.isNaN(value) ? "–" : numberWords(value);
}
