/** A need and a bed that fits it, told by what differs. */
import type { BedCandidate } from "../../contracts/booking/match.ts";
import { BedNeed } from "../../contracts/wire/booking.ts";
import { HospitalId } from "../../contracts/wire/ids.ts";
import { BedProfileBody } from "../../contracts/wire/ward-desk.ts";
import { bedFacts, type Told } from "./bed-facts.ts";

export function bedNeed(fields: Partial<Record<keyof BedNeed, unknown>> = {}): BedNeed {
  return BedNeed.parse({
    levelOfCare: "intensive",
    from: { kind: "place", label: "Roadside", latitude: 48.2, longitude: 16.37 },
    ...fields,
  });
}

export function bedProfile(fields: Partial<Record<keyof BedProfileBody, unknown>> = {}): BedProfileBody {
  return BedProfileBody.parse({
    levelOfCare: "intensive",
    features: [],
    ageBands: ["adult"],
    sexRule: "any",
    patientMassKgMax: null,
    ...fields,
  });
}

export type CandidateTold = Partial<Omit<BedCandidate, "facts" | "hospitalId" | "profile">> & {
  readonly bed?: Told;
  readonly hospital?: string;
  /** Null: nobody has said what the bed is. */
  readonly profile?: Partial<Record<keyof BedProfileBody, unknown>> | null;
};

export function candidate({
  bed = {},
  hospital = "north",
  profile = {},
  ...rest
}: CandidateTold = {}): BedCandidate {
  return {
    hospitalId: HospitalId.parse(hospital),
    facts: bedFacts(bed),
    assignmentSource: "bookings",
    profile: profile === null ? null : bedProfile(profile),
    roommates: [],
    ...rest,
  };
}
