import { deriveBed } from "../../../contracts/bed/derive.ts";
import { useBeatMs } from "../../../contracts/ui/ClockContext.tsx";
import type { BedView } from "../../../contracts/wire/board.ts";
import { useBoardParts } from "../board/BoardContext.tsx";
import { ProofSection } from "../evidence/ProofSection.tsx";
import { bedFacts } from "../live/bed-facts.ts";
import { stateSinceMs } from "../live/state-since.ts";
import { AxesTable } from "./AxesTable.tsx";
import { BedActions } from "./BedActions.tsx";
import { BedProfile } from "./BedProfile.tsx";
import { BedState } from "./BedState.tsx";
import { EvidenceList } from "./EvidenceList.tsx";
import { Findings } from "./Findings.tsx";
import { LatestValues } from "./LatestValues.tsx";
import { SourcesTable } from "./SourcesTable.tsx";
import { Timeline } from "./Timeline.tsx";
import { Verdicts } from "./Verdicts.tsx";

/** Everything that is known of one bed, derived anew with each second like its tile. */
export function BedDetails({ bed }: { readonly bed: BedView }) {
  const { store } = useBoardParts();
  const nowMs = useBeatMs();
  const facts = bedFacts(bed, store.gatewayOf(bed), nowMs);
  const derived = deriveBed(facts, nowMs);
  return (
    <>
      <BedState bed={bed} derived={derived} sinceMs={stateSinceMs(facts, derived.display, nowMs)} />
      <Findings bed={bed} />
      <BedActions bed={bed} />
      <Verdicts derived={derived} />
      <BedProfile bed={bed} />
      <AxesTable bed={bed} />
      <EvidenceList bed={bed} />
      <ProofSection bed={bed} />
      <SourcesTable bed={bed} gateway={store.gatewayOf(bed)} />
      <LatestValues bed={bed} />
      <Timeline bedId={bed.bedId} liveSeq={bed.liveSeq} />
      <p className="quiet drawer-advice">
        Bed status and advisory values, not an alarm system and not a medical device. A value may be late:
        look at its age.
      </p>
    </>
  );
}
