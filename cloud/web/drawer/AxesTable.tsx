import { AXES, type Axis } from "../../../contracts/bed/axes.ts";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { momentWords } from "../../../contracts/ui/clock-words.ts";
import { FactTable } from "../../../contracts/ui/FactTable.tsx";
import type { BedView } from "../../../contracts/wire/board.ts";
import { AXIS_VALUE_WORDS, AXIS_WORDS } from "../../../contracts/words/axis-words.ts";
import { byWords } from "./by-words.ts";

/** The six axes as they were last said, each with since when and by whom. */
export function AxesTable({ bed }: { readonly bed: BedView }) {
  const nowMs = useBeatMs();
  return (
    <section>
      <h3 id="axes-title">What is said of it</h3>
      <FactTable
        labelledBy="axes-title"
        rows={AXES}
        keyOf={(axis) => axis}
        columns={[
          { name: "Axis", cell: (axis) => AXIS_WORDS[axis] },
          { name: "Value", cell: (axis) => <span>{valueWords(bed, axis)}</span> },
          { name: "Since", cell: (axis) => <span className="moment">{sinceWords(bed, axis, nowMs)}</span> },
          { name: "By", cell: (axis) => <span className="quiet">{byWords(bed.axes[axis].by)}</span> },
        ]}
      />
    </section>
  );
}

function valueWords(bed: BedView, axis: Axis): string {
  const words: Readonly<Record<string, string>> = AXIS_VALUE_WORDS[axis];
  return words[bed.axes[axis].value] ?? bed.axes[axis].value;
}

function sinceWords(bed: BedView, axis: Axis, nowMs: number): string {
  const { since } = bed.axes[axis];
  return since === null ? "–" : momentWords(Date.parse(since), nowMs);
}
