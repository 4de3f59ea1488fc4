/**
 * The newest value of each source's metric, for those who look at a bed. Ingest does not write it: that would be a
 * row in every transaction that its gateway's other lanes wait for. This one follows the stored readings instead.
 *
 *   ingest commits ─▶ wake ─▶ a round: of each lane that is ahead of its mark, the newest of what came ─▶ mark
 *
 * What this process stored itself it has in memory still (newest-values.ts) and need not read. Each mark moves in the transaction that wrote what is below it, and is locked by whoever moves it: any number of
 * processes may follow at once, and one that dies leaves nothing undone.
 */
import { sql } from "kysely";
import type { Logger } from "pino";
import { preparedAs } from "../database/prepared.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import { waited } from "../live/every.ts";
import { CLOCK_TOLERANCE_MS } from "./gateway-clock.ts";
import type { LaneKey } from "./lane-rows.ts";
import type { NewestOfLane, NewestValues } from "./newest-values.ts";

const ROUND_EVERY_MS = 250;
/** Without a wake, another process may have stored something and died. */
const POLL_EVERY_MS = 5_000;
/** Of one lane in one round: what a drain brings takes several rounds, and other lanes are not kept waiting. */
const ROWS_PER_LANE_MAX = 50_000;
const LANES_PER_ROUND_MAX = 50;

export type LatestValuesDeps = {
  readonly db: Database;
  readonly log: Logger;
  readonly newestValues: Pick<NewestValues, "take">;
};

export class LatestValues {
  readonly #deps: LatestValuesDeps;
  #isWoken = false;
  #wake: (() => void) | null = null;

  constructor(deps: LatestValuesDeps) {
    this.#deps = deps;
  }

  wake(): void {
    this.#isWoken = true;
    this.#wake?.();
  }

  /** Rides out a database that is away: the values grow old meanwhile, and say when they are from. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#woken(signal);
      if (signal.aborted) return;
      this.#isWoken = false;
      try {
        if (await this.#round()) this.wake();
      } catch (error) {
        this.#deps.log.warn({ err: error }, "the newest values could not be brought up to date; tried again");
      }
      await waited(ROUND_EVERY_MS, signal);
    }
  }

  async #round(): Promise<boolean> {
    const { db, newestValues } = this.#deps;
    const shown: NewestOfLane[] = [];
    for (const newest of newestValues.take()) if (await storeNewest(db, newest)) shown.push(newest);
    // What came to these since is in memory again, and shown in the next round.
    return await followReadings(
      db,
      shown.map(({ key }) => key),
    );
  }

  async #woken(signal: AbortSignal): Promise<void> {
    if (this.#isWoken) return;
    const poll = new AbortController();
    this.#wake = () => poll.abort();
    await waited(POLL_EVERY_MS, AbortSignal.any([signal, poll.signal]));
    this.#wake = null;
  }
}

const shown = (keys: readonly LaneKey[]) =>
  JSON.stringify(keys.map(({ gatewayId, epoch, lane }) => ({ gateway_id: gatewayId, epoch, lane })));

/** False: something before it is not shown yet, and is to be read first. */
export async function storeNewest(
  db: Database,
  { key: { gatewayId, epoch, lane }, fromSeq, throughSeq, values }: NewestOfLane,
): Promise<boolean> {
  const rows = [...values.values()].map(({ facts, value, flags, happenedAtMs, receivedAtMs }) => ({
    device_id: facts.deviceId,
    metric: facts.metric,
    bed_id: facts.bedId,
    room_id: facts.roomId,
    unit: facts.unit,
    value,
    flags,
    happened_at_ms: happenedAtMs,
    received_at_ms: receivedAtMs,
  }));
  const { rows: moved } = await sql<{ moved: number }>`${preparedAs("store-newest")}
    WITH mark AS (
      UPDATE latest_marks mark SET through_seq = ${throughSeq} FROM journals
      WHERE journals.gateway_id = ${gatewayId} AND journals.epoch = ${epoch} AND mark.journal_id = journals.journal_id
        AND mark.lane = ${lane} AND mark.through_seq >= ${fromSeq - 1} AND mark.through_seq < ${throughSeq}
      RETURNING mark.journal_id
    ), stored AS (
      INSERT INTO latest_values
        (gateway_id, device_id, metric, bed_id, room_id, unit, value, flags, observed_at_ms, received_at_ms)
      SELECT DISTINCT ON (device_id, metric) ${gatewayId}, device_id, metric, bed_id, room_id, unit, value, flags,
        happened_at_ms, received_at_ms
      FROM mark, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS newest(device_id text, metric text, bed_id text,
        room_id text, unit text, value double precision, flags smallint, happened_at_ms bigint, received_at_ms bigint)
      ORDER BY device_id, metric, happened_at_ms DESC
      ON CONFLICT (gateway_id, device_id, metric) DO UPDATE SET ${NEWER}
    )
    SELECT count(*)::int AS moved FROM mark`.execute(db);
  return moved[0]?.moved === 1;
}

type Ahead = {
  readonly journalId: number;
  readonly lane: string;
  readonly laneNumber: number;
  readonly gatewayId: string;
  readonly throughSeq: number;
  readonly highWaterMarkSeq: number;
};

/** One round; true: there is more to do. */
export async function followReadings(db: Database, except: readonly LaneKey[] = []): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    const { rows } = await sql<Ahead>`
      SELECT mark.journal_id, mark.lane, array_position(ARRAY['beds', 'vitals', 'environment'], mark.lane) - 1 AS lane_number,
        lanes.gateway_id, mark.through_seq, lanes.high_water_mark_seq
      FROM latest_marks mark JOIN lanes ON lanes.journal_id = mark.journal_id AND lanes.lane = mark.lane
      WHERE lanes.high_water_mark_seq > mark.through_seq
        AND NOT (lanes.gateway_id, lanes.epoch, lanes.lane) IN (SELECT * FROM jsonb_to_recordset(${shown(except)}::jsonb)
          AS shown(gateway_id text, epoch text, lane text))
      ORDER BY mark.journal_id, mark.lane
      LIMIT ${LANES_PER_ROUND_MAX}
      FOR UPDATE OF mark SKIP LOCKED`.execute(trx);
    let hasMore = rows.length === LANES_PER_ROUND_MAX;
    for (const ahead of rows) {
      const throughSeq = Math.min(ahead.highWaterMarkSeq, ahead.throughSeq + ROWS_PER_LANE_MAX);
      hasMore ||= throughSeq < ahead.highWaterMarkSeq;
      await storeLatest(trx, ahead, throughSeq);
    }
    return hasMore;
  });
}

async function storeLatest(
  trx: DatabaseTransaction,
  { journalId, lane, laneNumber, gatewayId, throughSeq: afterSeq }: Ahead,
  throughSeq: number,
): Promise<void> {
  await sql`
    WITH mark AS (
      UPDATE latest_marks SET through_seq = ${throughSeq} WHERE journal_id = ${journalId} AND lane = ${lane}
    ), came AS (
      SELECT series_id, seq, value, flags, received_at_ms,
        -- As gateway-clock.ts has it: nothing happened after the cloud was told of it.
        least(greatest(observed_at_ms + CASE WHEN abs(clock_offset_ms) > ${CLOCK_TOLERANCE_MS} THEN clock_offset_ms ELSE 0 END, 0),
          received_at_ms) AS happened_at_ms
      FROM readings
      WHERE journal_id = ${journalId} AND lane = ${laneNumber} AND seq > ${afterSeq} AND seq <= ${throughSeq}
    ), newest AS (
      SELECT DISTINCT ON (series_id) * FROM came ORDER BY series_id, happened_at_ms DESC, seq DESC
    )
    INSERT INTO latest_values
      (gateway_id, device_id, metric, bed_id, room_id, unit, value, flags, observed_at_ms, received_at_ms)
    SELECT DISTINCT ON (series.device_id, series.metric) ${gatewayId}, series.device_id, series.metric, series.bed_id,
      series.room_id, series.unit, newest.value, newest.flags, newest.happened_at_ms, newest.received_at_ms
    FROM newest JOIN series USING (series_id)
    ORDER BY series.device_id, series.metric, newest.happened_at_ms DESC, newest.seq DESC
    ON CONFLICT (gateway_id, device_id, metric) DO UPDATE SET ${NEWER}`.execute(trx);
}

/** A backlog brings history, and history is not the newest value. */
export const NEWER = sql`
  bed_id = excluded.bed_id, room_id = excluded.room_id, unit = excluded.unit, value = excluded.value,
  flags = excluded.flags, observed_at_ms = excluded.observed_at_ms, received_at_ms = excluded.received_at_ms
  WHERE excluded.observed_at_ms >= latest_values.observed_at_ms`;
