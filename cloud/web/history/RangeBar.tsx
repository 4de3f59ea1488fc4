import { momentWords } from "../../../contracts/ui/clock-words.ts";
import { type Bounds, RANGE_NAMES, RANGES, type RangeName, type TimeWindow } from "./time-window.ts";
import "./range-bar.css";

/** Which stretch of time is shown, and the way out of a zoom. */
export function RangeBar({
  window,
  bounds,
  nowMs,
  onShow,
  onBack,
  onIntent,
}: {
  readonly window: TimeWindow;
  readonly bounds: Bounds;
  readonly nowMs: number;
  onShow(range: RangeName): void;
  onBack(): void;
  /** Somebody is about to choose it. */
  onIntent?(range: RangeName): void;
}) {
  const isChosen = window.kind === "chosen";
  return (
    <fieldset className="range-bar">
      <legend className="visually-hidden">Time shown</legend>
      {RANGE_NAMES.map((range) => (
        <button
          key={range}
          type="button"
          className="control"
          aria-pressed={window.kind === "live" && window.range === range}
          onPointerEnter={() => onIntent?.(range)}
          onFocus={() => onIntent?.(range)}
          onClick={() => onShow(range)}
        >
          {RANGES[range].words}
        </button>
      ))}
      <span className="range-bounds quiet">
        {momentWords(bounds.fromMs, nowMs)} – {isChosen ? momentWords(bounds.toMs, nowMs) : "now"}
      </span>
      {/* It keeps its place: the bar must not move while somebody zooms. */}
      <button
        type="button"
        className="control"
        aria-disabled={!isChosen}
        onClick={() => {
          if (isChosen) onBack();
        }}
      >
        Back
      </button>
    </fieldset>
  );
}
