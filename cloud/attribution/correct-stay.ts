/** A patient came, or left, at another time than was known. */
import { sql } from "kysely";
import type { CorrectionAnswer, StayCorrectionBody } from "../../contracts/wire/encounters.ts";
import type { HospitalId } from "../../contracts/wire/ids.ts";
import { lockBeds, lockBookings } from "../bookings/locks.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { requireVersion } from "../desk/if-match.ts";
import { lockEncounters } from "../encounters/repository.ts";
import { CloudError } from "../http/problem.ts";
import { changesOfStays, recordChanges } from "./changes.ts";
import { currentStays, retireStay, reviseStay, type StoredStay } from "./stays.ts";
import { tellOf } from "./tell.ts";
import { requirePast } from "./times.ts";

type By = { readonly hospitalId: HospitalId; readonly role: string };

export async function correctStay(
  step: DeskStep,
  by: By,
  ifMatch: string,
  { stayId, from, to, reason }: StayCorrectionBody,
): Promise<CorrectionAnswer> {
  const before = await lockStay(step, by, stayId);
  requireVersion(ifMatch, before.version);
  const times = { fromMs: Date.parse(from), toMs: to === null ? null : Date.parse(to) };
  requirePast(times, step.nowMs);
  // The booking says whether the patient is still there, and what the two say must not differ.
  if ((times.toMs === null) !== (before.toMs === null))
    throw new CloudError(
      "STAY_CORRECTION_REFUSED",
      before.toMs === null
        ? "The patient is in the bed: the stay has no end until the booking has one."
        : "The booking has ended, and so has the stay.",
    );
  await retireStay(step, before);
  const after = await reviseStay(step, before, times, { reason, role: by.role });
  const changes = changesOfStays([before], [after]);
  tellOf(step, "stay-corrected", before);
  return await recordChanges(step, changes, "stay-corrected", { ...by, reason });
}

async function lockStay({ trx }: DeskStep, by: By, stayId: string): Promise<StoredStay> {
  const find = () => currentStays(trx, sql`stay.stay_id = ${stayId} AND stay.hospital_id = ${by.hospitalId}`);
  const [found] = await find();
  if (found !== undefined) {
    if (found.bookingId !== null) await lockBookings(trx, [found.bookingId]);
    await lockEncounters(trx, [found.encounterId]);
    await lockBeds(trx, [found.bedId]);
  }
  const [stay] = await find();
  if (stay === undefined)
    throw new CloudError("STAY_NOT_FOUND", "There is no such stay among those of your hospital.");
  return stay;
}
