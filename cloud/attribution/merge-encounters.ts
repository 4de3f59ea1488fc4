/**
 * Two encounters are one patient (HL7 A40): stays, bookings and requests of the one become the other's, so that the same
 * constraints hold for both together, and whoever asks for the one is answered for the other.
 */
import { sql } from "kysely";
import type { CorrectionAnswer, MergeBody } from "../../contracts/wire/encounters.ts";
import type { PersonCaller } from "../access/scope.ts";
import { lockBeds } from "../bookings/locks.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import type { Identities } from "../encounters/identities.ts";
import { requireEncounter } from "../encounters/may-read.ts";
import { encounterById, lockEncounters } from "../encounters/repository.ts";
import { CloudError } from "../http/problem.ts";
import { changesOfStays, recordChanges } from "./changes.ts";
import { currentStays, retireStay, reviseStay, type StoredStay } from "./stays.ts";
import { tellOf } from "./tell.ts";

export async function mergeEncounters(
  step: DeskStep,
  caller: PersonCaller,
  identities: Identities,
  { from, into, reason }: MergeBody,
): Promise<CorrectionAnswer> {
  const { trx } = step;
  await lockAll(trx, [from, into]);
  const one = requireEncounter(caller, await encounterById(trx, from));
  const other = requireEncounter(caller, await encounterById(trx, into));
  if (one.encounterId === other.encounterId)
    throw new CloudError("MERGE_REFUSED", "The two are one encounter already.");
  if (one.encounterId !== from || other.encounterId !== into)
    throw new CloudError("MERGE_REFUSED", "One of the two was merged before.", {
      from: one.encounterId,
      into: other.encounterId,
    });
  await requireOneWaits(trx, [from, into]);
  const correction = { reason, role: caller.role };
  const stays = await currentStays(trx, sql`stay.encounter_id = ${from}`);
  const after: StoredStay[] = [];
  for (const stay of stays) {
    await retireStay(step, stay);
    after.push(await reviseStay(step, stay, { encounterId: into }, correction));
  }
  await moveAll(trx, from, into);
  const { hospitalId } = other;
  await identities.follow(step, { encounterId: from, hospitalId }, { encounterId: into, hospitalId });
  for (const stay of after) tellOf(step, "encounters-merged", stay);
  // Only of its own beds a hospital is told.
  const changes = changesOfStays(stays, after);
  const answer = await recordChanges(step, changes, "encounters-merged", { ...correction, hospitalId });
  const ownBeds = new Set<string>(
    stays.filter((stay) => stay.hospitalId === hospitalId).map(({ bedId }) => bedId),
  );
  return { ...answer, changes: answer.changes.filter(({ bedId }) => ownBeds.has(bedId ?? "")) };
}

/** In the order in which every change of the desk locks. */
async function lockAll(trx: DatabaseTransaction, encounterIds: readonly string[]): Promise<void> {
  const ids = [...encounterIds];
  await sql`SELECT 1 FROM bed_requests WHERE encounter_id = ANY(${ids}::uuid[])
    ORDER BY request_id FOR UPDATE`.execute(trx);
  await lockEncounters(trx, ids);
  await sql`SELECT 1 FROM bookings WHERE encounter_id = ANY(${ids}::uuid[])
    ORDER BY booking_id FOR UPDATE`.execute(trx);
  const stays = await currentStays(trx, sql`stay.encounter_id = ANY(${ids}::uuid[])`);
  await lockBeds(
    trx,
    stays.map(({ bedId }) => bedId),
  );
}

async function requireOneWaits(trx: DatabaseTransaction, encounterIds: readonly string[]): Promise<void> {
  const { rows } = await sql`
    SELECT DISTINCT encounter_id FROM bed_requests WHERE encounter_id = ANY(${[...encounterIds]}::uuid[])
      AND state IN ('open', 'held', 'booked', 'placed')`.execute(trx);
  if (rows.length > 1)
    throw new CloudError(
      "MERGE_REFUSED",
      "Both have a request that has not ended; one patient waits once. End the one that is not true.",
    );
}

async function moveAll(trx: DatabaseTransaction, from: string, into: string): Promise<void> {
  for (const table of ["bookings", "bed_requests", "transfers"])
    await sql`UPDATE ${sql.table(table)} SET encounter_id = ${into}, version = version + 1
      WHERE encounter_id = ${from}`.execute(trx);
  await sql`UPDATE encounters SET merged_into = ${into} WHERE encounter_id = ${from}`.execute(trx);
}
