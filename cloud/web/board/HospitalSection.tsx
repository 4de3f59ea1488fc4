import { memo, useCallback, useSyncExternalStore } from "react";
import type { HospitalLayout } from "../live/board-layout.ts";
import { useAddress, useBoardParts } from "./BoardContext.tsx";
import { WardSection } from "./WardSection.tsx";

export const HospitalSection = memo(function HospitalSection({
  hospital,
}: {
  readonly hospital: HospitalLayout;
}) {
  const { filter } = useAddress();
  if (filter.hospitalId !== null && filter.hospitalId !== hospital.hospitalId) return null;
  const isEmpty = hospital.wards.length === 0;
  return (
    <section className="hospital" aria-labelledby={`hospital-${hospital.hospitalId}`}>
      <header className="hospital-head">
        <h2 id={`hospital-${hospital.hospitalId}`}>{hospital.name}</h2>
        <HospitalFacts hospital={hospital} />
      </header>
      {isEmpty ? <p className="quiet">No beds reported yet.</p> : null}
      {hospital.wards.map((ward) => (
        <WardSection key={ward.wardId} hospital={hospital} ward={ward} />
      ))}
    </section>
  );
});

/** "3 bookable of 14 beds", kept as words so that it renders only when they change. */
function HospitalFacts({ hospital }: { readonly hospital: HospitalLayout }) {
  const { store } = useBoardParts();
  const words = useCallback(() => {
    const bedIds = hospital.wards.flatMap((ward) => ward.bedIds);
    const bookable = bedIds.filter((bedId) => store.shownBed(bedId)?.bookable === true).length;
    return `${bookable} bookable of ${bedIds.length} ${bedIds.length === 1 ? "bed" : "beds"}`;
  }, [store, hospital]);
  return <p className="quiet">{useSyncExternalStore(store.subscribe, words)}</p>;
}
