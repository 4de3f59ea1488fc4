/** The one way in which a word on a bed comes to stand: by a person, or by the service where a step of its own says it. */
import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import type { Infection, Readiness, Service, Staffing } from "../../contracts/bed/axes.ts";
import type { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import type { Actor } from "../desk/desk-event.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";

/** `vacancy` is of beds without a sensor: a person has looked. */
export type DeclaredValue =
  | { readonly axis: "readiness"; readonly value: Exclude<Readiness, "unknown"> }
  | { readonly axis: "service"; readonly value: Exclude<Service, "unknown"> }
  | { readonly axis: "staffing"; readonly value: Exclude<Staffing, "unknown"> }
  | { readonly axis: "infection"; readonly value: Exclude<Infection, "unknown"> }
  | { readonly axis: "vacancy"; readonly value: "vacant" };

export type Declaration = DeclaredValue & {
  readonly bedId: BedId;
  readonly hospitalId: HospitalId;
  readonly by: Actor;
  readonly reason: string | null;
  /** When it lapses; null: it stands until somebody says otherwise. */
  readonly untilMs: number | null;
};

/** What `role` says of a word that no person gave. */
export const SERVICE_ROLE = "service";

/**
 * Replaces what stood on the axis, which stays in `previous` for who takes the word back. Whether it may be said is
 * decided before: the caller has the bed's row locked. Returns the declaration's id.
 */
export async function declare(
  { trx, nowMs, events }: DeskStep,
  { bedId, hospitalId, axis, value, by, reason, untilMs }: Declaration,
): Promise<string> {
  const declarationId = randomUUID();
  const role = by === "service" ? SERVICE_ROLE : by.role;
  const sessionSha256 = by === "service" ? null : by.sessionSha256;
  await sql`
    INSERT INTO declarations
      (declaration_id, bed_id, hospital_id, axis, value, since_ms, until_ms, reason, role, session_sha256)
    VALUES (${declarationId}, ${bedId}, ${hospitalId}, ${axis}, ${value}, ${nowMs}, ${untilMs}, ${reason}, ${role},
      ${sessionSha256})
    ON CONFLICT (bed_id, axis) DO UPDATE SET
      declaration_id = excluded.declaration_id, hospital_id = excluded.hospital_id, value = excluded.value,
      since_ms = excluded.since_ms, until_ms = excluded.until_ms, reason = excluded.reason, role = excluded.role,
      session_sha256 = excluded.session_sha256,
      previous = to_jsonb(declarations) - 'previous'`.execute(trx);
  events.push({
    topic: "declarations",
    subjectId: declarationId,
    kind: "declaration-made",
    bedId,
    hospitalIds: [hospitalId],
    body: { axis, value, untilMs, reason },
  });
  return declarationId;
}

/**
 * Puts back what stood before the declaration, or nothing where nothing did. False: it stands no longer, somebody has
 * spoken since, and their word stays.
 */
export async function takeBack(
  { trx, events }: DeskStep,
  { declarationId, bedId, hospitalId }: Pick<Declaration, "bedId" | "hospitalId"> & { declarationId: string },
): Promise<boolean> {
  const restored = await sql`
    UPDATE declarations SET declaration_id = before.declaration_id, value = before.value,
      since_ms = before.since_ms, until_ms = before.until_ms, reason = before.reason, role = before.role,
      session_sha256 = before.session_sha256, previous = NULL
    FROM declarations taken, jsonb_populate_record(NULL::declarations, taken.previous) before
    WHERE declarations.declaration_id = ${declarationId} AND taken.declaration_id = ${declarationId}
      AND taken.previous IS NOT NULL
    RETURNING declarations.axis`.execute(trx);
  const removed = await sql`
    DELETE FROM declarations WHERE declaration_id = ${declarationId} AND previous IS NULL
    RETURNING axis`.execute(trx);
  if (restored.rows.length + removed.rows.length === 0) return false;
  events.push({
    topic: "declarations",
    subjectId: declarationId,
    kind: "declaration-taken-back",
    bedId,
    hospitalIds: [hospitalId],
    body: {},
  });
  return true;
}
