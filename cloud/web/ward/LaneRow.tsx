import { memo, useSyncExternalStore } from "react";
import { isGatewaySilent } from "../../../contracts/bed/freshness.ts";
import { Age } from "../../../contracts/ui/Age.tsx";
import { useClock } from "../../../contracts/ui/ClockContext.tsx";
import { valueWords } from "../../../contracts/ui/metric-words.ts";
import type { LatestSeriesValue } from "../../../contracts/wire/history.ts";
import { useBoardParts } from "../board/BoardContext.tsx";
import { Sparkline } from "../charts/Sparkline.tsx";
import type { TrendColumns } from "../charts/trend-columns.ts";
import { trendSummary } from "../charts/trend-words.ts";
import { type Standing, standingOf } from "../history/standing.ts";
import { momentMs } from "../live/bed-facts.ts";
import type { WardFigures } from "./use-ward-figures.ts";
import type { WardLane } from "./ward-lanes.ts";

/** One small trend with its newest value. Renders when the answer changes or the value's standing does; its age ticks by itself. */
export const LaneRow = memo(function LaneRow({
  lane,
  value,
  columns,
  fromMs,
  toMs,
}: {
  readonly lane: WardLane;
  readonly value: ReturnType<WardFigures["valueOf"]>;
  /** Null: not there yet, or nothing was measured. */
  readonly columns: TrendColumns | null;
  readonly fromMs: number;
  readonly toMs: number;
}) {
  const unit = value === null || typeof value === "string" ? null : value.unit;
  return (
    <div className="lane">
      <span className="lane-name">{lane.name}</span>
      <span className="lane-trend">
        {columns === null ? null : (
          <Sparkline
            columns={columns}
            fromMs={fromMs}
            toMs={toMs}
            spanMin={lane.spanMin}
            label={trendSummary(lane.name, unit, [columns], fromMs, toMs)}
          />
        )}
      </span>
      {value === null || typeof value === "string" ? (
        <span className="lane-none quiet">{NONE_WORDS[value ?? "none"]}</span>
      ) : (
        <Newest value={value} />
      )}
    </div>
  );
});

/** Nothing is said of a bed before there is an answer. */
const NONE_WORDS = { none: "no sensor", waiting: "", failed: "not known" } as const;

function Newest({ value }: { readonly value: LatestSeriesValue }) {
  const { freshness, badWords, suspectWords } = useStanding(value);
  const words = valueWords(value.metric, value.value, value.unit);
  const isStale = freshness === "stale";
  const isUsed = !isStale && badWords === null && value.value !== null;
  const doubt = isStale ? "Stale" : badWords !== null ? `Not used: ${badWords}` : suspectWords;
  return (
    <>
      <span className={isUsed ? "lane-value" : "lane-value lane-doubtful"}>
        {!isUsed && value.value !== null ? <s>{words}</s> : words}
      </span>
      <span className="lane-age quiet">
        {doubt === null ? null : <strong className="lane-doubt">{doubt} </strong>}
        {freshness === "late" ? "Late, " : null}
        <Age atMs={Date.parse(value.observedAt)} />
      </span>
    </>
  );
}

/** As of the last beat, but the same object as long as its words are. */
function useStanding(value: LatestSeriesValue): Standing {
  const clock = useClock();
  const { store } = useBoardParts();
  const read = (): Standing => {
    const bed = value.bedId === null ? undefined : store.bedView(value.bedId);
    const heardAt = bed === undefined ? null : (store.gatewayOf(bed)?.lastHeardAt ?? null);
    const nowMs = clock.beatMs();
    return standingOf(value, {
      nowMs,
      isGatewaySilent: isGatewaySilent(momentMs(heardAt), nowMs),
      findings: bed?.findings ?? [],
    });
  };
  useSyncExternalStore(clock.subscribe, () => {
    const { freshness, badWords, suspectWords } = read();
    return `${freshness} ${badWords} ${suspectWords}`;
  });
  return read();
}
