import { type Column, FactTable } from "../../../contracts/ui/FactTable.tsx";
import type { DataHealth } from "../../../contracts/wire/data-health.ts";
import { type Cell, type MatrixRow, matrixOf } from "./matrix.ts";

export function MatrixSection({ health }: { readonly health: DataHealth }) {
  const columns: [Column<MatrixRow>, ...Column<MatrixRow>[]] = [
    { name: "Source", cell: ({ name }) => name },
    ...health.hospitals.map(({ hospitalId, name }) => ({
      name,
      cell: ({ cells }: MatrixRow) => <MatrixCell cell={cells.get(hospitalId)} />,
    })),
  ];
  return (
    <section className="health-section" aria-labelledby="matrix-title">
      <h3 id="matrix-title">Sources by hospital</h3>
      <div className="health-wide">
        <FactTable
          labelledBy="matrix-title"
          columns={columns}
          rows={matrixOf(health)}
          keyOf={({ name }) => name}
        />
      </div>
    </section>
  );
}

function MatrixCell({ cell }: { readonly cell: Cell | undefined }) {
  if (cell === undefined) return <span className="quiet">not known</span>;
  return (
    <span className="health-cell">
      {cell.words === "None" ? <span className="quiet">none</span> : cell.words}
      {cell.troubles.map((words) => (
        <span key={words} className="badge badge-plain">
          {words}
        </span>
      ))}
    </span>
  );
}
