/** What the live side reads from the database. */
import { sql } from "kysely";
import * as z from "zod";
import { AtMs, BedId, DeviceId, GatewayId, HospitalId } from "../../contracts/wire/ids.ts";
import { DESK_TOPICS } from "../../contracts/wire/live.ts";
import { preparedAs } from "../database/prepared.ts";
import type { Database } from "../database/schema.ts";
import { PATIENT_EVENTS } from "../documents/document-events.ts";
import type { KnownBed } from "../registry/bed.ts";
import { selectBeds } from "../registry/bed-rows.ts";
import type { BoardGateway, BoardStart, SourceEvidence } from "./board.ts";

const Hospitals = z.array(z.object({ hospitalId: HospitalId, name: z.string() }));
const Gateways = z.array(
  z.object({
    gatewayId: GatewayId,
    hospitalId: HospitalId,
    lastHeardAtMs: AtMs.nullable(),
    lastHeartbeatAtMs: AtMs.nullable(),
  }),
);
const Evidence = z.array(z.object({ bedId: BedId, deviceId: DeviceId, lastObservedAtMs: AtMs }));

/** What was done at the desk, as far as somebody who shows it has to know. */
export const DeskChange = z.object({
  position: z.int().nonnegative(),
  topic: z.enum(DESK_TOPICS),
  subjectId: z.string(),
  hospitalIds: z.array(HospitalId),
});
export type DeskChange = z.infer<typeof DeskChange>;

/** Read at once; the rest comes with the next look. */
export const DESK_CHANGES_PER_LOOK_MAX = 2_000;

/**
 * The beds of all changes after a position, each once and as it is now; in one statement, for what comes between two would
 * be stepped over. Prepared, it is planned for any position: the array and its order keep it to the outbox's end and to
 * the beds that it names, where a join would read all beds.
 */
export const CHANGED_AFTER = (seq: number) =>
  sql`bed.bed_id = ANY(ARRAY(SELECT bed_id FROM outbox WHERE id > (SELECT ${seq}::bigint) ORDER BY id))`;

export class LiveRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async start(): Promise<BoardStart> {
    const hospitals = await this.#db.selectFrom("hospitals").selectAll().orderBy("hospitalId").execute();
    const positions = await sql<{ first: number }>`
      SELECT seqstart AS first FROM pg_sequence WHERE seqrelid = 'positions'::regclass`.execute(this.#db);
    const first = positions.rows[0]?.first ?? 1;
    return { originSeq: first - 1, hospitals: Hospitals.parse(hospitals) };
  }

  async allBeds(): Promise<KnownBed[]> {
    return await selectBeds(this.#db, sql`true`);
  }

  async bedsChangedAfter(seq: number): Promise<KnownBed[]> {
    return await selectBeds(this.#db, CHANGED_AFTER(seq), sql`bed.bed_id`, preparedAs("beds-changed"));
  }

  /** Position of the newest thing done at the desk; 0 where nothing was. */
  async deskPosition(): Promise<number> {
    const { newest } = await this.#db
      .selectFrom("deskEvents")
      .select((select) => select.fn.max("position").as("newest"))
      .executeTakeFirstOrThrow();
    return newest ?? 0;
  }

  /** Positions are in the order of the commits, so that nothing appears behind the last one read. */
  async deskChangesAfter(position: number): Promise<DeskChange[]> {
    const rows = await this.#db
      .selectFrom("deskEvents")
      .select(["position", "topic", "subjectId", "hospitalIds"])
      .where("position", ">", position)
      .where("kind", "not in", PATIENT_EVENTS)
      .orderBy("position")
      .limit(DESK_CHANGES_PER_LOOK_MAX)
      .execute();
    return DeskChange.array().parse(rows);
  }

  async gateways(): Promise<BoardGateway[]> {
    return Gateways.parse(await this.#db.selectFrom("gateways").selectAll().orderBy("gatewayId").execute());
  }

  async evidenceOf(gatewayIds: readonly GatewayId[]): Promise<SourceEvidence[]> {
    if (gatewayIds.length === 0) return [];
    const rows = await this.#db
      .selectFrom("sourceEvidence")
      .innerJoin("beds", "beds.bedId", "sourceEvidence.bedId")
      .select(["sourceEvidence.bedId", "sourceEvidence.deviceId", "sourceEvidence.lastObservedAtMs"])
      .where("beds.gatewayId", "in", gatewayIds)
      .where("beds.removed", "=", false)
      .execute();
    return Evidence.parse(rows);
  }

  /** Changes that the board does not show yet. */
  async outboxLag(seq: number): Promise<number> {
    const { waiting } = await this.#db
      .selectFrom("outbox")
      .select((select) => sql<number>`${select.fn.countAll()}::int`.as("waiting"))
      .where("id", ">", seq)
      .executeTakeFirstOrThrow();
    return waiting;
  }

  /** A client that resumes is served from the beds themselves, so followers alone need the outbox, and only its end. */
  async pruneOutbox(storedBeforeMs: number): Promise<void> {
    await this.#db.deleteFrom("outbox").where("storedAtMs", "<", storedBeforeMs).execute();
  }
}
