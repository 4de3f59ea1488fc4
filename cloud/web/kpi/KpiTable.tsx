import { type Column, FactTable } from "../../../contracts/ui/FactTable.tsx";
import type { KpiFigures } from "../../../contracts/wire/kpi.ts";
import { changeWords, FIGURES, type Figure, figureWords, missingWords, spanWords } from "./figure-words.ts";
import type { KpiRow } from "./kpi-rows.ts";

/** Every figure of every ward, each with its change; what is not known says why, and is never 0. */
export function KpiTable({
  labelledBy,
  rows,
}: {
  readonly labelledBy: string;
  readonly rows: readonly KpiRow[];
}) {
  const columns: [Column<KpiRow>, ...Column<KpiRow>[]] = [
    { name: "Ward", cell: (row) => <Name row={row} /> },
    { name: "Beds", cell: ({ whole }) => String(whole.beds) },
    ...FIGURES.map((figure) => ({
      name: figure.words,
      cell: (row: KpiRow) => <KpiCell figure={figure} row={row} />,
    })),
  ];
  return <FactTable labelledBy={labelledBy} columns={columns} rows={rows} keyOf={({ key }) => key} />;
}

function Name({ row: { name, isSum, hospitalName } }: { readonly row: KpiRow }) {
  if (isSum) return <strong>{name}, all wards</strong>;
  return (
    <>
      {name} <span className="block quiet">{hospitalName}</span>
    </>
  );
}

function KpiCell({ figure, row: { whole, before } }: { readonly figure: Figure; readonly row: KpiRow }) {
  const value = figure.read(whole);
  const change = changeWords(figure, value, before === null ? null : figure.read(before));
  return (
    <>
      {value === null ? (
        <span className="kpi-missing">Not known: {missingWords(figure, whole)}</span>
      ) : (
        <span className="kpi-value">{figureWords(figure, value)}</span>
      )}
      <span className="block quiet">{change ?? (value === null ? "" : "before: not known")}</span>
      <Spread figure={figure} figures={whole} />
    </>
  );
}

/** What a median leaves out. */
function Spread({ figure, figures }: { readonly figure: Figure; readonly figures: KpiFigures }) {
  if (figure.name !== "exit-to-clean" && figure.name !== "cleaning") return null;
  const { finished, p90Ms, open, unseen } =
    figure.name === "cleaning" ? figures.cleaning : figures.exitToClean;
  const words = [
    ...(finished === 0 ? [] : [`of ${finished}`]),
    ...(p90Ms === null ? [] : [`9 in 10 within ${spanWords(p90Ms)}`]),
    ...(open === 0 ? [] : [`${open} not over`]),
    ...(unseen === 0 ? [] : [`${unseen} not seen whole`]),
  ];
  return <span className="block quiet">{words.join(", ")}</span>;
}
