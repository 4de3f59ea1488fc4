/** Which hospital has the patient, and so may read who it is. */
import { sql } from "kysely";
import type { HospitalId } from "../../contracts/wire/ids.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { StoredBooking, StoredRequest } from "./rows.ts";

/** Where the patient comes from; null: not out of a hospital of ours. */
export const originOf = ({ need }: Pick<StoredRequest, "need">): HospitalId | null =>
  need.from.kind === "hospital" ? need.from.hospitalId : null;

/** The hospital of the bed from the reservation where none has the patient, and of any from the arrival. */
export async function followEncounter(
  trx: DatabaseTransaction,
  request: StoredRequest,
  { state, hospitalId, encounterId }: StoredBooking,
): Promise<void> {
  const next = hospitalAfter(state, hospitalId, request);
  if (next === request.encounterHospitalId) return;
  await sql`UPDATE encounters SET hospital_id = ${next} WHERE encounter_id = ${encounterId}`.execute(trx);
}

function hospitalAfter(
  state: StoredBooking["state"],
  bedHospitalId: HospitalId,
  request: StoredRequest,
): HospitalId | null {
  const has = request.encounterHospitalId;
  switch (state) {
    case "arrived":
    case "admitted":
      return bedHospitalId;
    case "reserved":
    case "assigned":
      return has ?? bedHospitalId;
    // It was only going to have the patient.
    case "cancelled":
      return has === bedHospitalId ? originOf(request) : has;
    default:
      return has;
  }
}
