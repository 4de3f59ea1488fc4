/**
 * The board's side of a statement that is erased: its row goes, as rows go whose time is over, and its number stays used.
 * A row of the service's own, below zero where no gateway numbers, says in its stead that from the statement before to
 * the one after nothing is known. It tells neither the number nor the time of what was erased.
 */
import { sql } from "kysely";
import * as z from "zod";
import type { BedEvent } from "../../contracts/wire/bed-event.ts";
import { AtMs, BedId, Epoch, GatewayId } from "../../contracts/wire/ids.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import { happenedAtMs } from "../ingest/gateway-clock.ts";
import { lockLane } from "../ingest/lane-rows.ts";

/** Who says that nothing is known. */
const ERASURE_SAYS = "erasure";

const Row = z.object({
  gatewayId: GatewayId,
  epoch: Epoch,
  bedId: BedId,
  kind: z.string(),
  observedAtMs: AtMs,
  receivedAtMs: AtMs,
  clockOffsetMs: z.int(),
  position: z.int(),
  isErasure: z.boolean(),
});
export type EventRow = z.infer<typeof Row>;

const isErasure = (row: string) => sql`(${sql.ref(`${row}.seq`)} < 1
  AND ${sql.ref(`${row}.body`)}->'by'->>'who' IS NOT DISTINCT FROM ${ERASURE_SAYS})`;
const COLUMNS = sql`gateway_id, epoch, bed_id, kind, observed_at_ms, received_at_ms, clock_offset_ms, position,
  ${isErasure("bed_events")} AS is_erasure`;

type Numbered = { readonly gatewayId: string; readonly epoch: string; readonly seq: number };

/** Undefined: it is not on the board any more, or was parked. */
export async function eventRow(
  trx: DatabaseTransaction,
  { gatewayId, epoch, seq }: Numbered,
): Promise<EventRow | undefined> {
  const { rows } = await sql`
    SELECT ${COLUMNS} FROM bed_events
    WHERE gateway_id = ${gatewayId} AND epoch = ${epoch} AND seq = ${seq}`.execute(trx);
  return rows[0] === undefined ? undefined : Row.parse(rows[0]);
}

/** Until something newer was said, the bed is what the row says. The bed's row is locked. */
export async function standsOnBoard(trx: DatabaseTransaction, row: EventRow): Promise<boolean> {
  const { bedId, kind, position } = row;
  const followers = kind === "occupancy-settling" ? [kind, "occupancy-changed"] : [kind];
  const { rows } = await sql<{ isFollowed: boolean; sinceMs: number | null; isRemoved: boolean }>`
    SELECT bed.removed AS is_removed, (bed.axes->${axisOf(kind) ?? ""}->>'sinceMs')::bigint AS since_ms,
      EXISTS (SELECT FROM bed_events later WHERE later.bed_id = bed.bed_id AND later.position > ${position}
        AND later.kind IN (${sql.join(followers)}) AND later.observed_at_ms <> ${row.observedAtMs}) AS is_followed
    FROM beds bed WHERE bed.bed_id = ${bedId} FOR UPDATE OF bed`.execute(trx);
  const [bed] = rows;
  if (bed === undefined || bed.isRemoved) return false;
  const clock = { offsetMs: row.clockOffsetMs, receivedAtMs: row.receivedAtMs };
  return !bed.isFollowed || bed.sinceMs === happenedAtMs(row.observedAtMs, clock);
}

export async function removeEventRow(
  trx: DatabaseTransaction,
  { gatewayId, epoch, seq }: Numbered,
  row: EventRow | undefined,
): Promise<void> {
  const isIt = sql`gateway_id = ${gatewayId} AND epoch = ${epoch} AND seq = ${seq}`;
  await sql`DELETE FROM bed_events WHERE ${isIt}`.execute(trx);
  await sql`DELETE FROM outbox WHERE ${isIt}`.execute(trx);
  await sql`DELETE FROM parked_records WHERE ${isIt} AND lane = 'beds'`.execute(trx);
  if (row === undefined) return;
  await unsayRemovedBed(trx, row);
  // What was folded from it tells it still; the rest is folded anew too, from where nothing is known.
  await sql`DELETE FROM kpi_checkpoints WHERE bed_id = ${row.bedId}`.execute(trx);
  await forgetFollower(trx, row);
  await sayUnknown(trx, row);
}

/** Where what came next was erased before, what stands in its stead names the time of this one. */
async function forgetFollower(trx: DatabaseTransaction, { bedId, kind, position }: EventRow): Promise<void> {
  await sql`
    DELETE FROM bed_events follower WHERE follower.bed_id = ${bedId} AND ${isErasure("follower")}
      AND follower.position = (SELECT min(position) FROM bed_events
        WHERE bed_id = ${bedId} AND kind = ${kind} AND position > ${position})`.execute(trx);
}

/** A bed out of service says nothing more that would follow. */
async function unsayRemovedBed(trx: DatabaseTransaction, { bedId, kind }: EventRow): Promise<void> {
  const axis = axisOf(kind);
  if (axis === null) return;
  const unsaid = JSON.stringify({ value: "unknown", sinceMs: null, by: null, evidence: [] });
  await sql`
    UPDATE beds SET axes = jsonb_set(axes, ARRAY[${axis}::text], ${unsaid}::jsonb)
    WHERE bed_id = ${bedId} AND removed`.execute(trx);
}

async function sayUnknown(trx: DatabaseTransaction, { bedId, kind, position }: EventRow): Promise<void> {
  if (axisOf(kind) === null && kind !== "room-condition-changed") return;
  const { rows } = await sql`
    SELECT ${COLUMNS} FROM bed_events WHERE bed_id = ${bedId} AND kind = ${kind} AND position < ${position}
    ORDER BY position DESC LIMIT 1`.execute(trx);
  // Nothing was known before, or something before was erased too.
  if (rows[0] === undefined) return;
  const before = Row.parse(rows[0]);
  if (before.isErasure) return;
  const { gatewayId, epoch, observedAtMs, receivedAtMs, clockOffsetMs } = before;
  // Who else looks for the lowest number waits.
  await lockLane(trx, { gatewayId, epoch, lane: "beds" });
  const by = { kind: "declaration", who: ERASURE_SAYS } as const;
  const facts = { bedId, observedAtMs, receivedAtMs: observedAtMs, to: "unknown" as const, by, evidence: [] };
  const body = { kind: kind as "occupancy-changed", ...facts } satisfies BedEvent;
  await sql`
    INSERT INTO bed_events
      (gateway_id, epoch, seq, bed_id, kind, body, observed_at_ms, received_at_ms, clock_offset_ms, position)
    SELECT ${gatewayId}, ${epoch},
      least(0, (SELECT min(seq) FROM bed_events WHERE gateway_id = ${gatewayId} AND epoch = ${epoch})) - 1,
      ${bedId}, ${kind}, ${JSON.stringify(body)}::jsonb, ${observedAtMs}, ${receivedAtMs}, ${clockOffsetMs},
      ${await freePosition(trx, bedId, before.position, position)}`.execute(trx);
}

/**
 * The first after `from` under which the bed never said anything, also nothing that was archived since. What was erased
 * stood at `through`, so that there is one.
 */
async function freePosition(
  trx: DatabaseTransaction,
  bedId: BedId,
  from: number,
  through: number,
): Promise<number> {
  const { rows } = await sql<{ position: number }>`
    WITH taken AS (
      SELECT id AS position FROM outbox WHERE bed_id = ${bedId} AND id >= ${from} AND id < ${through}
      UNION SELECT position FROM bed_events
        WHERE bed_id = ${bedId} AND position >= ${from} AND position < ${through})
    SELECT min(position) + 1 AS position FROM taken
    WHERE position + 1 NOT IN (SELECT position FROM taken)`.execute(trx);
  return rows[0]?.position ?? through;
}

function axisOf(kind: string): string | null {
  const axis = /^(occupancy|readiness|service|infection|staffing)-changed$/.exec(kind)?.[1];
  return axis ?? null;
}
