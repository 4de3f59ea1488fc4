import { metricOf } from "../../../contracts/metrics/catalogue.ts";
import { Age } from "../../../contracts/ui/Age.tsx";
import { METRIC_WORDS, valueWords } from "../../../contracts/ui/metric-words.ts";
import { trendSummary } from "../charts/trend-words.ts";
import { LimitTrendChart } from "./LimitTrendChart.tsx";
import { CONDITION_WORDS, ISOLATION_WORDS, limitsWords, outsideWords, STATE_WORDS } from "./limit-words.ts";
import { RowMark } from "./RowMark.tsx";
import type { Room, RoomRow, RowState, ShownRoom } from "./room-rows.ts";
import { timeOutside } from "./time-outside.ts";
import type { TrendOfRoom } from "./use-environment.ts";

export type DaysTrends = {
  readonly series: readonly TrendOfRoom[];
  /** Whether those of the room's ward are there. */
  readonly isKnown: boolean;
  readonly hasFailed: boolean;
  readonly fromMs: number;
  readonly toMs: number;
};

const CONDITION_STATES: Readonly<Record<Room["condition"], RowState>> = {
  "within-limits": "within",
  "out-of-limits": "out",
  unknown: "unknown",
};

/** One room: what its gateway says of it as a whole, and a row for everything that is limited or measured in it. */
export function RoomBox({
  shown: { room, rows },
  hospitalName,
  trends,
}: {
  readonly shown: ShownRoom;
  readonly hospitalName: string;
  readonly trends: DaysTrends;
}) {
  const isolation = ISOLATION_WORDS[room.isolation];
  return (
    <section className="room" data-condition={room.condition} aria-label={`${room.name}, ${hospitalName}`}>
      <header className="room-head">
        <h3>
          {room.name}{" "}
          <span className="room-place quiet">
            {hospitalName} · {room.wardName} · {room.bedLabels.length === 1 ? "bed" : "beds"}{" "}
            {room.bedLabels.join(", ")}
          </span>
        </h3>
        {isolation === null ? null : <span className="badge badge-plain">{isolation}</span>}
        {room.limits.length === 0 ? (
          <span className="quiet">No limits are set for this room</span>
        ) : (
          <span className="room-condition">
            <RowMark state={CONDITION_STATES[room.condition]} /> {CONDITION_WORDS[room.condition]}
          </span>
        )}
      </header>
      {rows === null ? (
        <p className="quiet">What its sensors say could not be loaded.</p>
      ) : rows.length === 0 ? (
        <p className="quiet">No sensor is known in this room.</p>
      ) : (
        <ul className="room-rows">
          {rows.map((row) => (
            <li key={`${row.metric} ${row.latest?.deviceId}`} className="room-row" data-row={row.state}>
              <Row row={row} trends={trends} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ row, trends }: { readonly row: RoomRow; readonly trends: DaysTrends }) {
  const { metric, limits, latest, standing, state } = row;
  const { ucum } = metricOf(metric);
  return (
    <>
      <p className="room-name">
        {METRIC_WORDS[metric]}
        <span className="block room-limits quiet">Limits: {limitsWords(limits, ucum)}</span>
      </p>
      <p className="room-state">
        <RowMark state={state} /> {STATE_WORDS[state]}
        {standing?.badWords == null ? null : <span className="room-why quiet">{standing.badWords}</span>}
        {standing?.suspectWords == null ? null : (
          <span className="badge badge-strong">Sensor {standing.suspectWords}</span>
        )}
      </p>
      <div className="room-now">
        {latest === null ? (
          <span className="quiet">no value</span>
        ) : (
          <>
            <span className="room-value">
              {state === "stale" || state === "bad" ? (
                <s>{valueWords(metric, latest.value, latest.unit)}</s>
              ) : (
                valueWords(metric, latest.value, latest.unit)
              )}
            </span>{" "}
            <span className="quiet">
              <Age atMs={Date.parse(latest.observedAt)} />
            </span>
          </>
        )}
      </div>
      <Day row={row} trends={trends} />
    </>
  );
}

function Day({
  row: { metric, limits, latest },
  trends,
}: {
  readonly row: RoomRow;
  readonly trends: DaysTrends;
}) {
  const { series, isKnown, hasFailed, fromMs, toMs } = trends;
  const own = series.find(
    (each) =>
      latest !== null &&
      each.hospitalId === latest.hospitalId &&
      each.deviceId === latest.deviceId &&
      each.roomId === latest.roomId &&
      each.metric === metric,
  );
  if (own === undefined)
    return (
      <p className="room-trend quiet">
        {latest === null
          ? ""
          : isKnown
            ? "No readings in 24 hours"
            : hasFailed
              ? "The trend could not be loaded"
              : ""}
      </p>
    );
  const outside = limits === null ? null : timeOutside(own.columns, limits, own.everyMs);
  return (
    <>
      <div className="room-trend">
        <LimitTrendChart
          columns={own.columns}
          limits={limits}
          fromMs={fromMs}
          toMs={toMs}
          label={trendSummary(METRIC_WORDS[metric], own.unit, [own.columns], fromMs, toMs)}
        />
      </div>
      <p className="room-outside quiet">
        {limits === null
          ? null
          : outside === null || own.everyMs === null
            ? "Time outside cannot be told"
            : `Outside: ${outsideWords(outside, own.everyMs)}`}
      </p>
    </>
  );
}
