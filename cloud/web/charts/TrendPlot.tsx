import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import "./trend.css";
import { type Brush, drawLimit, drawTrend, type Limit } from "./draw-trend.ts";
import { timeLabels } from "./time-axis.ts";
import type { TimeCursor } from "./time-cursor.ts";
import type { TrendColumns } from "./trend-columns.ts";
import { type ValueRange, valueRange } from "./value-range.ts";

/** Ribbons above or below a chart stand on the same axis by leaving these at their sides. */
export const PLOT_LEFT_PX = 56;
export const PLOT_RIGHT_PX = 20;
const TIME_AXIS_PX = 26;
/** A drag shorter than this was a click with an unsteady hand. */
const DRAG_PX_MIN = 8;

export type PlotProps = {
  /** What a screen reader says of it; the values themselves stand in the table beside it. */
  readonly label: string;
  readonly series: readonly TrendColumns[];
  readonly limits: readonly Limit[];
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  readonly spanMin: number;
  readonly heightPx: number;
  readonly cursor: TimeCursor;
  /** A stretch was chosen by dragging; null: choosing one does nothing. */
  readonly onZoom: ((fromMs: number, toMs: number) => void) | null;
};

/** The canvas of a trend. uPlot keeps the axes, the pointer and the pixels; what is measured is drawn by draw-trend.ts. */
export function TrendPlot(props: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const shown = useRef(props);
  shown.current = props;

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const made = makePlot(element, () => shown.current);
    plot.current = made;
    const stop = [keepWidth(element, made), keepColours(made), keepCursor(made, () => shown.current)];
    return () => {
      for (const end of stop) end();
      made.destroy();
      plot.current = null;
    };
  }, []);

  const { series, limits, fromMs, toMs, spanMin, heightPx } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn anew by what is read through `shown`
  useEffect(() => {
    plot.current?.setData(emptyData(fromMs, toMs));
  }, [series, limits, fromMs, toMs, spanMin]);

  return (
    <div
      ref={place}
      className="trend-plot"
      role="img"
      aria-label={props.label}
      style={{ height: heightPx }}
    />
  );
}

/** uPlot scales its axes by the data that it has; all that it must know is where they begin and end. */
function emptyData(fromMs: number, toMs: number): uPlot.AlignedData {
  return [
    [fromMs / 1_000, toMs / 1_000],
    [null, null],
  ];
}

function makePlot(element: HTMLElement, read: () => PlotProps): uPlot {
  const { fromMs, toMs, heightPx } = read();
  const axis = {
    stroke: () => colourOf(element, "label"),
    font: "12px system-ui, sans-serif",
    grid: { stroke: () => colourOf(element, "grid"), width: 1 },
    ticks: { show: false },
  };
  return new uPlot(
    {
      width: Math.max(element.clientWidth, 1),
      height: heightPx,
      padding: [8, PLOT_RIGHT_PX, 0, 0],
      legend: { show: false },
      scales: {
        x: { time: true, range: () => [read().fromMs / 1_000, read().toMs / 1_000] },
        y: { range: () => [...rangeOf(read())] as [number, number] },
      },
      series: [{}, { show: true, paths: () => null, points: { show: false } }],
      axes: [
        {
          ...axis,
          size: TIME_AXIS_PX,
          gap: 4,
          values: (_, splits, __, ___, everyS) => timeLabels(splits, everyS),
        },
        {
          ...axis,
          size: PLOT_LEFT_PX,
          gap: 6,
          space: 28,
          // Where nothing good was measured there is no scale either.
          values: (_, splits) =>
            splits.map((value) => (hasScale(read()) ? String(Number(value.toFixed(3))) : "")),
        },
      ],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: read().onZoom !== null, y: false, setScale: false, dist: DRAG_PX_MIN },
      },
      hooks: {
        draw: [(made) => draw(made, element, read())],
        setCursor: [({ cursor: { left }, posToVal }) => read().cursor.set(momentAt(left, posToVal))],
        setSelect: [(made) => choose(made, read())],
      },
    },
    emptyData(fromMs, toMs),
    element,
  );
}

function momentAt(left: number | undefined, posToVal: uPlot["posToVal"]): number | null {
  return left === undefined || left < 0 ? null : posToVal(left, "x") * 1_000;
}

function hasScale({ series, limits }: PlotProps): boolean {
  return limits.length > 0 || series.some(({ extent }) => extent !== null);
}

function rangeOf({ series, limits, spanMin }: PlotProps): ValueRange {
  const measured = series.flatMap(({ extent }) => (extent === null ? [] : [extent.low, extent.high]));
  return valueRange([...measured, ...limits.map(({ value }) => value)], spanMin);
}

function choose(made: uPlot, { onZoom }: PlotProps): void {
  const { left, width } = made.select;
  if (width < DRAG_PX_MIN) return;
  made.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onZoom?.(made.posToVal(left, "x") * 1_000, made.posToVal(left + width, "x") * 1_000);
}

function draw(made: uPlot, element: HTMLElement, { series, limits }: PlotProps): void {
  const { ctx, bbox } = made;
  const brush: Brush = {
    context: ctx,
    scale: devicePixelRatio,
    xOf: (ms) => made.valToPos(ms / 1_000, "x", true),
    yOf: (value) => made.valToPos(value, "y", true),
    left: bbox.left,
    right: bbox.left + bbox.width,
    bottom: bbox.top + bbox.height,
    line: colourOf(element, "line"),
    mark: colourOf(element, "mark"),
  };
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const limit of limits) drawLimit(brush, limit);
  series.forEach((columns, nth) => {
    drawTrend(brush, columns, nth);
  });
  ctx.restore();
}

/** A colour as a canvas takes it. Registered as colours in trend.css, they come resolved for the theme in force. */
function colourOf(element: HTMLElement, name: "line" | "mark" | "grid" | "label"): string {
  return getComputedStyle(element).getPropertyValue(`--trend-${name}`);
}

function keepWidth(element: HTMLElement, made: uPlot): () => void {
  const observer = new ResizeObserver(() => {
    if (element.clientWidth > 0 && element.clientWidth !== made.width)
      made.setSize({ width: element.clientWidth, height: made.height });
  });
  observer.observe(element);
  return () => observer.disconnect();
}

/** A canvas does not follow the theme by itself. */
function keepColours(made: uPlot): () => void {
  const redraw = () => made.redraw(false);
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = new MutationObserver(redraw);
  system.addEventListener("change", redraw);
  chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  return () => {
    system.removeEventListener("change", redraw);
    chosen.disconnect();
  };
}

/** Where the pointer is over another chart of the same axis, this one has its line too. */
function keepCursor(made: uPlot, read: () => PlotProps): () => void {
  const { cursor } = read();
  return cursor.subscribe(() => {
    const ms = cursor.get();
    const left = ms === null ? -10 : made.valToPos(ms / 1_000, "x");
    if (left !== made.cursor.left) made.setCursor({ left, top: 0 }, false);
  });
}
