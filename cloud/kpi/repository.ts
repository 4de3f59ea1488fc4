/** The beds that figures are about, and what was said of each, a page at a time in the order in which it was stored. */
import { sql } from "kysely";
import * as z from "zod";
import { BedEvent } from "../../contracts/wire/bed-event.ts";
import { AtMs, BedId, Epoch, GatewayId, HospitalId, WardId } from "../../contracts/wire/ids.ts";
import type { Scope } from "../access/scope.ts";
import type { Database } from "../database/schema.ts";
import { happenedAtMs } from "../ingest/gateway-clock.ts";
import { BedStory, STORY_RULES, type ToldEvent } from "./bed-story.ts";

const EVENTS_PER_PAGE = 2_000;

const KpiBed = z.object({
  bedId: BedId,
  hospitalId: HospitalId,
  hospitalName: z.string(),
  wardId: WardId,
  wardName: z.string(),
  removed: z.boolean(),
  gatewayLastHeardAtMs: AtMs.nullable(),
});
export type KpiBed = z.infer<typeof KpiBed>;

/** A bed's state after the event at this position. */
const Checkpoint = z.object({ position: z.int(), story: BedStory });
export type Checkpoint = z.infer<typeof Checkpoint>;

const Row = z.object({
  position: z.int(),
  gatewayId: GatewayId,
  epoch: Epoch,
  receivedAtMs: AtMs,
  clockOffsetMs: z.int(),
  isRepeated: z.boolean(),
  body: BedEvent,
});

const TOLD = sql`event.position, event.gateway_id, event.epoch, event.received_at_ms, event.clock_offset_ms,
          event.body || CASE WHEN event.body ? 'evidence' THEN '{"evidence": []}'::jsonb ELSE '{}'::jsonb END AS body,
          EXISTS (SELECT 1 FROM bed_events earlier
            WHERE earlier.bed_id = event.bed_id AND earlier.observed_at_ms = event.observed_at_ms
              AND earlier.position < event.position AND earlier.gateway_id = event.gateway_id
              AND earlier.epoch <> event.epoch AND earlier.body = event.body) AS is_repeated`;

function toldEvent(row: z.infer<typeof Row>, hospitalId: HospitalId): ToldEvent {
  const { receivedAtMs, clockOffsetMs, body: event, ...place } = row;
  const clock = { offsetMs: clockOffsetMs, receivedAtMs };
  return { ...place, hospitalId, happenedAtMs: happenedAtMs(event.observedAtMs, clock), event };
}

export class KpiRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Those out of service too: in the range they may have been in it. Of a ward: those that are or once were part of it. */
  async beds(
    scope: Scope,
    { hospital, ward }: { hospital: HospitalId | undefined; ward: WardId | undefined },
  ) {
    const conditions = [
      scope.kind === "network" ? sql`true` : sql`bed.hospital_id = ${scope.hospitalId}`,
      hospital === undefined ? sql`true` : sql`bed.hospital_id = ${hospital}`,
      ward === undefined
        ? sql`true`
        : sql`(bed.ward_id = ${ward} OR bed.bed_id IN (SELECT event.bed_id FROM bed_events event
            WHERE event.kind = 'bed-commissioned' AND event.body->>'wardId' = ${ward}))`,
    ];
    const { rows } = await sql`
      SELECT bed.bed_id, bed.hospital_id, hospital.name AS hospital_name, bed.ward_id, bed.ward_name, bed.removed,
        gateway.last_heard_at_ms AS gateway_last_heard_at_ms
      FROM beds bed
        JOIN hospitals hospital ON hospital.hospital_id = bed.hospital_id
        JOIN gateways gateway ON gateway.gateway_id = bed.gateway_id
      WHERE ${sql.join(conditions, sql` AND `)} ORDER BY bed.hospital_id, bed.bed_id`.execute(this.#db);
    return KpiBed.array().parse(rows);
  }

  async hospitals(scope: Scope, hospital: HospitalId | undefined) {
    const { rows } = await sql`
      SELECT hospital_id, name FROM hospitals
      WHERE ${scope.kind === "network" ? sql`true` : sql`hospital_id = ${scope.hospitalId}`}
        AND ${hospital === undefined ? sql`true` : sql`hospital_id = ${hospital}`}
      ORDER BY hospital_id`.execute(this.#db);
    return z.array(z.object({ hospitalId: HospitalId, name: z.string() })).parse(rows);
  }

  /** The newest of what was known before `beforeMs`. */
  async checkpoint(bedId: BedId, beforeMs: number): Promise<Checkpoint | undefined> {
    const { rows } = await sql`
      SELECT position, story FROM kpi_checkpoints
      WHERE bed_id = ${bedId} AND rules = ${STORY_RULES} AND at_ms < ${beforeMs}
      ORDER BY position DESC LIMIT 1`.execute(this.#db);
    return rows[0] === undefined ? undefined : Checkpoint.parse(rows[0]);
  }

  async keep(bedId: BedId, { position, story }: Checkpoint): Promise<void> {
    await sql`
      INSERT INTO kpi_checkpoints (bed_id, rules, position, at_ms, story)
      VALUES (${bedId}, ${STORY_RULES}, ${position}, ${story.atMs}, ${JSON.stringify(story)}::jsonb)
      ON CONFLICT DO NOTHING`.execute(this.#db);
  }

  /** How a bed was put into service the first time that is still known; its earlier events may be gone. */
  async firstCommissioned({
    bedId,
    hospitalId,
  }: Pick<KpiBed, "bedId" | "hospitalId">): Promise<ToldEvent | undefined> {
    const { rows } = await sql`SELECT ${TOLD} FROM bed_events event
      WHERE event.bed_id = ${bedId} AND event.kind = 'bed-commissioned'
      ORDER BY event.position LIMIT 1`.execute(this.#db);
    return rows[0] === undefined ? undefined : toldEvent(Row.parse(rows[0]), hospitalId);
  }

  /** Without what an event rests on, which says nothing of the state. */
  async *eventsOf(
    { bedId, hospitalId }: Pick<KpiBed, "bedId" | "hospitalId">,
    afterPosition: number,
    signal: AbortSignal,
  ): AsyncGenerator<ToldEvent> {
    for (let after: number | null = afterPosition; after !== null; ) {
      signal.throwIfAborted();
      const { rows }: { rows: readonly unknown[] } = await sql`
        SELECT ${TOLD}
        FROM bed_events event
        WHERE event.bed_id = ${bedId} AND event.position > ${after} AND event.kind <> 'occupancy-settling'
        ORDER BY event.position LIMIT ${EVENTS_PER_PAGE}`.execute(this.#db);
      const page = Row.array().parse(rows);
      for (const row of page) yield toldEvent(row, hospitalId);
      after = page.length === EVENTS_PER_PAGE ? (page.at(-1)?.position ?? null) : null;
    }
  }
}
