/**
 * Holds every bed event that was logged against the record that was stored under its number, once both are here. Log and
 * record come from one gateway by two ways: one that says something else to the board than to the log is found out.
 */
import { sql } from "kysely";
import type { Logger } from "pino";
import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/schema.ts";
import { isPassingTrouble } from "../../database/trouble.ts";
import { every } from "../../live/every.ts";
import { holdsRecord } from "../views/same-record.ts";
import { noteAlarm } from "./alarms.ts";

const LOOK_EVERY_MS = 2_000;
const LEAVES_AT_ONCE_MAX = 500;

export type CompareDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly newEntryId: () => string;
  readonly log: Logger;
};

type Uncompared = {
  readonly logId: number;
  readonly origin: string;
  readonly gatewayId: string;
  readonly epoch: string;
  readonly comparedSize: number;
  readonly size: number;
  readonly storedSeq: number;
};
/** `body`: what was stored; null: it was parked, or is no longer kept. */
type Logged = {
  readonly index: number;
  readonly kind: string;
  readonly firstSeq: number | null;
  readonly payload: string | null;
  readonly body: object | null;
};

export class RecordComparison {
  readonly #deps: CompareDeps;

  constructor(deps: CompareDeps) {
    this.#deps = deps;
  }

  /** Until the signal; rejects only by a bug. */
  async run(signal: AbortSignal): Promise<void> {
    await every(LOOK_EVERY_MS, signal, async () => {
      try {
        while (!signal.aborted && (await this.look()) > 0);
      } catch (error) {
        if (!isPassingTrouble(error)) throw error;
        this.#deps.log.warn({ err: error }, "logged records wait for the database to be compared");
      }
    });
  }

  /** How many leaves were passed, of all logs. */
  async look(): Promise<number> {
    let passed = 0;
    for (const log of await uncompared(this.#deps.db)) passed += await this.#compare(log);
    return passed;
  }

  async #compare(log: Uncompared): Promise<number> {
    const { db } = this.#deps;
    const leaves = await loggedFrom(db, log);
    const end = leaves.findIndex(
      ({ kind, firstSeq }) => kind === "bed-event" && (firstSeq ?? 0) > log.storedSeq,
    );
    const here = end < 0 ? leaves : leaves.slice(0, end);
    if (here.length === 0) return 0;
    await db.transaction().execute(async (trx) => {
      const moved = await trx
        .updateTable("evidenceLogs")
        .set({ comparedSize: log.comparedSize + here.length })
        .where("logId", "=", log.logId)
        .where("comparedSize", "=", log.comparedSize)
        .executeTakeFirst();
      // Another process was there first.
      if (moved.numUpdatedRows === 0n) return;
      for (const { index, firstSeq, payload, body } of here)
        if (payload !== null && body !== null && !holdsRecord(payload, body))
          await this.#differs(trx, log, { index, seq: firstSeq ?? 0 });
    });
    return here.length;
  }

  async #differs(
    db: Database,
    { origin, gatewayId }: Uncompared,
    { index, seq }: { readonly index: number; readonly seq: number },
  ): Promise<void> {
    const { clock, newEntryId, log } = this.#deps;
    const detail = `Record ${seq} of the beds says something else on the board than leaf ${index} of the log.`;
    const subject = `${origin}/${index}`;
    const alarm = { alarmId: newEntryId(), kind: "record-differs", gatewayId, subject, detail } as const;
    await noteAlarm(db, { ...alarm, proof: { origin, index, seq }, atMs: clock.nowMs() });
    log.error({ gatewayId, origin, index, seq }, "a gateway logged another record than it sent to the board");
  }
}

/** Where the next leaf can be compared. `stored_seq`: so far the records of the lane beds have come. */
async function uncompared(db: Database): Promise<readonly Uncompared[]> {
  const { rows } = await sql<Uncompared>`
    SELECT log.log_id, log.origin, log.gateway_id, log.epoch, log.compared_size, log.size,
      coalesce(lane.high_water_mark_seq, 0) AS stored_seq
    FROM evidence_logs log
    LEFT JOIN lanes lane ON lane.gateway_id = log.gateway_id AND lane.epoch = log.epoch AND lane.lane = 'beds'
    JOIN evidence_leaves next ON next.log_id = log.log_id AND next.index = log.compared_size
    WHERE log.gateway_id IS NOT NULL
      AND (next.kind <> 'bed-event' OR next.first_seq <= lane.high_water_mark_seq)`.execute(db);
  return rows;
}

async function loggedFrom(
  db: Database,
  { logId, comparedSize, gatewayId, epoch }: Uncompared,
): Promise<readonly Logged[]> {
  const { rows } = await sql<Logged>`
    SELECT leaf.index, leaf.kind, leaf.first_seq, leaf.payload, event.body
    FROM evidence_leaves leaf
    LEFT JOIN bed_events event ON leaf.kind = 'bed-event' AND event.gateway_id = ${gatewayId}
      AND event.epoch = ${epoch} AND event.seq = leaf.first_seq
    WHERE leaf.log_id = ${logId} AND leaf.index >= ${comparedSize}
    ORDER BY leaf.index LIMIT ${LEAVES_AT_ONCE_MAX}`.execute(db);
  return rows;
}
