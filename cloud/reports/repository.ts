/** Reports in the database: what is due, who makes it, what came of it. */
import { sql } from "kysely";
import * as z from "zod";
import { REPORT_FORMATS } from "../../contracts/wire/exports.ts";
import { AtMs, HospitalId } from "../../contracts/wire/ids.ts";
import { KPI_BY } from "../../contracts/wire/kpi.ts";
import { REPORT_STATES, ReportFile } from "../../contracts/wire/reports.ts";
import type { Scope } from "../access/scope.ts";
import type { Database } from "../database/schema.ts";
import { LEASE_MS, REPORTS_KEPT_MAX, REPORTS_LISTED_MAX } from "./limits.ts";

/** Any number that nothing else in this database locks. */
const REPORTS_LOCK = 7_208_159;

const StoredReport = z.object({
  reportId: z.uuid(),
  name: z.string(),
  hospitalId: HospitalId.nullable(),
  fromMs: AtMs,
  toMs: AtMs,
  timeZone: z.string(),
  by: z.enum(KPI_BY),
  formats: z.array(z.enum(REPORT_FORMATS)),
  dueAtMs: AtMs,
  state: z.enum(REPORT_STATES),
  attempts: z.int(),
  error: z.string().nullable(),
  nextAttemptAtMs: AtMs,
  madeAtMs: AtMs.nullable(),
});
export type StoredReport = z.infer<typeof StoredReport>;
export type PlannedReport = Omit<
  StoredReport,
  "state" | "attempts" | "error" | "nextAttemptAtMs" | "madeAtMs"
>;

const ListedReport = StoredReport.extend({ files: z.array(ReportFile) });
export type ListedReport = z.infer<typeof ListedReport>;

const FileContent = z.object({ fileName: z.string(), sha256: z.string(), content: z.instanceof(Uint8Array) });
type FileContent = z.infer<typeof FileContent>;
export type MadeFile = FileContent & Pick<ReportFile, "format">;

export class ReportRepository {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Since when a report of this name is wanted: from now on, where it is new. */
  async knownSince(name: string, nowMs: number): Promise<number> {
    const { rows } = await sql<{ sinceAtMs: number }>`
      INSERT INTO report_schedules (name, since_at_ms) VALUES (${name}, ${nowMs})
      ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING since_at_ms`.execute(this.#db);
    return rows[0]?.sinceAtMs ?? nowMs;
  }

  /** Once, however often and by however many processes it is planned. */
  async plan({ formats, ...report }: PlannedReport): Promise<void> {
    await sql`
      INSERT INTO report_runs (report_id, name, hospital_id, from_ms, to_ms, time_zone, by, formats, due_at_ms, state,
        next_attempt_at_ms)
      VALUES (${report.reportId}, ${report.name}, ${report.hospitalId}, ${report.fromMs}, ${report.toMs},
        ${report.timeZone}, ${report.by}, ${JSON.stringify(formats)}::jsonb, ${report.dueAtMs}, 'waiting',
        ${report.dueAtMs})
      ON CONFLICT (name, due_at_ms) DO NOTHING`.execute(this.#db);
  }

  /** One at a time over all processes: undefined while another is being made, and where none is due. */
  async claim(nowMs: number): Promise<StoredReport | undefined> {
    return await this.#db.transaction().execute(async (trx) => {
      await sql`SELECT pg_advisory_xact_lock(${REPORTS_LOCK})`.execute(trx);
      const { rows } = await sql`
        UPDATE report_runs SET state = 'running', attempts = attempts + 1, lease_until_ms = ${nowMs + LEASE_MS}
        WHERE report_id = (SELECT report_id FROM report_runs
            WHERE (state = 'waiting' AND next_attempt_at_ms <= ${nowMs})
              OR (state = 'running' AND lease_until_ms <= ${nowMs})
            ORDER BY due_at_ms, name LIMIT 1)
          AND NOT EXISTS (SELECT FROM report_runs WHERE state = 'running' AND lease_until_ms > ${nowMs})
        RETURNING *`.execute(trx);
      return rows[0] === undefined ? undefined : StoredReport.parse(rows[0]);
    });
  }

  async finish(reportId: string, files: readonly MadeFile[], madeAtMs: number): Promise<void> {
    await this.#db.transaction().execute(async (trx) => {
      await sql`DELETE FROM report_files WHERE report_id = ${reportId}`.execute(trx);
      for (const { format, fileName, sha256, content } of files)
        await sql`
          INSERT INTO report_files (report_id, format, file_name, sha256, content)
          VALUES (${reportId}, ${format}, ${fileName}, ${sha256}, ${content})`.execute(trx);
      await sql`UPDATE report_runs SET state = 'done', error = NULL, made_at_ms = ${madeAtMs}
        WHERE report_id = ${reportId}`.execute(trx);
    });
  }

  async retry(reportId: string, error: string | null, nextAttemptAtMs: number): Promise<void> {
    await sql`UPDATE report_runs SET state = 'waiting', error = ${error}, next_attempt_at_ms = ${nextAttemptAtMs}
      WHERE report_id = ${reportId}`.execute(this.#db);
  }

  async fail(reportId: string, error: string): Promise<void> {
    await sql`UPDATE report_runs SET state = 'failed', error = ${error} WHERE report_id = ${reportId}`.execute(
      this.#db,
    );
  }

  /** Null: none waits. */
  async nextAttemptAtMs(): Promise<number | null> {
    const { rows } = await sql<{ atMs: number | null }>`
      SELECT min(next_attempt_at_ms) AS at_ms FROM report_runs WHERE state = 'waiting'`.execute(this.#db);
    return rows[0]?.atMs ?? null;
  }

  /** Of each name the newest stay. */
  async sweep(): Promise<void> {
    await sql`DELETE FROM report_runs WHERE state IN ('done', 'failed') AND report_id IN (
      SELECT report_id FROM (SELECT report_id, row_number() OVER (PARTITION BY name ORDER BY due_at_ms DESC) AS place
        FROM report_runs) ranked WHERE place > ${REPORTS_KEPT_MAX})`.execute(this.#db);
  }

  async list(scope: Scope): Promise<ListedReport[]> {
    const { rows } = await sql`
      SELECT run.*, coalesce((SELECT jsonb_agg(jsonb_build_object('format', file.format, 'fileName', file.file_name,
          'bytes', length(file.content), 'sha256', file.sha256) ORDER BY file.format)
        FROM report_files file WHERE file.report_id = run.report_id), '[]'::jsonb) AS files
      FROM report_runs run WHERE ${seenIn(scope)} ORDER BY due_at_ms DESC, name LIMIT ${REPORTS_LISTED_MAX}`.execute(
      this.#db,
    );
    return ListedReport.array().parse(rows);
  }

  async file(scope: Scope, reportId: string, format: string): Promise<FileContent | undefined> {
    const { rows } = await sql`
      SELECT file.file_name, file.sha256, file.content
      FROM report_files file JOIN report_runs run ON run.report_id = file.report_id
      WHERE run.report_id = ${reportId} AND file.format = ${format} AND ${seenIn(scope)}`.execute(this.#db);
    return rows[0] === undefined ? undefined : FileContent.parse(rows[0]);
  }
}

/** What is of all hospitals is for roles of the network. */
const seenIn = (scope: Scope) =>
  scope.kind === "network" ? sql`true` : sql`run.hospital_id = ${scope.hospitalId}`;
