import { memo } from "react";
import { Link } from "wouter";
import type { HospitalLayout, WardLayout } from "../live/board-layout.ts";
import { BedTile } from "./BedTile.tsx";
import { useVisibleBeds } from "./use-visible-beds.ts";

const CLAIMS_WORDS: Readonly<Record<WardLayout["assignmentSource"], string>> = {
  none: "claims not connected",
  bookings: "claims from bookings",
  adt: "claims from ADT",
};

export const WardSection = memo(function WardSection({
  hospital,
  ward,
}: {
  readonly hospital: HospitalLayout;
  readonly ward: WardLayout;
}) {
  const visible = useVisibleBeds(ward);
  if (visible.length === 0) return null;
  const all = ward.bedIds.length;
  return (
    <section className="ward" aria-label={`${ward.name}, ${hospital.name}`}>
      <h3>
        <Link href={`/wards/${hospital.hospitalId}/${ward.wardId}`}>{ward.name}</Link>{" "}
        <span className="quiet ward-facts">
          {visible.length === all
            ? `${all} ${all === 1 ? "bed" : "beds"}`
            : `${visible.length} of ${all} beds`}{" "}
          · {CLAIMS_WORDS[ward.assignmentSource]}
        </span>
      </h3>
      <ul className="tiles">
        {visible.map((bedId) => (
          <li key={bedId}>
            <BedTile bedId={bedId} />
          </li>
        ))}
      </ul>
    </section>
  );
});
