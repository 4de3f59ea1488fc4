import { type CSSProperties, useRef, useSyncExternalStore } from "react";
import { PLOT_LEFT_PX, PLOT_RIGHT_PX } from "./TrendPlot.tsx";
import type { TimeCursor } from "./time-cursor.ts";
import "./ribbon.css";

export type RibbonSegment = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly words: string;
  /** Told apart by pattern, so that no colour has to be: see ribbon.css. */
  readonly pattern: "filled" | "hollow" | "hatched" | "barred" | "dotted" | "unknown" | "mixed";
};
export type RibbonLane = { readonly name: string; readonly segments: readonly RibbonSegment[] };

/** A word is written where at least this part of the axis has room for it. */
const WORDS_PART_MIN = 0.05;

/** What something was over time, on the time axis of the charts below it; each lane says in words what the pointer is at. */
export function Ribbon({
  label,
  lanes,
  fromMs,
  toMs,
  cursor,
}: {
  readonly label: string;
  readonly lanes: readonly RibbonLane[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly cursor: TimeCursor;
}) {
  const place = useRef<HTMLElement>(null);
  const partOf = (ms: number) => (ms - fromMs) / (toMs - fromMs);
  const point = (clientX: number) => {
    const box = place.current?.getBoundingClientRect();
    if (box === undefined) return;
    const width = box.width - PLOT_LEFT_PX - PLOT_RIGHT_PX;
    const part = (clientX - box.left - PLOT_LEFT_PX) / width;
    cursor.set(part < 0 || part > 1 ? null : fromMs + part * (toMs - fromMs));
  };
  return (
    <section
      ref={place}
      className="ribbon"
      aria-label={label}
      onPointerMove={({ clientX }) => point(clientX)}
      onPointerLeave={() => cursor.set(null)}
    >
      {lanes.map((lane) => (
        <Lane key={lane.name} lane={lane} fromMs={fromMs} toMs={toMs} cursor={cursor} partOf={partOf} />
      ))}
      <CursorLine cursor={cursor} partOf={partOf} />
    </section>
  );
}

function Lane({
  lane: { name, segments },
  fromMs,
  toMs,
  cursor,
  partOf,
}: {
  readonly lane: RibbonLane;
  readonly fromMs: number;
  readonly toMs: number;
  readonly cursor: TimeCursor;
  partOf(ms: number): number;
}) {
  return (
    <div className="ribbon-lane">
      <p className="ribbon-name">
        {name}{" "}
        <span className="ribbon-now">
          <WordsAt segments={segments} cursor={cursor} />
        </span>
      </p>
      <div className="ribbon-track">
        {segments.map((segment) => {
          const start = partOf(Math.max(segment.fromMs, fromMs));
          const part = partOf(Math.min(segment.toMs, toMs)) - start;
          return (
            <span
              key={segment.fromMs}
              className="ribbon-segment"
              data-pattern={segment.pattern}
              title={segment.words}
              style={{ left: percent(start), width: percent(part) }}
            >
              {part < WORDS_PART_MIN ? null : <span className="ribbon-words">{segment.words}</span>}
            </span>
          );
        })}
      </div>
    </div>
  );
}

const percent = (part: number) => `${(part * 100).toFixed(3)}%`;

function WordsAt({
  segments,
  cursor,
}: {
  readonly segments: readonly RibbonSegment[];
  readonly cursor: TimeCursor;
}) {
  const words = useSyncExternalStore(cursor.subscribe, () => {
    const ms = cursor.get();
    if (ms === null) return "";
    return segments.find((segment) => segment.fromMs <= ms && ms < segment.toMs)?.words ?? "";
  });
  return words;
}

function CursorLine({ cursor, partOf }: { readonly cursor: TimeCursor; partOf(ms: number): number }) {
  const ms = useSyncExternalStore(cursor.subscribe, cursor.get);
  if (ms === null) return null;
  const style: CSSProperties = { left: percent(partOf(ms)) };
  return (
    <span className="ribbon-cursor-track" aria-hidden="true">
      <span className="ribbon-cursor" style={style} />
    </span>
  );
}
