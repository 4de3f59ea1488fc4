/** Cleaning tasks in the database. A bed has one that is not over; the database sees to it. */
import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import * as z from "zod";
import type { CleaningTask } from "../../contracts/booking/cleaning-task.ts";
import {
  CLEANING_EVENTS,
  CLEANING_KINDS,
  CLEANING_PRIORITIES,
  CLEANING_STATES,
} from "../../contracts/booking/states.ts";
import { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import type { Scope } from "../access/scope.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";

const Facts = z.object({
  kind: z.enum(CLEANING_KINDS),
  priority: z.enum(CLEANING_PRIORITIES),
  state: z.enum(CLEANING_STATES),
  cause: z.enum(["vacated", "asked", "inspection-failed", "bed-used"]),
  openedAtMs: z.int(),
  startedAtMs: z.int().nullable(),
  finishedAtMs: z.int().nullable(),
  dueAtMs: z.int(),
  workedMs: z.int(),
  workingSinceMs: z.int().nullable(),
  reason: z.string().nullable(),
}) satisfies z.ZodType<CleaningTask>;

/** What the newest step changed, for who takes it back. */
const LastCleaningStep = z.object({
  event: z.enum([...CLEANING_EVENTS, "open"]),
  atMs: z.int(),
  /** Null: the service did it. */
  sessionSha256: z.string().nullable(),
  /** Null: the task was opened by it. */
  before: Facts.nullable(),
  /** Said of the bed by it. */
  declarationIds: z.array(z.uuid()),
});
export type LastCleaningStep = z.infer<typeof LastCleaningStep>;

const StoredTask = z.object({
  taskId: z.uuid(),
  bedId: BedId,
  hospitalId: HospitalId,
  task: Facts,
  last: LastCleaningStep,
  version: z.int(),
});
export type StoredTask = z.infer<typeof StoredTask>;

/** More than anybody reads. */
export const LISTED_MAX = 500;

const inScope = (scope: Scope) =>
  scope.kind === "network" ? sql`true` : sql`hospital_id = ${scope.hospitalId}`;

/** What is to be done, the most pressing first. */
export async function liveTasks(db: Database, scope: Scope): Promise<StoredTask[]> {
  const { rows } = await sql`
    SELECT * FROM cleaning_tasks WHERE is_live AND ${inScope(scope)}
    ORDER BY array_position(ARRAY['stat', 'next', 'routine'], priority), due_at_ms, task_id
    LIMIT ${LISTED_MAX}`.execute(db);
  return rows.map(stored);
}

/** What was done or cancelled, the newest first. */
export async function endedTasks(db: Database, scope: Scope): Promise<StoredTask[]> {
  const { rows } = await sql`
    SELECT * FROM cleaning_tasks WHERE NOT is_live AND ${inScope(scope)}
    ORDER BY finished_at_ms DESC, task_id LIMIT ${LISTED_MAX}`.execute(db);
  return rows.map(stored);
}

export async function taskInScope(
  db: Database,
  scope: Scope,
  taskId: string,
): Promise<StoredTask | undefined> {
  const { rows } = await sql`
    SELECT * FROM cleaning_tasks WHERE task_id = ${taskId} AND ${inScope(scope)}`.execute(db);
  return rows[0] === undefined ? undefined : stored(rows[0]);
}

/** Before its task: whoever changes a task has its bed first. False: there is no such bed in service. */
export async function lockBed(trx: DatabaseTransaction, bedId: BedId): Promise<boolean> {
  const { rows } = await sql`SELECT 1 FROM beds WHERE bed_id = ${bedId} FOR UPDATE`.execute(trx);
  return rows.length > 0;
}

export async function lockTask(trx: DatabaseTransaction, taskId: string): Promise<StoredTask> {
  const { rows } = await sql`SELECT * FROM cleaning_tasks WHERE task_id = ${taskId} FOR UPDATE`.execute(trx);
  return stored(rows[0]);
}

export async function lockLiveTaskOf(
  trx: DatabaseTransaction,
  bedId: BedId,
): Promise<StoredTask | undefined> {
  const { rows } = await sql`
    SELECT * FROM cleaning_tasks WHERE bed_id = ${bedId} AND is_live FOR UPDATE`.execute(trx);
  return rows[0] === undefined ? undefined : stored(rows[0]);
}

/** The task whose newest step said this of the bed, and nothing else. */
export async function lockTaskThatSaid(
  trx: DatabaseTransaction,
  bedId: BedId,
  declarationId: string,
): Promise<StoredTask | undefined> {
  const { rows } = await sql`
    SELECT * FROM cleaning_tasks WHERE bed_id = ${bedId}
      AND previous -> 'declarationIds' = jsonb_build_array(${declarationId}::text) FOR UPDATE`.execute(trx);
  return rows[0] === undefined ? undefined : stored(rows[0]);
}

/** Beds without a task that is open → when somebody last cancelled one; null: nobody has. */
export async function cancelledAtMs(
  db: Database,
  bedIds: readonly BedId[],
): Promise<ReadonlyMap<BedId, number | null>> {
  const { rows } = await sql`
    SELECT bed.bed_id, max(task.finished_at_ms) FILTER (WHERE task.state = 'cancelled') AS at_ms
    FROM beds bed LEFT JOIN cleaning_tasks task ON task.bed_id = bed.bed_id
    WHERE bed.bed_id = ANY(${bedIds})
    GROUP BY bed.bed_id HAVING count(*) FILTER (WHERE task.is_live) = 0`.execute(db);
  const cancelled = z.array(z.object({ bedId: BedId, atMs: z.int().nullable() })).parse(rows);
  return new Map(cancelled.map(({ bedId, atMs }) => [bedId, atMs]));
}

export type NewTask = Pick<StoredTask, "bedId" | "hospitalId" | "task" | "last">;

/** Throws a unique violation of one_cleaning_a_bed where one is open. */
export async function insertTask(trx: DatabaseTransaction, task: NewTask): Promise<StoredTask> {
  const { bedId, hospitalId, task: facts, last } = task;
  const taskId = randomUUID();
  await trx
    .insertInto("cleaningTasks")
    .values({
      taskId,
      bedId,
      hospitalId,
      ...facts,
      previous: JSON.stringify(last),
      sessionSha256: last.sessionSha256,
      version: 1,
    })
    .execute();
  return { ...task, taskId, version: 1 };
}

/** Of a locked task. */
export async function updateTask(
  trx: DatabaseTransaction,
  before: StoredTask,
  task: CleaningTask,
  last: LastCleaningStep,
): Promise<StoredTask> {
  const version = before.version + 1;
  await trx
    .updateTable("cleaningTasks")
    .set({ ...task, previous: JSON.stringify(last), version })
    .where("taskId", "=", before.taskId)
    .execute();
  return { ...before, task, last, version };
}

/** A claim made since: somebody has built on what was said of the bed. */
export async function claimedSince(trx: DatabaseTransaction, bedId: BedId, atMs: number): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM bookings WHERE bed_id = ${bedId} AND is_live AND created_at_ms >= ${atMs}
      AND (expires_at_ms IS NULL OR expires_at_ms > ${atMs}) LIMIT 1`.execute(trx);
  return rows.length > 0;
}

export async function declaredOf(
  trx: DatabaseTransaction,
  bedId: BedId,
  axis: "readiness" | "infection",
): Promise<string | null> {
  const row = await trx
    .selectFrom("declarations")
    .select("value")
    .where("bedId", "=", bedId)
    .where("axis", "=", axis)
    .executeTakeFirst();
  return row?.value ?? null;
}

function stored(row: unknown): StoredTask {
  const { taskId, bedId, hospitalId, version, previous, ...task } = row as Record<string, unknown>;
  return StoredTask.parse({ taskId, bedId, hospitalId, version, task, last: previous });
}
