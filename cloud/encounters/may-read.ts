/** Whose patient it is. Pure. */
import type { HospitalId } from "../../contracts/wire/ids.ts";
import type { PersonCaller } from "../access/scope.ts";
import { CloudError } from "../http/problem.ts";
import type { Encounter } from "./repository.ts";

/** The encounter, where the caller's hospital has the patient now; whatever else is true, there is none. */
export function requireEncounter(
  { hospitalId }: Pick<PersonCaller, "hospitalId">,
  encounter: Encounter | undefined,
): Encounter & { readonly hospitalId: HospitalId } {
  if (encounter === undefined || hospitalId === null || encounter.hospitalId !== hospitalId)
    throw new CloudError("ENCOUNTER_NOT_FOUND", "There is no such encounter among those of your hospital.");
  return { ...encounter, hospitalId };
}
