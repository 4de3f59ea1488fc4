import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { exactMomentWords } from "../../../contracts/ui/clock-words.ts";
import type { TimelineEntry } from "../../../contracts/wire/board.ts";
import type { BedId } from "../../../contracts/wire/ids.ts";
import { byWords } from "./by-words.ts";
import { evidenceWords } from "./EvidenceList.tsx";
import { FailureNote } from "./FailureNote.tsx";
import { timelineWords } from "./timeline-words.ts";
import { useTimeline } from "./use-bed-queries.ts";

export function Timeline({ bedId, liveSeq }: { readonly bedId: BedId; readonly liveSeq: number }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useTimeline(
    bedId,
    liveSeq,
  );
  const entries = data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <section>
      <h3 id="timeline-title">Timeline</h3>
      {error === null ? null : <FailureNote error={error} retry={refetch} />}
      {data !== undefined && entries.length === 0 ? <p className="quiet">Nothing has happened yet.</p> : null}
      <ol className="timeline" aria-labelledby="timeline-title">
        {entries.map((entry) => (
          <Entry key={`${entry.gatewayId} ${entry.epoch} ${entry.seq}`} entry={entry} />
        ))}
      </ol>
      {hasNextPage || (data?.pages.length ?? 0) > 1 ? (
        // It stays when it has done its work: the focus may be on it, and would be lost with it.
        <button
          type="button"
          className="control"
          aria-disabled={!hasNextPage}
          onClick={() => {
            if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
          }}
        >
          {hasNextPage ? "Load earlier" : "This is where it begins"}
        </button>
      ) : null}
    </section>
  );
}

function Entry({ entry }: { readonly entry: TimelineEntry }) {
  const nowMs = useBeatMs();
  return (
    <li>
      <time className="moment" dateTime={entry.observedAt}>
        {exactMomentWords(Date.parse(entry.observedAt), nowMs)}
      </time>
      <span>
        {timelineWords(entry)}
        <span className="quiet block">{proofWords(entry)}</span>
      </span>
    </li>
  );
}

/** Who said so and on what: "sensor north-smart-bed-01: empty". */
function proofWords({ by, evidence }: TimelineEntry): string {
  const who = by === null ? [] : [byWords(by)];
  const what = evidence.map(evidenceWords).join(", ");
  return [...who, ...(what === "" ? [] : [what])].join(": ");
}
