import { freshnessOf } from "../../../contracts/bed/freshness.ts";
import { Age } from "../../../contracts/ui/Age.tsx";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { BAD_REASON_WORDS, METRIC_WORDS, valueWords } from "../../../contracts/ui/metric-words.ts";
import type { BedView, LatestValue } from "../../../contracts/wire/board.ts";
import { FailureNote } from "./FailureNote.tsx";
import { useLatestValues } from "./use-bed-queries.ts";

/** What each source said last. A bad value is marked and a stale one struck through; neither stands alone. */
export function LatestValues({ bed }: { readonly bed: BedView }) {
  const { data, error, refetch } = useLatestValues(bed.bedId);
  return (
    <section>
      <h3 id="latest-title">Latest values</h3>
      {error === null ? null : <FailureNote error={error} retry={refetch} />}
      {data?.latest.length === 0 ? <p className="quiet">No values that you may see.</p> : null}
      <ul className="rows values" aria-labelledby="latest-title">
        {data?.latest.map((latest) => (
          <Value key={`${latest.deviceId} ${latest.metric}`} latest={latest} bed={bed} />
        ))}
      </ul>
    </section>
  );
}

function Value({ latest, bed }: { readonly latest: LatestValue; readonly bed: BedView }) {
  const atMs = Date.parse(latest.observedAt);
  const isStale = useIsStale(bed, latest, atMs);
  const words = valueWords(latest.metric, latest.value, latest.unit);
  return (
    <li>
      <span>{METRIC_WORDS[latest.metric]}</span>
      <span className="value">
        {isStale ? <s>{words}</s> : words}
        {isStale ? <span className="badge badge-plain">Stale</span> : null}
        {latest.quality === "bad" ? <BadMark reason={latest.badReason} /> : null}
      </span>
      <span className="quiet">
        {latest.deviceId} · <Age atMs={atMs} />
      </span>
    </li>
  );
}

function useIsStale(bed: BedView, { deviceId }: LatestValue, atMs: number): boolean {
  const nowMs = useBeatMs();
  const source = bed.sources.find((known) => known.deviceId === deviceId);
  return source !== undefined && freshnessOf(nowMs - atMs, source.expectedIntervalMs) === "stale";
}

function BadMark({ reason }: { readonly reason: string | null }) {
  return (
    <span className="badge badge-strong">Not used: {BAD_REASON_WORDS[reason ?? ""] ?? reason ?? "bad"}</span>
  );
}
