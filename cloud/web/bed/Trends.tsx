import { useQueryClient } from "@tanstack/react-query";
import { memo, useCallback, useMemo, useState } from "react";
import { useClock } from "../../../contracts/ui/ClockContext.tsx";
import type { BedView } from "../../../contracts/wire/board.ts";
import type { LatestSeriesValue } from "../../../contracts/wire/history.ts";
import { TrendChart } from "../charts/TrendChart.tsx";
import { createTimeCursor, type TimeCursor } from "../charts/time-cursor.ts";
import { pointWords } from "../charts/trend-words.ts";
import { FailureNote } from "../drawer/FailureNote.tsx";
import { SeriesExport } from "../exports/SeriesExport.tsx";
import { RangeBar } from "../history/RangeBar.tsx";
import type { SeriesRange, SeriesWish } from "../history/read-series.ts";
import { type Bounds, boundsOf, type RangeName } from "../history/time-window.ts";
import { prefetchSeries, useSeries } from "../history/use-history-queries.ts";
import { useTimeWindow } from "../history/use-time-window.ts";
import { BedRibbon } from "./BedRibbon.tsx";
import { markTrendClick, useTrendMark } from "./trend-marks.ts";
import { drawnMetrics, plannedTrends } from "./trend-plan.ts";
import { useLastGood } from "./use-last-good.ts";

/** About one for each two pixels of a chart on a desk; more would not be seen. */
const POINTS = 600;

/** Everything that was measured at the bed and what it was, on one time axis. */
export function Trends({
  bed,
  latest,
}: {
  readonly bed: BedView;
  readonly latest: readonly LatestSeriesValue[];
}) {
  const clock = useClock();
  const queries = useQueryClient();
  const { window, bounds, show, zoom, goBack } = useTimeWindow();
  const [cursor] = useState(createTimeCursor);
  const metricNames = drawnMetrics(latest).join();
  const wishOf = useCallback(
    ({ fromMs, toMs }: Bounds): SeriesWish => ({
      place: { bed: bed.bedId },
      metrics: drawnMetrics(latest),
      fromMs,
      toMs,
      points: POINTS,
    }),
    [bed.bedId, latest],
  );
  const { data, error, refetch, isPlaceholderData } = useSeries(wishOf(bounds), latest);
  const shown = useLastGood(data);
  const axis = shown ?? bounds;
  useTrendMark(isPlaceholderData ? undefined : data);
  return (
    <section className="trends" aria-labelledby="trends-title">
      <div className="trends-head">
        <h3 id="trends-title">Over time</h3>
        <RangeBar
          window={window}
          bounds={bounds}
          nowMs={clock.beatMs()}
          onShow={(range) => {
            markTrendClick(range);
            show(range);
          }}
          onBack={goBack}
          onIntent={(range: RangeName) =>
            prefetchSeries(queries, wishOf(boundsOf({ kind: "live", range }, clock.beatMs())), latest)
          }
        />
        <p className="quiet trends-points">
          {shown === undefined ? "" : pointWords(shown.everyMs)}{" "}
          <span className="trends-hint">Drag over a chart to look closer.</span>
        </p>
      </div>
      {error === null ? null : (
        <>
          <FailureNote error={error} retry={refetch} />
          {shown === undefined ? null : (
            <p>What is below is what was loaded before: look at its time axis.</p>
          )}
        </>
      )}
      <BedRibbon bed={bed} fromMs={axis.fromMs} toMs={axis.toMs} cursor={cursor} />
      {metricNames === "" ? (
        <p className="trend-empty quiet">
          No trends yet. They appear here by themselves as soon as a device at this bed has reported something
          that you may read.
        </p>
      ) : shown === undefined ? (
        error === null ? (
          <TrendsSkeleton />
        ) : null
      ) : (
        <TrendList metricNames={metricNames} shown={shown} cursor={cursor} onZoom={zoom} />
      )}
      <SeriesExport
        selection={{ bed: bed.bedId }}
        fromMs={axis.fromMs}
        toMs={axis.toMs}
        nowMs={clock.beatMs()}
      />
    </section>
  );
}

/** Drawn again only for new data: the page around it ticks every second. */
const TrendList = memo(function TrendList({
  metricNames,
  shown,
  cursor,
  onZoom,
}: {
  readonly metricNames: string;
  readonly shown: SeriesRange;
  readonly cursor: TimeCursor;
  onZoom(fromMs: number, toMs: number): void;
}) {
  const trends = useMemo(() => plannedTrends(metricNames.split(","), shown.series), [metricNames, shown]);
  return (
    <div className="trend-list">
      {trends.map(({ title, unit, spanMin, series }) => (
        <TrendChart
          key={title}
          title={title}
          unit={unit}
          spanMin={spanMin}
          series={series}
          fromMs={shown.fromMs}
          toMs={shown.toMs}
          everyMs={shown.everyMs}
          cursor={cursor}
          onZoom={onZoom}
          empty={<p>Nothing was measured in this time. Choose a longer one, or look at the age above.</p>}
        />
      ))}
    </div>
  );
});

const SKELETON = ["one", "two", "three"];

function TrendsSkeleton() {
  return (
    <div className="trend-list" aria-busy="true">
      {SKELETON.map((place) => (
        <div key={place} className="trend-waits" />
      ))}
    </div>
  );
}
