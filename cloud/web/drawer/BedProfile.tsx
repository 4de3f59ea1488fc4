import { Link } from "wouter";
import { AGE_BAND_WORDS, FEATURE_WORDS, LEVEL_WORDS } from "../../../contracts/ui/booking-words.ts";
import type { BedView } from "../../../contracts/wire/board.ts";
import type { PersonRole } from "../../../contracts/wire/roles.ts";
import { useSession } from "../history/use-history-queries.ts";
import { addressOfKind } from "../requests/need-address.ts";

const MAY_ASK: readonly PersonRole[] = [
  "emergency-coordinator",
  "super-admin",
  "hospital-admin",
  "doctor",
  "nurse",
];

/** What the bed is for and what it offers, as its hospital's administration says. */
export function BedProfile({ bed }: { readonly bed: BedView }) {
  const role = useSession().data?.role;
  const { profile } = bed;
  const address = addressOfKind(bed);
  return (
    <section aria-labelledby="profile-title">
      <h3 id="profile-title">What it is for</h3>
      {profile === null ? (
        <p>Not said: it is offered to nobody until its hospital says its level of care.</p>
      ) : (
        <p>
          {LEVEL_WORDS[profile.levelOfCare]} · {listed(profile.features.map((one) => FEATURE_WORDS[one]))} ·{" "}
          {listed(profile.ageBands.map((one) => AGE_BAND_WORDS[one]))}
          {profile.patientMassKgMax === null ? null : ` · up to ${profile.patientMassKgMax} kg`}
        </p>
      )}
      {address === null || role === undefined || !MAY_ASK.includes(role) ? null : (
        <Link href={address} className="control control-link drawer-ask">
          Request this kind of bed
        </Link>
      )}
    </section>
  );
}

const listed = (words: readonly string[]) => (words.length === 0 ? "no features" : words.join(", "));
