import { Age } from "../../../contracts/ui/Age.tsx";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { METRIC_WORDS, valueWords } from "../../../contracts/ui/metric-words.ts";
import type { BedView } from "../../../contracts/wire/board.ts";
import type { LatestSeriesValue } from "../../../contracts/wire/history.ts";
import { type StandingFacts, standingOf } from "../history/standing.ts";
import { useIsGatewaySilent } from "./use-bed.ts";
import { type VitalTile, vitalTiles } from "./vital-tiles.ts";

/** What is measured at the bed now. A value never stands alone: its age is with it, and why it may not be relied on. */
export function VitalTiles({
  bed,
  latest,
  readsVitals,
}: {
  readonly bed: BedView;
  readonly latest: readonly LatestSeriesValue[];
  readonly readsVitals: boolean;
}) {
  const nowMs = useBeatMs();
  const facts: StandingFacts = {
    nowMs,
    isGatewaySilent: useIsGatewaySilent(bed),
    findings: bed.findings,
  };
  return (
    <ul className="vital-tiles">
      {vitalTiles(latest, readsVitals).map((tile) => (
        <li key={`${tile.metric} ${tile.latest?.deviceId}`} className="vital-tile" data-metric={tile.metric}>
          <Tile tile={tile} facts={facts} />
        </li>
      ))}
    </ul>
  );
}

function Tile({
  tile: { metric, latest },
  facts,
}: {
  readonly tile: VitalTile;
  readonly facts: StandingFacts;
}) {
  return (
    <>
      <p className="vital-name">{METRIC_WORDS[metric]}</p>
      {latest === null ? <NoDevice /> : <Measured latest={latest} facts={facts} />}
    </>
  );
}

function NoDevice() {
  return (
    <>
      <p className="vital-value vital-none">no value</p>
      <p className="quiet">No device at this bed measures it.</p>
    </>
  );
}

function Measured({ latest, facts }: { readonly latest: LatestSeriesValue; readonly facts: StandingFacts }) {
  const { freshness, badWords, suspectWords } = standingOf(latest, facts);
  const words = valueWords(latest.metric, latest.value, latest.unit);
  const isStale = freshness === "stale";
  const isDoubtful = isStale || badWords !== null || latest.value === null;
  return (
    <>
      <p className={isDoubtful ? "vital-value vital-doubtful" : "vital-value"}>
        {latest.value !== null && (isStale || badWords !== null) ? <s>{words}</s> : words}
      </p>
      <p className="vital-marks">
        {isStale ? <span className="badge badge-strong">Stale</span> : null}
        {freshness === "late" ? <span className="badge badge-plain">Late</span> : null}
        {badWords === null ? null : <span className="badge badge-strong">Not used: {badWords}</span>}
        {suspectWords === null ? null : <span className="badge badge-strong">Sensor {suspectWords}</span>}
        <span className={isStale ? "vital-age" : "quiet"}>
          <Age atMs={Date.parse(latest.observedAt)} />
        </span>
      </p>
      <p className="vital-device quiet">{latest.deviceId}</p>
    </>
  );
}
