/** Exports in the database. Who may see one is decided here: the same role in the same hospital as who asked. */
import { sql } from "kysely";
import * as z from "zod";
import { EXPORT_STATES } from "../../contracts/wire/exports.ts";
import { HospitalId } from "../../contracts/wire/ids.ts";
import { PersonRole } from "../../contracts/wire/roles.ts";
import type { PersonCaller } from "../access/scope.ts";
import type { Database } from "../database/schema.ts";
import { EXPORTS_LISTED_MAX } from "./limits.ts";

export const StoredExport = z.object({
  exportId: z.uuid(),
  kind: z.string(),
  request: z.unknown(),
  requestSha256: z.string(),
  role: PersonRole,
  hospitalId: HospitalId.nullable(),
  sessionSha256: z.string(),
  state: z.enum(EXPORT_STATES),
  attempts: z.int(),
  fileName: z.string(),
  contentType: z.string(),
  doneRows: z.int(),
  totalRows: z.int().nullable(),
  bytes: z.int(),
  sha256: z.string().nullable(),
  error: z.string().nullable(),
  note: z.string().nullable(),
  askedAtMs: z.int(),
  startedAtMs: z.int().nullable(),
  endedAtMs: z.int().nullable(),
  expiresAtMs: z.int().nullable(),
});
export type StoredExport = z.infer<typeof StoredExport>;

export type NewExport = Pick<
  StoredExport,
  "exportId" | "kind" | "request" | "requestSha256" | "fileName" | "contentType" | "totalRows" | "askedAtMs"
> & { readonly asker: PersonCaller; readonly idempotencyKey: string | null };

export type Progress = Pick<StoredExport, "doneRows" | "totalRows" | "bytes">;
export type Ending =
  | ({ readonly state: "done"; readonly sha256: string; readonly note: string | null } & Progress)
  | { readonly state: "failed"; readonly error: string }
  | { readonly state: "cancelled" };

export class ExportRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** False: this session has used the key before. */
  async insert({ asker, request, ...row }: NewExport): Promise<boolean> {
    const { role, hospitalId, sessionSha256 } = asker;
    const inserted = await this.#db
      .insertInto("exports")
      .values({
        ...row,
        request: JSON.stringify(request),
        role,
        hospitalId,
        sessionSha256,
        state: "waiting",
        sha256: null,
        error: null,
        startedAtMs: null,
        endedAtMs: null,
        expiresAtMs: null,
      })
      .onConflict((conflict) => conflict.columns(["sessionSha256", "idempotencyKey"]).doNothing())
      .returning("exportId")
      .executeTakeFirst();
    return inserted !== undefined;
  }

  async withKey(sessionSha256: string, idempotencyKey: string): Promise<StoredExport | undefined> {
    const found = await this.#db
      .selectFrom("exports")
      .selectAll()
      .where("sessionSha256", "=", sessionSha256)
      .where("idempotencyKey", "=", idempotencyKey)
      .executeTakeFirst();
    return found === undefined ? undefined : StoredExport.parse(found);
  }

  /** Of those that wait or are being made. */
  async countAhead(sessionSha256: string): Promise<{ readonly all: number; readonly own: number }> {
    const { rows } = await sql<{ all: number; own: number }>`
      SELECT count(*)::int AS "all", count(*) FILTER (WHERE session_sha256 = ${sessionSha256})::int AS own
      FROM exports WHERE state IN ('waiting', 'running')`.execute(this.#db);
    return rows[0] ?? { all: 0, own: 0 };
  }

  async list(asker: PersonCaller): Promise<StoredExport[]> {
    const { rows } = await sql`SELECT * FROM exports WHERE ${seenBy(asker)}
      ORDER BY asked_at_ms DESC, export_id LIMIT ${EXPORTS_LISTED_MAX}`.execute(this.#db);
    return StoredExport.array().parse(rows);
  }

  async find(asker: PersonCaller, exportId: string): Promise<StoredExport | undefined> {
    const { rows } = await sql`
      SELECT * FROM exports WHERE export_id = ${exportId} AND ${seenBy(asker)}`.execute(this.#db);
    return rows[0] === undefined ? undefined : StoredExport.parse(rows[0]);
  }

  /** The one that has waited longest, running from now on. */
  async claim(nowMs: number): Promise<StoredExport | undefined> {
    const { rows } = await sql`
      UPDATE exports SET state = 'running', attempts = attempts + 1, started_at_ms = ${nowMs}, done_rows = 0, bytes = 0
      WHERE export_id = (SELECT export_id FROM exports WHERE state = 'waiting' ORDER BY asked_at_ms, export_id
        LIMIT 1 FOR UPDATE SKIP LOCKED)
      RETURNING *`.execute(this.#db);
    return rows[0] === undefined ? undefined : StoredExport.parse(rows[0]);
  }

  /** What was being made when the service stopped is begun anew. */
  async beginAnew(exportId?: string): Promise<void> {
    await sql`UPDATE exports SET state = 'waiting'
      WHERE state = 'running' AND (${exportId ?? null}::uuid IS NULL OR export_id = ${exportId ?? null}::uuid)`.execute(
      this.#db,
    );
  }

  /** False: it was cancelled meanwhile. */
  async progress(exportId: string, { doneRows, totalRows, bytes }: Progress): Promise<boolean> {
    const updated = await this.#db
      .updateTable("exports")
      .set({ doneRows, totalRows, bytes })
      .where("exportId", "=", exportId)
      .where("state", "=", "running")
      .returning("exportId")
      .executeTakeFirst();
    return updated !== undefined;
  }

  /** Only of what has not ended: a second ending changes nothing. */
  async end(
    exportId: string,
    ending: Ending,
    times: { endedAtMs: number; expiresAtMs: number },
  ): Promise<void> {
    await this.#db
      .updateTable("exports")
      .set({ ...ending, ...times })
      .where("exportId", "=", exportId)
      .where("state", "in", ["waiting", "running"])
      .execute();
  }

  async remove(exportIds: readonly string[]): Promise<void> {
    if (exportIds.length === 0) return;
    await this.#db.deleteFrom("exports").where("exportId", "in", exportIds).execute();
  }

  /** Those whose time is over, and the oldest of what is more than `bytesMax` in all. */
  async overdue(nowMs: number, bytesMax: number): Promise<string[]> {
    const { rows } = await sql<{ exportId: string }>`
      SELECT export_id FROM (
        SELECT export_id, expires_at_ms, sum(bytes) OVER (ORDER BY ended_at_ms DESC, export_id) AS bytes_since
        FROM exports WHERE ended_at_ms IS NOT NULL) ended
      WHERE expires_at_ms <= ${nowMs} OR bytes_since > ${bytesMax}`.execute(this.#db);
    return rows.map(({ exportId }) => exportId);
  }
}

/**
 * Sessions are all that is known of a person until there are accounts. Whoever has the same role in the same hospital
 * may read the very same, so that an export outlives the session in which it was asked for.
 */
const seenBy = ({ role, hospitalId }: PersonCaller) =>
  sql`role = ${role} AND hospital_id IS NOT DISTINCT FROM ${hospitalId}`;
