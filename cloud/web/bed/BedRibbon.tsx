import { useMemo, useSyncExternalStore } from "react";
import { useClock } from "../../../contracts/ui/ClockContext.tsx";
import { momentWords } from "../../../contracts/ui/clock-words.ts";
import type { BedView } from "../../../contracts/wire/board.ts";
import { Ribbon } from "../charts/Ribbon.tsx";
import type { TimeCursor } from "../charts/time-cursor.ts";
import { FailureNote } from "../drawer/FailureNote.tsx";
import { momentMs } from "../live/bed-facts.ts";
import { ribbonLanes } from "./ribbon-lanes.ts";
import { useGateway, useIsGatewaySilent } from "./use-bed.ts";
import { useBedEvents } from "./use-bed-events.ts";

/** What is still happening grows by this much at a time. */
const GROWS_EVERY_MS = 10_000;

/** The bed's own story above its trends: who was in it, whether it was ready, whether it was open. */
export function BedRibbon({
  bed,
  fromMs,
  toMs,
  cursor,
}: {
  readonly bed: BedView;
  readonly fromMs: number;
  readonly toMs: number;
  readonly cursor: TimeCursor;
}) {
  const clock = useClock();
  const { data: log, error, refetch } = useBedEvents(bed.bedId, fromMs, bed.liveSeq);
  const nowMs = useSyncExternalStore(
    clock.subscribe,
    () => Math.floor(clock.beatMs() / GROWS_EVERY_MS) * GROWS_EVERY_MS,
  );
  const { axes } = bed;
  const heardAtMs = momentMs(useGateway(bed)?.lastHeardAt ?? null);
  const silentSinceMs = useIsGatewaySilent(bed) ? heardAtMs : null;
  const lanes = useMemo(
    () => (log === undefined ? null : ribbonLanes({ log, axes, fromMs, toMs, nowMs, silentSinceMs })),
    [log, axes, fromMs, toMs, nowMs, silentSinceMs],
  );
  const oldest = log?.entries.at(-1);
  const isCut =
    log !== undefined &&
    log.olderCursor !== null &&
    oldest !== undefined &&
    Date.parse(oldest.observedAt) > fromMs;
  return (
    <div className="bed-ribbon">
      {error === null ? null : <FailureNote error={error} retry={refetch} />}
      {lanes === null ? (
        <div className="ribbon-waits" aria-busy="true" />
      ) : (
        <Ribbon label="The bed over time" lanes={lanes} fromMs={fromMs} toMs={toMs} cursor={cursor} />
      )}
      {isCut ? (
        <p className="quiet">
          More happened than is shown: the bed’s events are loaded back to{" "}
          {momentWords(Date.parse(oldest.observedAt), nowMs)}.
        </p>
      ) : null}
    </div>
  );
}
