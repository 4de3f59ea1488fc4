/** Webhooks in the database: whom is told what, how far they have heard, and which process tells them. */
import { type RawBuilder, sql } from "kysely";
import * as z from "zod";
import { HospitalId } from "../../contracts/wire/ids.ts";
import { DESK_TOPICS } from "../../contracts/wire/live.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import { PATIENT_EVENTS } from "../documents/document-events.ts";
import type { StoredEvent } from "./message.ts";

/** More than this is not counted. */
const BEHIND_MAX = 10_000;

const LastAnswer = z.object({
  atMs: z.int(),
  status: z.int().nullable(),
  error: z.string().nullable(),
});
export type LastAnswer = z.infer<typeof LastAnswer>;

const StoredWebhook = z.object({
  webhookId: z.uuid(),
  url: z.string(),
  hospitalId: HospitalId.nullable(),
  topics: z.array(z.enum(DESK_TOPICS)),
  description: z.string(),
  keyId: z.string(),
  wrappedKey: z.instanceof(Uint8Array),
  sealedSecret: z.instanceof(Uint8Array),
  throughPosition: z.int(),
  paused: z.boolean(),
  attempts: z.int(),
  nextAttemptAtMs: z.int().nullable(),
  lastAnswer: LastAnswer.nullable(),
  createdAtMs: z.int(),
  version: z.int(),
});
export type StoredWebhook = z.infer<typeof StoredWebhook>;

/** `where` speaks of `webhook`. */
export async function selectWebhooks(
  db: Database | DatabaseTransaction,
  where: RawBuilder<unknown>,
): Promise<StoredWebhook[]> {
  const { rows } = await sql`
    SELECT webhook.* FROM webhooks webhook WHERE ${where}
    ORDER BY webhook.created_at_ms, webhook.webhook_id`.execute(db);
  return rows.map((row) => StoredWebhook.parse(row));
}

const isOf = ({ topics, hospitalId }: Pick<StoredWebhook, "topics" | "hospitalId">) => sql`
  event.topic = ANY(${[...topics]}::text[]) AND event.kind <> ALL(${[...PATIENT_EVENTS]}::text[])
  AND (${hospitalId}::text IS NULL OR event.hospital_ids @> to_jsonb(${hospitalId}::text))`;

/** Events that it has not heard, up to BEHIND_MAX. */
export async function behindOf(db: Database | DatabaseTransaction, webhook: StoredWebhook): Promise<number> {
  const { rows } = await sql<{ behind: number }>`
    SELECT count(*)::int AS behind FROM (SELECT FROM desk_events event
      WHERE event.position > ${webhook.throughPosition} AND ${isOf(webhook)} LIMIT ${BEHIND_MAX}) counted`.execute(
    db,
  );
  return rows[0]?.behind ?? 0;
}

/** What it is to hear next, in order; and up to where there is nothing else for it. */
export async function nextEvents(
  db: Database,
  webhook: Pick<StoredWebhook, "topics" | "hospitalId" | "throughPosition">,
  limit: number,
): Promise<{ readonly events: StoredEvent[]; readonly throughPosition: number }> {
  // First the end, then what lies before it: what is committed meanwhile comes with the next look.
  const headPosition = await newestPosition(db);
  const { rows: events } = await sql<StoredEvent>`
    SELECT event.position, event.at_ms, event.topic, event.subject_id, event.kind, event.bed_id, event.body
    FROM desk_events event
    WHERE event.position > ${webhook.throughPosition} AND event.position <= ${headPosition} AND ${isOf(webhook)}
    ORDER BY event.position LIMIT ${limit}`.execute(db);
  const isAll = events.length < limit;
  return { events, throughPosition: isAll ? headPosition : (events.at(-1)?.position ?? headPosition) };
}

/** Events become visible in the order of their positions (cloud/desk/desk-event.ts): before it, none comes later. */
export async function newestPosition(db: Database | DatabaseTransaction): Promise<number> {
  const { rows } = await sql<{ position: number }>`
    SELECT coalesce(max(position), 0) AS position FROM desk_events`.execute(db);
  return rows[0]?.position ?? 0;
}

/** Those that have something to hear and nobody who tells them; they are this holder's until then. */
export async function takeDue(
  db: Database,
  holder: string,
  { nowMs, heldUntilMs }: { readonly nowMs: number; readonly heldUntilMs: number },
): Promise<StoredWebhook[]> {
  const { rows } = await sql`
    UPDATE webhooks webhook SET holder = ${holder}, held_until_ms = ${heldUntilMs}
    WHERE webhook.webhook_id IN (
      SELECT due.webhook_id FROM webhooks due
      WHERE NOT due.paused AND (due.holder IS NULL OR due.held_until_ms <= ${nowMs})
        AND (due.next_attempt_at_ms IS NULL OR due.next_attempt_at_ms <= ${nowMs})
        AND EXISTS (SELECT FROM desk_events event WHERE event.position > due.through_position)
      FOR UPDATE SKIP LOCKED)
    RETURNING webhook.*`.execute(db);
  return rows.map((row) => StoredWebhook.parse(row));
}

export type Progress = Partial<
  Pick<StoredWebhook, "throughPosition" | "paused" | "attempts" | "nextAttemptAtMs"> & {
    readonly lastAnswer: LastAnswer;
    /** Null: it is let go. */
    readonly heldUntilMs: number | null;
  }
>;

/** False: it is another's by now, or a person has changed it (paused, played back) since it was taken. */
export async function storeProgress(
  db: Database,
  holder: string,
  { webhookId, version }: Pick<StoredWebhook, "webhookId" | "version">,
  { lastAnswer, heldUntilMs, ...progress }: Progress,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable("webhooks")
    .set({
      ...progress,
      ...(lastAnswer === undefined ? {} : { lastAnswer: JSON.stringify(lastAnswer) }),
      ...(heldUntilMs === undefined ? {} : { heldUntilMs }),
      ...(heldUntilMs === null ? { holder: null } : {}),
    })
    .where("webhookId", "=", webhookId)
    .where("holder", "=", holder)
    .where("version", "=", version)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Whatever became of it meanwhile: whoever waited for it may go on at once. */
export async function letGo(db: Database, holder: string, webhookId: string): Promise<void> {
  await db
    .updateTable("webhooks")
    .set({ holder: null, heldUntilMs: null })
    .where("webhookId", "=", webhookId)
    .where("holder", "=", holder)
    .execute();
}
