/**
 * The one record of what was done about beds: written in the transaction that does it, read by the live socket, the
 * webhooks and whoever asks later who did what. Nothing in it names a patient.
 */
import { sql } from "kysely";
import type { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import type { DeskTopic } from "../../contracts/wire/live.ts";
import type { PersonCaller } from "../access/scope.ts";
import { preparedAs } from "../database/prepared.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import { OUTBOX_ORDER_LOCKED } from "../live/outbox-order.ts";

/** Who does it: a person, or the service by itself (an expiry, a bed that spoke). */
export type Actor = Pick<PersonCaller, "role" | "hospitalId" | "sessionSha256"> | "service";

export type DeskEvent = {
  readonly topic: DeskTopic;
  readonly subjectId: string;
  /** What happened, as `<topic's singular>-<past tense>`: `booking-held`. */
  readonly kind: string;
  readonly bedId: BedId | null;
  /** Who may know of it, besides the network's roles. */
  readonly hospitalIds: readonly HospitalId[];
  readonly body: object;
};

/**
 * The last statements of a transaction: from here to its commit, one at a time in the whole service, so that readers who
 * follow the positions upwards step over none. Beds named in the events are told anew on the live socket.
 */
export async function storeDeskEvents(
  trx: DatabaseTransaction,
  events: readonly DeskEvent[],
  { actor, nowMs }: { readonly actor: Actor; readonly nowMs: number },
): Promise<void> {
  if (events.length === 0) return;
  const by = actor === "service" ? null : actor;
  const rows = events.map((event, ordinal) => ({
    ordinal,
    topic: event.topic,
    subject_id: event.subjectId,
    kind: event.kind,
    bed_id: event.bedId,
    hospital_ids: event.hospitalIds,
    body: event.body,
  }));
  await sql`${preparedAs("store-desk-events")}
    WITH locked AS MATERIALIZED (${OUTBOX_ORDER_LOCKED}), event AS MATERIALIZED (
      -- There is no row, and so no position, before the lock is had.
      SELECT event.* FROM locked, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS event(
        ordinal int, topic text, subject_id text, kind text, bed_id text, hospital_ids jsonb, body jsonb)
    ), stored AS (
      INSERT INTO desk_events
        (at_ms, topic, subject_id, kind, bed_id, hospital_ids, body, role, session_sha256)
      SELECT ${nowMs}, topic, subject_id, kind, bed_id, hospital_ids, body, ${by?.role ?? null},
        ${by?.sessionSha256 ?? null}
      FROM event ORDER BY ordinal
    ), told AS (
      INSERT INTO outbox (hospital_id, gateway_id, epoch, seq, bed_id, stored_at_ms)
      SELECT bed.hospital_id, bed.gateway_id, bed.epoch, 0, bed.bed_id, ${nowMs}
      FROM beds bed WHERE bed.bed_id IN (SELECT bed_id FROM event)
      RETURNING id, bed_id
    )
    UPDATE beds SET live_seq = told.id FROM told WHERE beds.bed_id = told.bed_id`.execute(trx);
}
