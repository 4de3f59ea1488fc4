import type { BedView } from "../../../contracts/wire/board.ts";
import { FailureNote } from "../drawer/FailureNote.tsx";
import { ProofSection } from "../evidence/ProofSection.tsx";
import { usePageTitle } from "../frame/use-page-on-document.ts";
import { useLatest, useSession } from "../history/use-history-queries.ts";
import { BedHead } from "./BedHead.tsx";
import { BedBodySkeleton } from "./BedSkeleton.tsx";
import { News2Section } from "./News2Section.tsx";
import { Trends } from "./Trends.tsx";
import { VitalTiles } from "./VitalTiles.tsx";

const CLINICAL_ROLES: readonly string[] = ["doctor", "nurse"];

export function BedHistory({ bed }: { readonly bed: BedView }) {
  usePageTitle(`Bed ${bed.label}, history`);
  return (
    <div className="bed-page desaturates">
      <BedHead bed={bed} />
      <p className="bed-advice">
        <strong>Advisory, not an alarm.</strong> Values may be late or wrong: look at their age, and at the
        patient.
      </p>
      <Measured bed={bed} />
      <ProofSection bed={bed} />
    </div>
  );
}

/** All at once: what comes first would be pushed away by what comes next. */
function Measured({ bed }: { readonly bed: BedView }) {
  const latest = useLatest(bed.bedId);
  const session = useSession();
  if (latest.isPending || session.isPending) return <BedBodySkeleton />;
  // Without either, what is missing could be told from neither its device nor the reader's role.
  if (session.data === undefined) return <FailureNote error={session.error} retry={session.refetch} />;
  if (latest.data === undefined) return <FailureNote error={latest.error} retry={latest.refetch} />;
  const { role, hospitalId } = session.data;
  const readsVitals = CLINICAL_ROLES.includes(role) && hospitalId === bed.hospitalId;
  const { values } = latest.data;
  return (
    <>
      <section aria-labelledby="values-title">
        <h3 id="values-title">Measured now</h3>
        {latest.error === null ? null : <FailureNote error={latest.error} retry={latest.refetch} />}
        <VitalTiles bed={bed} latest={values} readsVitals={readsVitals} />
        {readsVitals ? null : (
          <p className="quiet">
            Vital signs are shown to doctors and nurses of this hospital. You are signed in with another role.
          </p>
        )}
      </section>
      {readsVitals ? <News2Section bed={bed} latest={values} /> : null}
      <Trends bed={bed} latest={values} />
    </>
  );
}
