import { FactTable } from "../../../contracts/ui/FactTable.tsx";
import type { KpiPeriod } from "../../../contracts/wire/kpi.ts";
import { BARS_HEIGHT, BARS_WIDTH, barsOf, topOf } from "./bars.ts";
import { type Figure, figureWords, missingWords } from "./figure-words.ts";
import type { KpiRow } from "./kpi-rows.ts";

type DayRow = { readonly period: KpiPeriod; readonly place: number };

/** One figure day by day, a box of bars for each ward, all on one scale. */
export function KpiBars({
  figure,
  rows,
  periods,
}: {
  readonly figure: Figure;
  readonly rows: readonly KpiRow[];
  readonly periods: readonly KpiPeriod[];
}) {
  const top = topOf(figure, rows);
  return (
    <>
      <ul className="kpi-bars">
        {rows.map((row) => (
          <li key={row.key} className="kpi-bar-row">
            <p>
              {row.isSum ? <strong>{row.name}</strong> : row.name}{" "}
              <span className="quiet">{row.isSum ? "all wards" : row.hospitalName}</span>
            </p>
            <Bars figure={figure} row={row} periods={periods} top={top} />
          </li>
        ))}
      </ul>
      <p className="quiet">
        {dayWords(periods.at(0))} to {dayWords(periods.at(-1))}. The full height is {figureWords(figure, top)}
        ; a dashed box is a day of which it is not known.
      </p>
      <details>
        <summary>As a table</summary>
        <h4 id="kpi-days-title" className="visually-hidden">
          {figure.words} by day
        </h4>
        <FactTable
          labelledBy="kpi-days-title"
          rows={periods.map((period, place) => ({ period, place }))}
          keyOf={({ period }) => period.from}
          columns={[
            { name: "Day", cell: ({ period }) => dayWords(period) },
            ...rows.map((row) => ({
              name: row.isSum ? `${row.name}, all wards` : `${row.name}, ${row.hospitalName}`,
              cell: ({ place }: DayRow) => dayValue(figure, row, place),
            })),
          ]}
        />
      </details>
    </>
  );
}

function Bars({
  figure,
  row,
  periods,
  top,
}: {
  readonly figure: Figure;
  readonly row: KpiRow;
  readonly periods: readonly KpiPeriod[];
  readonly top: number;
}) {
  const label = periods
    .map((period, place) => `${dayWords(period)}: ${dayValue(figure, row, place)}`)
    .join("; ");
  return (
    <svg
      className="kpi-bars-box"
      viewBox={`0 0 ${BARS_WIDTH} ${BARS_HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${figure.words}, ${row.name}. ${label}`}
    >
      <path className="kpi-bars-foot" d={`M0 ${BARS_HEIGHT}H${BARS_WIDTH}`} />
      {barsOf(figure, row.periods, top).map(({ x, width, height }) =>
        height === null ? (
          <rect key={x} className="kpi-bar-unknown" x={x} width={width} y={2} height={BARS_HEIGHT - 4} />
        ) : (
          <rect key={x} className="kpi-bar" x={x} width={width} y={BARS_HEIGHT - height} height={height} />
        ),
      )}
    </svg>
  );
}

function dayValue(figure: Figure, { periods }: KpiRow, place: number): string {
  const figures = periods[place];
  if (figures === undefined) return "not known";
  const value = figure.read(figures);
  return value === null ? `not known, ${missingWords(figure, figures)}` : figureWords(figure, value);
}

const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });

const dayWords = (period: KpiPeriod | undefined) =>
  period === undefined ? "" : day.format(Date.parse(period.from));
