import type * as z from "zod";
import { AXES } from "../../../contracts/bed/axes.ts";
import { Age } from "../../../contracts/ui/Age.tsx";
import { METRIC_WORDS, valueWords } from "../../../contracts/ui/metric-words.ts";
import type { BedView, EvidenceView } from "../../../contracts/wire/board.ts";
import { AXIS_VALUE_WORDS, AXIS_WORDS } from "../../../contracts/words/axis-words.ts";

type Evidence = z.infer<typeof EvidenceView>;

/** The readings that the axes rest on, as they were when they decided. */
export function EvidenceList({ bed }: { readonly bed: BedView }) {
  const rows = AXES.flatMap((axis) =>
    bed.axes[axis].evidence.map((evidence) => ({ axis, evidence, key: `${axis} ${keyOf(evidence)}` })),
  );
  return (
    <section>
      <h3 id="evidence-title">Evidence it rests on</h3>
      {rows.length === 0 ? (
        <p className="quiet">No reading has decided anything of this bed yet.</p>
      ) : (
        <ul className="rows" aria-labelledby="evidence-title">
          {rows.map(({ axis, evidence, key }) => (
            <li key={key}>
              <span>
                <span className="quiet">{AXIS_WORDS[axis]}:</span> {evidenceWords(evidence)}
                {isWeighed(bed) ? <VoteWords evidence={evidence} /> : null}
              </span>
              <span className="quiet">
                {evidence.deviceId} · <Age atMs={Date.parse(evidence.observedAt)} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** "Load 71.4 kg", but plainly "empty": that a sensor for occupancy speaks of occupancy goes without saying. */
export function evidenceWords({ metric, value, unit, vote }: Evidence): string {
  // A pulse that somebody was seen by; what it was is for the doctor.
  if (metric === "pulse-rate" && vote === "present" && value === null)
    return `${METRIC_WORDS[metric]}, value not shown`;
  const words = valueWords(metric, value, unit);
  return metric === "occupancy" ? words : `${METRIC_WORDS[metric]} ${words}`;
}

/** Where one source decides alone, its weight says nothing. */
export function isWeighed({ sources }: BedView): boolean {
  return sources.filter(({ decides }) => decides !== null).length > 1;
}

/** What a source's reading counted for, where several were weighed. A vote of not knowing counted for nothing. */
function VoteWords({ evidence: { vote, weight } }: { readonly evidence: Evidence }) {
  if (vote === undefined || weight === undefined) return null;
  return (
    <span className="quiet block">
      {vote === "unknown"
        ? "did not count"
        : `counted for “${AXIS_VALUE_WORDS.occupancy[vote].toLowerCase()}” with weight ${weight}`}
    </span>
  );
}

function keyOf(evidence: Evidence): string {
  return `${evidence.lane} ${evidence.seq} ${evidence.deviceId} ${evidence.metric}`;
}
