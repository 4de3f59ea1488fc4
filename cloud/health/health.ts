/**
 * The health document of the cloud, in the shape of application/health+json (draft-inadarei-api-health-check): each
 * stage behind the ingest, whether it is well, and by which figure.
 */
import { sql } from "kysely";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/schema.ts";
import { feedLag } from "../history/feed/cursors.ts";
import type { FeedStatus } from "../history/feed/feed-meter.ts";
import type { RetentionStatus } from "../retention/retention-meter.ts";
import type { MetricsSources } from "./metrics.ts";

type HealthState = "pass" | "warn" | "fail";
type HealthCheck = {
  readonly status: HealthState;
  readonly observedValue: number;
  readonly observedUnit: string;
  /** What is wrong and what to do; only where something is. */
  readonly output?: string;
};
export type HealthDocument = {
  readonly status: HealthState;
  readonly time: string;
  readonly checks: Readonly<Record<string, readonly HealthCheck[]>>;
};

export type HealthFacts = {
  /** How long the database took to answer; null: it did not. */
  readonly databaseMs: number | null;
  readonly ingestWaiting: number;
  readonly outboxLagRows: number;
  /** Readings that the newest values do not reflect yet. */
  readonly latestLagRows: number;
  readonly gatewaysSilent: number;
  /** What kept the last round from removing what is due. */
  readonly retentionTroubles: readonly string[];
  /** Null or left out: there is none. */
  readonly fedStore?: FedStoreFacts | null;
};

const DATABASE_MS_MAX = 1_000;
const WAITING_MAX = 16;
const OUTBOX_LAG_ROWS_MAX = 1_000;
const LATEST_LAG_ROWS_MAX = 100_000;
const GATEWAY_SILENT_AFTER_MS = 30_000;

/** Pure: facts in, document out. */
/** Of the store of series that is fed beside the database. */
export type FedStoreFacts = {
  /** How long the oldest reading that it does not have is here. */
  readonly lagMs: number;
  readonly trouble: string | null;
};

const SERIES_LAG_MS_MAX = 60_000;

function fedStoreCheck({ lagMs, trouble }: FedStoreFacts): HealthCheck {
  const isWell = trouble === null && lagMs <= SERIES_LAG_MS_MAX;
  const why = trouble ?? "It takes less than there is; nothing is lost meanwhile.";
  return check(isWell, Math.round(lagMs / 1_000), "s", `The store of series is behind. ${why}`);
}

export function healthOf(facts: HealthFacts, nowMs: number): HealthDocument {
  const { databaseMs, ingestWaiting, outboxLagRows, latestLagRows, gatewaysSilent, retentionTroubles } =
    facts;
  const checks = {
    "database:answer": [
      databaseMs === null
        ? figure("fail", 0, "ms", "The database does not answer; see the log.")
        : check(databaseMs <= DATABASE_MS_MAX, databaseMs, "ms", "The database is slow."),
    ],
    "ingest:waiting": [
      check(
        ingestWaiting <= WAITING_MAX,
        ingestWaiting,
        "batches",
        "Gateways send more than the database takes.",
      ),
    ],
    "live:behind": [
      check(
        outboxLagRows <= OUTBOX_LAG_ROWS_MAX,
        outboxLagRows,
        "rows",
        "The boards are behind; see the log.",
      ),
    ],
    "latest:behind": [
      check(
        latestLagRows <= LATEST_LAG_ROWS_MAX,
        latestLagRows,
        "rows",
        "Newest values are behind what is stored.",
      ),
    ],
    "gateways:silent": [
      check(
        gatewaysSilent === 0,
        gatewaysSilent,
        "gateways",
        "All beds of a silent gateway are stale; see the board.",
      ),
    ],
    "retention:troubles": [
      check(
        retentionTroubles.length === 0,
        retentionTroubles.length,
        "troubles",
        `What has served its time stays. ${retentionTroubles.join(" ")}`,
      ),
    ],
  };
  return documentOf(
    facts.fedStore ? { ...checks, "series:behind": [fedStoreCheck(facts.fedStore)] } : checks,
    nowMs,
  );
}

function documentOf(checks: HealthDocument["checks"], nowMs: number): HealthDocument {
  const states = Object.values(checks).flatMap((some) => some.map(({ status }) => status));
  const worst = (["fail", "warn"] as const).find((state) => states.includes(state)) ?? "pass";
  return { status: worst, time: new Date(nowMs).toISOString(), checks };
}

const figure = (status: HealthState, observedValue: number, observedUnit: string, output: string) => ({
  status,
  observedValue,
  observedUnit,
  output,
});

const check = (isWell: boolean, value: number, unit: string, output: string): HealthCheck =>
  isWell ? { status: "pass", observedValue: value, observedUnit: unit } : figure("warn", value, unit, output);

export type HealthSources = Pick<MetricsSources, "ingestQueue" | "outboxLag"> & {
  /** Null or left out: nothing is fed beside the database. */
  readonly fedStore?: { readonly stage: string; status(): FeedStatus } | null;
  retention(): RetentionStatus;
};

export async function readHealth(
  db: Database,
  clock: Clock,
  { ingestQueue, outboxLag, retention, fedStore = null }: HealthSources,
): Promise<HealthDocument> {
  const startedMs = clock.nowMs();
  const ingestWaiting = ingestQueue().waiting;
  const retentionTroubles = retention().lastRound?.troubles ?? [];
  try {
    const { rows } = await sql<{ behind: number; silent: number }>`
      SELECT
        (SELECT coalesce(sum(high_water_mark_seq - coalesce(through_seq, 0)), 0)::float8
          FROM lanes LEFT JOIN latest_marks USING (journal_id, lane)
          WHERE lane <> 'beds' AND NOT superseded) AS behind,
        (SELECT count(*)::int FROM gateways
          WHERE last_heard_at_ms < ${startedMs - GATEWAY_SILENT_AFTER_MS}) AS silent`.execute(db);
    const outboxLagRows = await outboxLag();
    const lag = fedStore === null ? null : await feedLag(db, fedStore.stage);
    const nowMs = clock.nowMs();
    const [row] = rows;
    const facts = {
      databaseMs: nowMs - startedMs,
      ingestWaiting,
      outboxLagRows,
      latestLagRows: row?.behind ?? 0,
      gatewaysSilent: row?.silent ?? 0,
      retentionTroubles,
      fedStore: lag && {
        lagMs: lag.oldestReceivedAtMs === null ? 0 : Math.max(0, nowMs - lag.oldestReceivedAtMs),
        trouble: fedStore?.status().trouble?.message ?? null,
      },
    };
    return healthOf(facts, nowMs);
  } catch {
    const facts = {
      databaseMs: null,
      ingestWaiting,
      outboxLagRows: 0,
      latestLagRows: 0,
      gatewaysSilent: 0,
      retentionTroubles,
    };
    return healthOf(facts, clock.nowMs());
  }
}
