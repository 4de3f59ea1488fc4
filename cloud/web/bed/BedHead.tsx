import { Link } from "wouter";
import { deriveBed } from "../../../contracts/bed/derive.ts";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import type { BedView } from "../../../contracts/wire/board.ts";
import { useBoardParts } from "../board/BoardContext.tsx";
import { BedState } from "../drawer/BedState.tsx";
import { bedFacts } from "../live/bed-facts.ts";
import { stateSinceMs } from "../live/state-since.ts";
import { useGateway } from "./use-bed.ts";

/** Which bed this is, where it stands, and its state as the board has it. */
export function BedHead({ bed }: { readonly bed: BedView }) {
  const { store } = useBoardParts();
  const nowMs = useBeatMs();
  const facts = bedFacts(bed, useGateway(bed), nowMs);
  const derived = deriveBed(facts, nowMs);
  const hospital = store.board()?.layout.find(({ hospitalId }) => hospitalId === bed.hospitalId);
  return (
    <header className="bed-head">
      <div>
        <nav aria-label="Where this bed is">
          <ol className="bed-way quiet">
            <li>
              <Link href="/">Live beds</Link>
            </li>
            <li>{hospital?.name ?? bed.hospitalId}</li>
            <li>
              <Link href={`/wards/${bed.hospitalId}/${bed.ward.wardId}`}>{bed.ward.name}</Link>
            </li>
          </ol>
        </nav>
        <h2>
          Bed {bed.label} <span className="bed-room quiet">{bed.room.name}</span>
        </h2>
        <p>
          <Link href={`/?bed=${bed.bedId}`}>What is known of it, and its events as a list</Link>
        </p>
      </div>
      <BedState bed={bed} derived={derived} sinceMs={stateSinceMs(facts, derived.display, nowMs)} />
    </header>
  );
}
