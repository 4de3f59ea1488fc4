import { durationWords } from "../../../contracts/ui/age-words.ts";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { Figure, Figures } from "../../../contracts/ui/Figures.tsx";
import { StateShape } from "../../../contracts/ui/StateShape.tsx";
import type { BoardCounts } from "../live/board-counts.ts";

/** The board in six figures and the health of its data, always of all hospitals, whatever the filter shows. */
export function CountStrip({ counts }: { readonly counts: BoardCounts }) {
  const nowMs = useBeatMs();
  const longest = (sinceMs: number | null) =>
    sinceMs === null ? "" : `longest ${durationWords(nowMs - sinceMs)}`;
  return (
    <Figures label="All beds in figures">
      <Figure name="Bookable now" value={counts.bookable} note={`of ${counts.beds} beds`} kind="lead" />
      <Figure
        name="Available, not bookable"
        shape={<StateShape state="available" />}
        value={counts.availableNotBookable}
      />
      <Figure name="Occupied" shape={<StateShape state="occupied" />} value={counts.occupied} />
      <Figure
        name="Cleaning"
        shape={<StateShape state="cleaning" />}
        value={counts.cleaning}
        note={longest(counts.cleaningSinceMs)}
      />
      <Figure name="Unknown or stale" shape={<StateShape state="unknown" />} value={counts.unknownOrStale} />
      <Figure name="Conflicts" value={counts.conflicts} note={longest(counts.conflictSinceMs)} />
      <Figure
        name="Data health"
        value={`${counts.fresh} of ${counts.sensed}`}
        note={healthNote(counts)}
        kind="wide"
      />
    </Figures>
  );
}

function healthNote({ beds, sensed, gatewaysSilent }: BoardCounts): string {
  const notes = ["beds fresh"];
  if (gatewaysSilent > 0)
    notes.push(`${gatewaysSilent} ${gatewaysSilent === 1 ? "gateway" : "gateways"} silent`);
  if (beds > sensed) notes.push(`${beds - sensed} without sensor`);
  return notes.join(" · ");
}
