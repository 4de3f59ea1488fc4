import type { BedView } from "../../../contracts/wire/board.ts";
import type { LatestSeriesValue } from "../../../contracts/wire/history.ts";
import { usePageTitle } from "../frame/use-page-on-document.ts";
import { useLatest, useSession } from "../history/use-history-queries.ts";
import { BedHead } from "./BedHead.tsx";
import { BedBodySkeleton } from "./BedSkeleton.tsx";
import { News2Section } from "./News2Section.tsx";
import { Trends } from "./Trends.tsx";
import { VitalTiles } from "./VitalTiles.tsx";

const NO_VALUES: readonly LatestSeriesValue[] = [];
const CLINICAL_ROLES: readonly string[] = ["doctor", "nurse"];

export function BedHistory({ bed }: { readonly bed: BedView }) {
  usePageTitle(`Bed ${bed.label}, history`);
  const latest = useLatest(bed.bedId);
  const { data: session, isPending: isReaderUnknown } = useSession();
  const readsVitals =
    session !== undefined && CLINICAL_ROLES.includes(session.role) && session.hospitalId === bed.hospitalId;
  return (
    <div className="bed-page desaturates">
      <BedHead bed={bed} />
      <p className="bed-advice">
        <strong>Advisory, not an alarm.</strong> Values may be late or wrong: look at their age, and at the
        patient.
      </p>
      {latest.isPending || isReaderUnknown ? (
        // All at once: what comes first would be pushed away by what comes next.
        <BedBodySkeleton />
      ) : (
        <>
          <VitalTiles bed={bed} latest={latest} readsVitals={readsVitals} />
          {readsVitals ? <News2Section bed={bed} latest={latest.data?.values ?? NO_VALUES} /> : null}
          <Trends bed={bed} latest={latest.data?.values ?? NO_VALUES} />
        </>
      )}
    </div>
  );
}
