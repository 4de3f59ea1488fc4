/** Stores bed events, the beds that they lead to, and their place in the outbox: one statement each, however many rows. */
import { sql } from "kysely";
import type { BedEvent } from "../../contracts/wire/bed-event.ts";
import type { BedId } from "../../contracts/wire/ids.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import { lockOutboxOrder } from "../live/outbox-order.ts";
import { Bed } from "../registry/bed.ts";
import type { EventSource } from "./apply-bed-event.ts";
import type { Fitting } from "./fit-records.ts";

export async function lockBeds(trx: DatabaseTransaction, bedIds: readonly BedId[]): Promise<Bed[]> {
  if (bedIds.length === 0) return [];
  // In one order, so that two gateways that claim each other's beds wait and do not deadlock.
  const rows = await trx
    .selectFrom("beds")
    .selectAll()
    .where("bedId", "in", bedIds)
    .orderBy("bedId")
    .forUpdate()
    .execute();
  return Bed.array().parse(rows);
}

/** Bed id → position of its newest event. */
export async function storeBedEvents(
  trx: DatabaseTransaction,
  events: readonly Fitting<BedEvent>[],
  { hospitalId, gatewayId, epoch, clock }: EventSource,
): Promise<ReadonlyMap<string, number>> {
  await lockOutboxOrder(trx);
  const rows = events.map(({ seq, record }) => ({
    seq,
    bed_id: record.bedId,
    kind: record.kind,
    observed_at_ms: record.observedAtMs,
    body: record,
  }));
  const positions = await sql<{ bedId: string; liveSeq: number }>`
    WITH event AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS event(seq bigint, bed_id text, kind text, observed_at_ms bigint, body jsonb)
    ), sent AS (
      INSERT INTO outbox (hospital_id, gateway_id, epoch, seq, bed_id, stored_at_ms)
      SELECT ${hospitalId}, ${gatewayId}, ${epoch}, seq, bed_id, ${clock.receivedAtMs} FROM event ORDER BY seq
      RETURNING id, seq, bed_id
    ), stored AS (
      INSERT INTO bed_events
        (gateway_id, epoch, seq, bed_id, kind, body, observed_at_ms, received_at_ms, clock_offset_ms, position)
      SELECT ${gatewayId}, ${epoch}, event.seq, event.bed_id, event.kind, event.body, event.observed_at_ms,
        ${clock.receivedAtMs}, ${clock.offsetMs}, sent.id
      FROM event JOIN sent ON sent.seq = event.seq
    )
    SELECT bed_id, max(id) AS live_seq FROM sent GROUP BY bed_id`.execute(trx);
  return new Map(positions.rows.map(({ bedId, liveSeq }) => [bedId, liveSeq]));
}

export async function storeBeds(
  trx: DatabaseTransaction,
  beds: readonly Bed[],
  positions: ReadonlyMap<string, number>,
): Promise<void> {
  const rows = beds.map((bed) => ({
    bed_id: bed.bedId,
    hospital_id: bed.hospitalId,
    gateway_id: bed.gatewayId,
    epoch: bed.epoch,
    ward_id: bed.wardId,
    ward_name: bed.wardName,
    assignment_source: bed.assignmentSource,
    room_id: bed.roomId,
    room_name: bed.roomName,
    label: bed.label,
    sources: bed.sources,
    axes: bed.axes,
    settling: bed.settling,
    room_condition: bed.roomCondition,
    room_isolation: bed.roomIsolation,
    room_limits: bed.roomLimits,
    findings: bed.findings,
    removed: bed.removed,
    live_seq: positions.get(bed.bedId),
  }));
  const { rows: written } = await sql`
    INSERT INTO beds
      (bed_id, hospital_id, gateway_id, epoch, ward_id, ward_name, assignment_source, room_id, room_name, label,
        sources, axes, settling, room_condition, room_isolation, room_limits, findings, removed, live_seq)
    SELECT bed_id, hospital_id, gateway_id, epoch, ward_id, ward_name, assignment_source, room_id, room_name, label,
      sources, axes, nullif(settling, 'null'), room_condition, room_isolation, room_limits, findings, removed, live_seq
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS bed(
      bed_id text, hospital_id text, gateway_id text, epoch text, ward_id text, ward_name text,
      assignment_source text, room_id text, room_name text, label text,
      sources jsonb, axes jsonb, settling jsonb, room_condition text, room_isolation text, room_limits jsonb, findings jsonb,
      removed boolean, live_seq bigint)
    ON CONFLICT (bed_id) DO UPDATE SET
      gateway_id = excluded.gateway_id, epoch = excluded.epoch,
      ward_id = excluded.ward_id, ward_name = excluded.ward_name, assignment_source = excluded.assignment_source,
      room_id = excluded.room_id, room_name = excluded.room_name, label = excluded.label,
      sources = excluded.sources, axes = excluded.axes, settling = excluded.settling,
      room_condition = excluded.room_condition, room_isolation = excluded.room_isolation, room_limits = excluded.room_limits,
      findings = excluded.findings, removed = excluded.removed, live_seq = excluded.live_seq
    WHERE beds.gateway_id = excluded.gateway_id OR beds.removed
    RETURNING bed_id`.execute(trx);
  if (written.length !== beds.length) throw new BedClaimedMeanwhile();
}

/** Two gateways put the same new bed into service in the same moment. The later one finds it when it comes again. */
class BedClaimedMeanwhile extends Error {
  override readonly name = "BedClaimedMeanwhile";
  override readonly message = "another gateway put one of these beds into service in the same moment";
  /** A serialisation failure, like those that PostgreSQL finds by itself. */
  readonly code = "40001";
}

/** Sequence number → the event as it is stored. */
export async function bodiesBetween(
  trx: DatabaseTransaction,
  { gatewayId, epoch }: Pick<EventSource, "gatewayId" | "epoch">,
  { fromSeq, throughSeq }: { fromSeq: number; throughSeq: number },
): Promise<ReadonlyMap<number, unknown>> {
  const rows = await trx
    .selectFrom("bedEvents")
    .select(["seq", "body"])
    .where("gatewayId", "=", gatewayId)
    .where("epoch", "=", epoch)
    .where("seq", ">=", fromSeq)
    .where("seq", "<=", throughSeq)
    .execute();
  return new Map(rows.map(({ seq, body }) => [seq, body]));
}

/** Of what this journal said of the bed; 0: nothing. */
export async function newestEventSeq(
  trx: DatabaseTransaction,
  { gatewayId, epoch }: Pick<EventSource, "gatewayId" | "epoch">,
  bedId: BedId,
): Promise<number> {
  const newest = await trx
    .selectFrom("bedEvents")
    .select("seq")
    .where("bedId", "=", bedId)
    .where("gatewayId", "=", gatewayId)
    .where("epoch", "=", epoch)
    .orderBy("position", "desc")
    .limit(1)
    .executeTakeFirst();
  return newest?.seq ?? 0;
}
