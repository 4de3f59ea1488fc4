/** The beds that figures are about, and what was said of each, a page at a time in the order in which it was stored. */
import { sql } from "kysely";
import * as z from "zod";
import { BedEvent } from "../../contracts/wire/bed-event.ts";
import { AtMs, BedId, Epoch, GatewayId, HospitalId, WardId } from "../../contracts/wire/ids.ts";
import type { Scope } from "../access/scope.ts";
import type { Database } from "../database/schema.ts";
import { happenedAtMs } from "../ingest/gateway-clock.ts";
import type { ToldEvent } from "./bed-story.ts";

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

const Row = z.object({
  position: z.int(),
  gatewayId: GatewayId,
  epoch: Epoch,
  receivedAtMs: AtMs,
  clockOffsetMs: z.int(),
  isRepeated: z.boolean(),
  body: BedEvent,
});

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

  /** Without what an event rests on, which says nothing of the state. */
  async *eventsOf(
    { bedId, hospitalId }: Pick<KpiBed, "bedId" | "hospitalId">,
    afterPosition: number,
    signal: AbortSignal,
  ): AsyncGenerator<ToldEvent> {
    for (let after: number | null = afterPosition; after !== null; ) {
      signal.throwIfAborted();
      const { rows }: { rows: readonly unknown[] } = await sql`
        SELECT event.position, event.gateway_id, event.epoch, event.received_at_ms, event.clock_offset_ms,
          event.body || CASE WHEN event.body ? 'evidence' THEN '{"evidence": []}'::jsonb ELSE '{}'::jsonb END AS body,
          EXISTS (SELECT 1 FROM bed_events earlier
            WHERE earlier.bed_id = event.bed_id AND earlier.observed_at_ms = event.observed_at_ms
              AND earlier.position < event.position AND earlier.gateway_id = event.gateway_id
              AND earlier.epoch <> event.epoch AND earlier.body = event.body) AS is_repeated
        FROM bed_events event
        WHERE event.bed_id = ${bedId} AND event.position > ${after} AND event.kind <> 'occupancy-settling'
        ORDER BY event.position LIMIT ${EVENTS_PER_PAGE}`.execute(this.#db);
      const page = Row.array().parse(rows);
      for (const { receivedAtMs, clockOffsetMs, body: event, ...row } of page) {
        const clock = { offsetMs: clockOffsetMs, receivedAtMs };
        yield { ...row, hospitalId, happenedAtMs: happenedAtMs(event.observedAtMs, clock), event };
      }
      after = page.length === EVENTS_PER_PAGE ? (page.at(-1)?.position ?? null) : null;
    }
  }
}
