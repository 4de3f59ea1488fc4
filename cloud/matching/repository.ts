/** What a search reads of the database, beside the board in memory. */
import { sql } from "kysely";
import * as z from "zod";
import { Sex } from "../../contracts/booking/vocabulary.ts";
import { BedNeed } from "../../contracts/wire/booking.ts";
import { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import { BedProfileBody, HospitalPolicyBody } from "../../contracts/wire/ward-desk.ts";
import type { Database } from "../database/schema.ts";

const ProfileRow = BedProfileBody.extend({ bedId: BedId });
const PolicyRow = z.object({ hospitalId: HospitalId, policy: HospitalPolicyBody });
const Change = z.object({
  topic: z.enum(["bed-profiles", "policies"]),
  subjectId: z.string(),
  position: z.int(),
});
export type DescriptionChange = z.infer<typeof Change>;
const SexRow = z.object({ bedId: BedId, sex: Sex });
const RequestRow = z.object({ hospitalId: HospitalId.nullable(), need: BedNeed });

/** The partial index `desk_events_of_descriptions` has the same condition; the two go together. */
export const CHANGES_AFTER = (position: number) => sql<Record<string, unknown>>`
  SELECT topic, subject_id, position FROM desk_events
  WHERE topic IN ('bed-profiles', 'policies') AND position > ${position} ORDER BY position`;

export class MatchingRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** The position up to which everything was told that can be read now. */
  async descriptionsHead(): Promise<number> {
    const { rows } = await sql<{ head: number }>`
      SELECT coalesce(max(position), 0)::bigint AS head FROM desk_events
      WHERE topic IN ('bed-profiles', 'policies')`.execute(this.#db);
    return rows[0]?.head ?? 0;
  }

  async descriptionsChangedAfter(position: number): Promise<DescriptionChange[]> {
    const { rows } = await CHANGES_AFTER(position).execute(this.#db);
    return rows.map((row) => Change.parse(row));
  }

  /** Null: of all beds. */
  async profiles(bedIds: readonly string[] | null): Promise<[BedId, BedProfileBody][]> {
    const all = this.#db
      .selectFrom("bedProfiles")
      .select(["bedId", "levelOfCare", "features", "ageBands", "sexRule", "patientMassKgMax"]);
    const rows = await (bedIds === null
      ? all
      : all.where(sql<boolean>`bed_id = ANY(${textArray(bedIds)})`)
    ).execute();
    return rows.map((row) => {
      const { bedId, ...profile } = ProfileRow.parse(row);
      return [bedId, profile];
    });
  }

  async policies(): Promise<[HospitalId, HospitalPolicyBody][]> {
    const rows = await this.#db.selectFrom("hospitalPolicies").select(["hospitalId", "policy"]).execute();
    return rows.map((row) => {
      const { hospitalId, policy } = PolicyRow.parse(row);
      return [hospitalId, policy];
    });
  }

  /** Of who has a claim on these beds that has not lapsed. */
  async claimants(bedIds: readonly BedId[], nowMs: number): Promise<Map<BedId, Sex>> {
    if (bedIds.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom("bookings")
      .select(["bedId", "sex"])
      .where("isLive", "=", true)
      .where(sql<boolean>`bed_id = ANY(${textArray(bedIds)})`)
      .where((where) => where.or([where("expiresAtMs", "is", null), where("expiresAtMs", ">", nowMs)]))
      .execute();
    return new Map(rows.map((row) => SexRow.parse(row)).map(({ bedId, sex }) => [bedId, sex]));
  }

  async request(requestId: string): Promise<z.infer<typeof RequestRow> | undefined> {
    const row = await this.#db
      .selectFrom("bedRequests")
      .select(["hospitalId", "need"])
      .where("requestId", "=", requestId)
      .executeTakeFirst();
    return row === undefined ? undefined : RequestRow.parse(row);
  }
}

/** Of ids, which have no character that an array's text would need escaped. */
const textArray = (ids: readonly string[]) => sql`${`{${ids.join(",")}}`}::text[]`;
