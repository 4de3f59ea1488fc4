/** The registry's reads. Beds out of service are not part of it, only of their own history. */
import { sql } from "kysely";
import * as z from "zod";
import { BedEvent } from "../../contracts/wire/bed-event.ts";
import { type GatewayView, LatestValue } from "../../contracts/wire/board.ts";
import { type BedId, Epoch, GatewayId, HospitalId, type WardId } from "../../contracts/wire/ids.ts";
import { readFlags } from "../../contracts/wire/reading-columns.ts";
import type { Scope } from "../access/scope.ts";
import type { Database } from "../database/schema.ts";
import type { KnownBed } from "./bed.ts";
import { selectBeds } from "./bed-rows.ts";
import { rfc3339, rfc3339OrNull } from "./bed-view.ts";

export type BedRange = {
  readonly hospital: HospitalId | undefined;
  readonly ward: WardId | undefined;
  readonly after: BedId | undefined;
  readonly limit: number;
};

const StoredHospital = z.object({ hospitalId: HospitalId, name: z.string() });
export type StoredHospital = z.infer<typeof StoredHospital>;

const StoredGateway = z.object({
  gatewayId: GatewayId,
  hospitalId: HospitalId,
  lastHeardAtMs: z.int().nullable(),
});

const StoredEvent = z.object({
  gatewayId: GatewayId,
  epoch: Epoch,
  seq: z.int(),
  position: z.int(),
  receivedAtMs: z.int(),
  body: BedEvent,
});
export type StoredEvent = z.infer<typeof StoredEvent>;

const inScope = (scope: Scope, column: "bed.hospital_id" | "hospital_id") =>
  scope.kind === "network" ? sql`true` : sql`${sql.ref(column)} = ${scope.hospitalId}`;

export class RegistryRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async hospitals(scope: Scope): Promise<StoredHospital[]> {
    const rows = await this.#db
      .selectFrom("hospitals")
      .select(["hospitalId", "name"])
      .where(sql<boolean>`${inScope(scope, "hospital_id")}`)
      .orderBy("hospitalId")
      .execute();
    return StoredHospital.array().parse(rows);
  }

  async gateways(scope: Scope): Promise<GatewayView[]> {
    const rows = await this.#db
      .selectFrom("gateways")
      .select(["gatewayId", "hospitalId", "lastHeardAtMs"])
      .where(sql<boolean>`${inScope(scope, "hospital_id")}`)
      .orderBy("gatewayId")
      .execute();
    return StoredGateway.array()
      .parse(rows)
      .map(({ lastHeardAtMs, ...gateway }) => ({ ...gateway, lastHeardAt: rfc3339OrNull(lastHeardAtMs) }));
  }

  async allBeds(scope: Scope): Promise<KnownBed[]> {
    return await selectBeds(this.#db, sql`NOT bed.removed AND ${inScope(scope, "bed.hospital_id")}`);
  }

  async bedsInRange(scope: Scope, { hospital, ward, after, limit }: BedRange): Promise<KnownBed[]> {
    const conditions = [sql`NOT bed.removed`, inScope(scope, "bed.hospital_id")];
    if (hospital !== undefined) conditions.push(sql`bed.hospital_id = ${hospital}`);
    if (ward !== undefined) conditions.push(sql`bed.ward_id = ${ward}`);
    if (after !== undefined) conditions.push(sql`bed.bed_id > ${after}`);
    return await selectBeds(this.#db, sql.join(conditions, sql` AND `), sql`bed.bed_id LIMIT ${limit}`);
  }

  async bed(scope: Scope, bedId: BedId): Promise<KnownBed | undefined> {
    const [found] = await selectBeds(
      this.#db,
      sql`NOT bed.removed AND bed.bed_id = ${bedId} AND ${inScope(scope, "bed.hospital_id")}`,
    );
    return found;
  }

  /** The newest value of each metric from the bed's and its room's devices. */
  async latestValues({ bed }: KnownBed): Promise<LatestValue[]> {
    const rows = await this.#db
      .selectFrom("latestValues")
      .selectAll()
      .where("gatewayId", "=", bed.gatewayId)
      .where((where) => where.or([where("bedId", "=", bed.bedId), where("roomId", "=", bed.roomId)]))
      .orderBy("deviceId")
      .orderBy("metric")
      .execute();
    return rows.map(({ value, flags, observedAtMs, receivedAtMs, ...row }) =>
      LatestValue.parse({
        ...row,
        ...readFlags(flags, value),
        observedAt: rfc3339(observedAtMs),
        receivedAt: rfc3339(receivedAtMs),
      }),
    );
  }

  /** Newest first. What a gateway's new journal told again stands where it was told first, and only there. */
  async eventsOf(bedId: BedId, before: number | undefined, limit: number): Promise<StoredEvent[]> {
    let query = this.#db
      .selectFrom("bedEvents")
      .select(["gatewayId", "epoch", "seq", "position", "receivedAtMs", "body"])
      .where("bedId", "=", bedId)
      .where(
        sql<boolean>`NOT EXISTS (
          SELECT FROM bed_events earlier
          WHERE earlier.bed_id = bed_events.bed_id AND earlier.observed_at_ms = bed_events.observed_at_ms
            AND earlier.position < bed_events.position AND earlier.gateway_id = bed_events.gateway_id
            AND earlier.epoch <> bed_events.epoch AND earlier.body = bed_events.body)`,
      );
    if (before !== undefined) query = query.where("position", "<", before);
    return StoredEvent.array().parse(await query.orderBy("position", "desc").limit(limit).execute());
  }
}
