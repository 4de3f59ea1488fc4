import { AXES } from "../../../contracts/bed/axes.ts";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import { FactTable } from "../../../contracts/ui/FactTable.tsx";
import type { BedView } from "../../../contracts/wire/board.ts";
import { AXIS_WORDS } from "../../../contracts/words/axis-words.ts";
import { axisWords } from "./axis-words.ts";

/** The six axes as they stand now, each with since when, until when and by whom. */
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
          { name: "Value", cell: (axis) => <span>{axisWords(bed, axis, nowMs).value}</span> },
          {
            name: "Since",
            cell: (axis) => <span className="moment">{axisWords(bed, axis, nowMs).since}</span>,
          },
          { name: "By", cell: (axis) => <span className="quiet">{axisWords(bed, axis, nowMs).by}</span> },
        ]}
      />
    </section>
  );
}
