/** How the logs stand, in numbers, for whoever watches the service. */
import { sql } from "kysely";
import type { Database } from "../../database/schema.ts";
import { newestWitnessedSize } from "../views/witnessed.ts";
import { ALARM_KINDS } from "./alarms.ts";
import type { NetworkLog } from "./network-log.ts";

export type EvidenceFigures = {
  readonly networkLeaves: number;
  /** Of all gateways' logs. */
  readonly gatewayLeaves: number;
  /** Entries that are not in the network's log yet. */
  readonly waitingEntries: number;
  readonly witnessedSize: number;
  /** Since the newest witnessed checkpoint was signed; null: none is. */
  readonly witnessedAgeMs: number | null;
  /** Since the oldest checkpoint that no witnessed one covers was signed; 0: all are. */
  readonly unwitnessedAgeMs: number;
  /** Logs of which nothing is taken until somebody decides. */
  readonly haltedLogs: number;
  readonly alarms: Readonly<Record<(typeof ALARM_KINDS)[number], number>>;
};

type Row = {
  readonly networkLeaves: number;
  readonly gatewayLeaves: number;
  readonly waitingEntries: number;
  readonly haltedLogs: number;
  readonly witnessedAtMs: number | null;
  readonly unwitnessedAtMs: number | null;
};

export async function evidenceFigures(
  db: Database,
  { logId }: NetworkLog,
  witnessesMin: number,
  nowMs: number,
): Promise<EvidenceFigures> {
  const witnessedSize = (await newestWitnessedSize(db, logId, witnessesMin)) ?? 0;
  const { rows } = await sql<Row>`
    SELECT
      (SELECT size FROM evidence_logs WHERE log_id = ${logId}) AS network_leaves,
      (SELECT coalesce(sum(size), 0)::bigint FROM evidence_logs WHERE gateway_id IS NOT NULL) AS gateway_leaves,
      (SELECT count(*) FROM evidence_pending)
        + (SELECT count(*) FROM evidence_checkpoints WHERE network_index IS NULL AND position IS NOT NULL)
        AS waiting_entries,
      (SELECT count(*) FROM evidence_logs WHERE halted IS NOT NULL AND resumed_at_ms IS NULL) AS halted_logs,
      (SELECT signed_at_ms FROM evidence_checkpoints WHERE log_id = ${logId} AND size = ${witnessedSize})
        AS witnessed_at_ms,
      (SELECT signed_at_ms FROM evidence_checkpoints WHERE log_id = ${logId} AND size > ${witnessedSize}
        ORDER BY size LIMIT 1) AS unwitnessed_at_ms`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error("the database did not tell how the logs stand");
  const { witnessedAtMs, unwitnessedAtMs, ...counts } = row;
  return {
    ...counts,
    witnessedSize,
    witnessedAgeMs: witnessedAtMs === null ? null : Math.max(0, nowMs - witnessedAtMs),
    unwitnessedAgeMs: unwitnessedAtMs === null ? 0 : Math.max(0, nowMs - unwitnessedAtMs),
    alarms: await alarmsByKind(db),
  };
}

async function alarmsByKind(db: Database): Promise<EvidenceFigures["alarms"]> {
  const { rows } = await sql<{ kind: string; count: number }>`
    SELECT kind, count(*) AS count FROM evidence_alarms GROUP BY kind`.execute(db);
  const counted = new Map(rows.map(({ kind, count }) => [kind, count]));
  return Object.fromEntries(
    ALARM_KINDS.map((kind) => [kind, counted.get(kind) ?? 0]),
  ) as EvidenceFigures["alarms"];
}
