import type { BedView } from "../../../contracts/wire/board.ts";
import { usePageTitle } from "../frame/use-page-on-document.ts";
import { useLatest, useSession } from "../history/use-history-queries.ts";
import { BedHead } from "./BedHead.tsx";
import { News2Section } from "./News2Section.tsx";
import { Trends } from "./Trends.tsx";
import { VitalTiles } from "./VitalTiles.tsx";

const CLINICAL_ROLES: readonly string[] = ["doctor", "nurse"];

export function BedHistory({ bed }: { readonly bed: BedView }) {
  usePageTitle(`Bed ${bed.label}, history`);
  const latest = useLatest(bed.bedId);
  const session = useSession().data;
  const readsVitals =
    session !== undefined && CLINICAL_ROLES.includes(session.role) && session.hospitalId === bed.hospitalId;
  return (
    <div className="bed-page desaturates">
      <BedHead bed={bed} />
      <p className="bed-advice">
        <strong>Advisory, not an alarm.</strong> Values may be late or wrong: look at their age, and at the
        patient.
      </p>
      <VitalTiles bed={bed} latest={latest} readsVitals={readsVitals} isKnown={session !== undefined} />
      {readsVitals ? <News2Section bed={bed} latest={latest.data?.values ?? []} /> : null}
      <Trends bed={bed} latest={latest.data?.values ?? null} />
    </div>
  );
}
