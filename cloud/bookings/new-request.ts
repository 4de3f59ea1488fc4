/** A request for a bed begins, and where it is not of one that is known, an encounter. */
import { sql } from "kysely";
import type { BedNeed, BedRequestBody } from "../../contracts/wire/booking.ts";
import type { PersonCaller } from "../access/scope.ts";
import type { Randomness } from "../clock.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { uuidOf } from "../exports/exports.ts";
import { CloudError } from "../http/problem.ts";
import { callName } from "./call-name.ts";
import { requestEvent } from "./desk-events.ts";
import { originOf } from "./encounter-hospital.ts";
import { maySeeBedOf } from "./may.ts";
import { selectRequests } from "./repository.ts";

const CALL_NAME_TRIES_MAX = 8;

/** Returns its id. */
export async function insertRequest(
  { randomness }: { readonly randomness: Randomness },
  { trx, nowMs, events }: DeskStep,
  caller: PersonCaller,
  { need, urgency, clinicalPriority, news2, encounterId }: BedRequestBody,
): Promise<string> {
  await requireOrigin(trx, caller, need);
  const requestId = uuidOf(randomness.bytes(16));
  const known = encounterId ?? (await beginEncounter(randomness, trx, nowMs, originOf({ need })));
  if (encounterId !== undefined) await requireEncounter(trx, caller, encounterId);
  await trx
    .insertInto("bedRequests")
    .values({
      requestId,
      encounterId: known,
      state: "open",
      need: JSON.stringify(need),
      urgency,
      clinicalPriority,
      news2Total: news2?.total ?? null,
      news2TakenAtMs: news2 === undefined ? null : Date.parse(news2.takenAt),
      overrideReason: null,
      overrideAtMs: null,
      overrideRole: null,
      askedAtMs: nowMs,
      role: caller.role,
      hospitalId: caller.hospitalId,
      sessionSha256: caller.sessionSha256,
      version: 1,
    })
    .execute();
  const [request] = await selectRequests(
    trx,
    sql`request.request_id = ${requestId}`,
    sql`request.request_id`,
  );
  if (request === undefined) throw new Error(`request ${requestId} was to be stored`);
  events.push(requestEvent("request-opened", request));
  return requestId;
}

/** A hospital's people ask for who is with them; a bed that is named is that hospital's. */
export async function requireOrigin(
  db: Database | DatabaseTransaction,
  caller: PersonCaller,
  { from, hospitalId }: BedNeed,
): Promise<void> {
  const named = [
    ...(from.kind === "hospital" ? [from.hospitalId] : []),
    ...(hospitalId === undefined ? [] : [hospitalId]),
  ];
  for (const id of named) {
    const row = await db
      .selectFrom("hospitals")
      .select("hospitalId")
      .where("hospitalId", "=", id)
      .executeTakeFirst();
    if (row === undefined || (from.kind === "hospital" && id === from.hospitalId && !maySeeBedOf(caller, id)))
      throw new CloudError("HOSPITAL_NOT_FOUND", "There is no such hospital among those you may name.");
  }
  if (from.kind !== "hospital" || from.bedId === undefined) return;
  const bed = await db
    .selectFrom("beds")
    .select("hospitalId")
    .where("bedId", "=", from.bedId)
    .executeTakeFirst();
  if (bed?.hospitalId !== from.hospitalId)
    throw new CloudError("BED_NOT_FOUND", "The hospital that the patient comes from has no such bed.");
}

async function beginEncounter(
  randomness: Randomness,
  trx: DatabaseTransaction,
  nowMs: number,
  hospitalId: string | null,
): Promise<string> {
  const encounterId = uuidOf(randomness.bytes(16));
  await trx
    .insertInto("encounters")
    .values({
      encounterId,
      callName: await freeCallName(randomness, trx),
      hospitalId,
      mergedInto: null,
      createdAtMs: nowMs,
    })
    .execute();
  return encounterId;
}

/** Of those that anybody might say today, no other has it; two that begin at the same moment could. */
async function freeCallName(randomness: Randomness, trx: DatabaseTransaction): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const name = callName(randomness);
    const { rows } = await sql`
      SELECT 1 FROM bed_requests request JOIN encounters USING (encounter_id)
      WHERE call_name = ${name} AND request.state IN ('open', 'held', 'booked', 'placed') LIMIT 1`.execute(
      trx,
    );
    if (rows.length === 0 || attempt === CALL_NAME_TRIES_MAX) return name;
  }
}

/** One that the caller's hospital has, or asked for before; of one patient two beds are not waited for at once. */
async function requireEncounter(
  trx: DatabaseTransaction,
  caller: PersonCaller,
  encounterId: string,
): Promise<void> {
  const { rows } = await sql<{ hospitalId: string | null; mergedInto: string | null }>`
    SELECT hospital_id, merged_into FROM encounters WHERE encounter_id = ${encounterId} FOR UPDATE`.execute(
    trx,
  );
  const [encounter] = rows;
  const earlier = await selectRequests(
    trx,
    sql`request.encounter_id = ${encounterId}`,
    sql`request.asked_at_ms`,
  );
  const isKnown =
    caller.hospitalId === null ||
    encounter?.hospitalId === caller.hospitalId ||
    earlier.some(({ hospitalId }) => hospitalId === caller.hospitalId);
  if (encounter === undefined || !isKnown)
    throw new CloudError("ENCOUNTER_NOT_FOUND", "There is no such encounter among those you may see.");
  if (encounter.mergedInto !== null)
    throw new CloudError("ENCOUNTER_NOT_FOUND", `The encounter was merged into ${encounter.mergedInto}.`);
  const open = earlier.find(({ state }) => state === "open" || state === "held" || state === "booked");
  if (open !== undefined)
    throw new CloudError("REQUEST_EXISTS", `A bed is asked for already: ${open.callName}.`, {
      requestId: open.requestId,
    });
}
