import { type ReactNode, useId, useState, useSyncExternalStore } from "react";
import { useClock } from "../../../contracts/ui/ClockContext.tsx";
import { unitWords } from "../../../contracts/ui/metric-words.ts";
import type { Limit } from "./draw-trend.ts";
import { TrendLegend } from "./TrendLegend.tsx";
import { TrendPlot } from "./TrendPlot.tsx";
import { TrendTable } from "./TrendTable.tsx";
import type { TimeCursor } from "./time-cursor.ts";
import { nearestPoint, type TrendColumns } from "./trend-columns.ts";
import { readingWords, trendSummary } from "./trend-words.ts";

export type TrendSeries = {
  /** Told apart by it where a chart has several: a device, a room. */
  readonly name: string;
  /** The same object as long as nothing in it changed; made by `trendColumns`. */
  readonly columns: TrendColumns;
};

export type TrendChartProps = {
  readonly title: string;
  /** UCUM; null: booleans. */
  readonly unit: string | null;
  /** Drawn in this order, told apart by dashes; up to four. */
  readonly series: readonly TrendSeries[];
  /** Horizontal lines that the values are to be seen against. */
  readonly limits?: readonly Limit[];
  /** The time axis; `toMs` exclusive. All charts that share a `cursor` share it, too. */
  readonly fromMs: number;
  readonly toMs: number;
  /** As the answer has it; null: single readings. */
  readonly everyMs: number | null;
  /** The upright axis spans at least this much of `unit`. */
  readonly spanMin?: number;
  readonly heightPx?: number;
  /** One for all charts and ribbons of an axis: `createTimeCursor()`, kept in a state. */
  readonly cursor: TimeCursor;
  /** Dragging chooses a stretch of time; left out: it does not. */
  readonly onZoom?: (fromMs: number, toMs: number) => void;
  /** Stands in the chart's place where no series has a point: says what would appear and from where. */
  readonly empty: ReactNode;
};

export const TREND_HEIGHT_PX = 168;
const NO_LIMITS: readonly Limit[] = [];

/** One quantity over time: band and mean, gaps, what was not used, the reading under the pointer, and all of it as a table. */
export function TrendChart(props: TrendChartProps) {
  const { title, unit, series, everyMs, fromMs, toMs, heightPx = TREND_HEIGHT_PX } = props;
  const [isTable, setTable] = useState(false);
  const clock = useClock();
  const headingId = useId();
  const columns = useStable(series.map((each) => each.columns));
  const isEmpty = columns.every(({ atMs }) => atMs.length === 0);
  const summary = trendSummary(title, unit, columns, fromMs, toMs);
  return (
    <section className="trend" aria-labelledby={headingId}>
      <header className="trend-head">
        <h3 id={headingId}>
          {title} {unit === null ? null : <span className="quiet">{unitWords(unit)}</span>}
        </h3>
        <Readout {...props} />
        <button
          type="button"
          className="trend-table-button"
          aria-pressed={isTable}
          onClick={() => setTable(!isTable)}
        >
          {isTable ? "As a chart" : "As a table"}
        </button>
      </header>
      {isEmpty ? (
        <div className="trend-empty quiet" style={{ height: heightPx }}>
          {props.empty}
        </div>
      ) : isTable ? (
        series.map(({ name, columns: of }) => (
          <TrendTable
            key={name}
            label={series.length > 1 ? `${title}, ${name}` : title}
            columns={of}
            everyMs={everyMs}
            heightPx={heightPx / series.length}
            nowMs={clock.beatMs()}
          />
        ))
      ) : (
        <TrendPlot
          label={summary}
          series={columns}
          limits={props.limits ?? NO_LIMITS}
          fromMs={fromMs}
          toMs={toMs}
          spanMin={props.spanMin ?? 0}
          heightPx={heightPx}
          cursor={props.cursor}
          onZoom={props.onZoom ?? null}
        />
      )}
      <TrendLegend series={series} />
    </section>
  );
}

/** A new array only where one of its members is new: what is drawn depends on the members alone. */
function useStable<T>(items: readonly T[]): readonly T[] {
  const [kept, setKept] = useState(items);
  const isSame = kept.length === items.length && kept.every((item, index) => item === items[index]);
  if (isSame) return kept;
  setKept(items);
  return items;
}

/** What was measured where the pointer is, and nothing while it is nowhere: the newest value stands in the tiles. */
function Readout({ series, unit, everyMs, fromMs, toMs, cursor }: TrendChartProps) {
  const clock = useClock();
  const ms = useSyncExternalStore(cursor.subscribe, cursor.get);
  if (ms === null) return <p className="trend-reading quiet" />;
  // A pointer that is as near to a point as a finger is wide means that point.
  const withinMs = Math.max(everyMs ?? 0, (toMs - fromMs) / 100);
  const words = series.map(({ name, columns }) => {
    const index = nearestPoint(columns, ms, withinMs);
    const what = index < 0 ? "no reading" : readingWords(columns, index, unit, everyMs, clock.beatMs());
    return series.length > 1 ? `${name}: ${what}` : what;
  });
  return <p className="trend-reading">{words.join(" · ")}</p>;
}
