import type { ReactNode } from "react";
import "./fact-table.css";

export type Column<Row> = { readonly name: string; cell(row: Row): ReactNode };

/** Rows of facts, the first cell naming its row. On a phone each row becomes a card that names its own columns. */
export function FactTable<Row>({
  labelledBy,
  columns,
  rows,
  keyOf,
}: {
  /** The id of the heading above it. */
  readonly labelledBy: string;
  readonly columns: readonly [Column<Row>, ...Column<Row>[]];
  readonly rows: readonly Row[];
  keyOf(row: Row): string;
}) {
  const [named, ...others] = columns;
  return (
    <table className="facts" aria-labelledby={labelledBy}>
      <thead>
        <tr>
          {columns.map(({ name }) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            <th scope="row">{named.cell(row)}</th>
            {others.map(({ name, cell }) => (
              <td key={name} data-column={name}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
