/**
 * Two patients were in each other's bed (HL7 A17): from `at` on, whoever was taken for the one was the other. What each
 * bed was known to hold stays its own to its end, only of the other patient. Where both are still there, their bookings
 * change beds as well, with new claims; where one has ended and the other not, the two stays are corrected one by one.
 */
import { sql } from "kysely";
import type { CorrectionAnswer, SwapBody } from "../../contracts/wire/encounters.ts";
import type { PersonCaller } from "../access/scope.ts";
import { lockBeds, lockBookings } from "../bookings/locks.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { requireEncounter } from "../encounters/may-read.ts";
import { encounterById, lockEncounters } from "../encounters/repository.ts";
import { CloudError } from "../http/problem.ts";
import { changesOfStays, recordChanges } from "./changes.ts";
import { beginStay, currentStays, retireStay, reviseStay, type StoredStay } from "./stays.ts";
import { tellOf } from "./tell.ts";
import { requirePast } from "./times.ts";

type Two = readonly [StoredStay, StoredStay];

export async function swapStays(
  step: DeskStep,
  caller: PersonCaller,
  { encounterIds, at, reason }: SwapBody,
): Promise<CorrectionAnswer> {
  const atMs = Date.parse(at);
  requirePast({ fromMs: atMs, toMs: null }, step.nowMs);
  const stays = await lockStaysAt(step, caller, encounterIds, atMs);
  const [one, other] = stays;
  if ((one.toMs === null) !== (other.toMs === null))
    throw new CloudError(
      "SWAP_REFUSED",
      "One of the patients has left since and the other has not: correct the two stays.",
    );
  const correction = { reason, role: caller.role };
  const after: StoredStay[] = [];
  for (const stay of stays) await retireStay(step, stay);
  for (const stay of stays)
    if (stay.fromMs < atMs) after.push(await reviseStay(step, stay, { toMs: atMs }, correction));
  for (const [mine, its] of [stays, [other, one] as const])
    after.push(
      await beginStay(step, { ...mine, bedId: its.bedId, fromMs: atMs, toMs: its.toMs }, correction),
    );
  if (one.toMs === null) await crossBookings(step, stays);
  for (const stay of stays) tellOf(step, "stays-swapped", stay);
  const { hospitalId } = one;
  const changes = changesOfStays(stays, after);
  return await recordChanges(step, changes, "stays-swapped", { ...correction, hospitalId });
}

async function lockStaysAt(
  { trx }: DeskStep,
  caller: PersonCaller,
  encounterIds: SwapBody["encounterIds"],
  atMs: number,
): Promise<Two> {
  const ids: string[] = [];
  for (const encounterId of encounterIds)
    ids.push(requireEncounter(caller, await encounterById(trx, encounterId)).encounterId);
  const which = sql`stay.encounter_id = ANY(${ids}::uuid[]) AND stay.during @> ${atMs}::bigint
    AND stay.hospital_id = ${caller.hospitalId}`;
  const found = await currentStays(trx, which);
  const bookingIds = found.flatMap(({ bookingId }) => (bookingId === null ? [] : [bookingId]));
  if (bookingIds.length > 0) await lockBookings(trx, bookingIds);
  await lockEncounters(trx, ids);
  await lockBeds(
    trx,
    found.map(({ bedId }) => bedId),
  );
  const stays = await currentStays(trx, which);
  const [one, other] = ids.map((id) => stays.find(({ encounterId }) => encounterId === id));
  if (one === undefined || other === undefined || one === other)
    throw new CloudError("SWAP_REFUSED", "Two patients are needed who each had a bed of yours at that time.");
  return [one, other];
}

/**
 * Each claim leaves its bed before it takes the other's: for a moment in the transaction one of them has no range. What
 * its owner knew of the claim is void.
 */
async function crossBookings({ trx, nowMs }: DeskStep, [one, other]: Two): Promise<void> {
  const ranges = await sql<{ bookingId: string; fromMs: number }>`
    SELECT booking_id, lower(during) AS from_ms FROM bookings
    WHERE booking_id IN (${one.bookingId}, ${other.bookingId}) AND bed_id IN (${one.bedId}, ${other.bedId})
      AND state IN ('arrived', 'admitted', 'on-leave')`.execute(trx);
  if (ranges.rows.length !== 2)
    throw new CloudError("SWAP_REFUSED", "The bookings of the two say something else than their stays.");
  await sql`UPDATE bookings SET during = 'empty' WHERE booking_id = ${one.bookingId}`.execute(trx);
  for (const [bookingId, bedId] of [
    [other.bookingId, one.bedId],
    [one.bookingId, other.bedId],
  ]) {
    const fromMs = ranges.rows.find((row) => row.bookingId === bookingId)?.fromMs ?? nowMs;
    await sql`
      UPDATE bookings SET bed_id = ${bedId}, during = int8range(${fromMs}::bigint, NULL),
        fencing_token = nextval('fencing_tokens'), previous = NULL, version = version + 1
      WHERE booking_id = ${bookingId}`.execute(trx);
  }
}
