/** Stores readings, a column at a time: one statement, however many rows. */
import { sql } from "kysely";
import type * as z from "zod";
import type { BedId, BootId } from "../../contracts/wire/ids.ts";
import { arrayText } from "../database/array-text.ts";
import { preparedAs } from "../database/prepared.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import { Bed } from "../registry/bed.ts";
import type { GatewayClock } from "./gateway-clock.ts";
import { type LaneKey, laneNumber } from "./lane-rows.ts";
import { blockSpans, noteBlocks, spansSql } from "./reading-blocks.ts";

export type ReadingColumns = {
  readonly seriesId: readonly number[];
  readonly value: readonly number[];
  readonly flags: readonly number[];
  readonly observedAtMs: readonly number[];
  readonly receivedAtMs: readonly number[];
};

/** Times as differences, to the first of them and to each other: fewer digits to write here and to read there. */
function columnsSql({ seriesId, value, flags, observedAtMs, receivedAtMs }: ReadingColumns) {
  const baseMs = receivedAtMs[0] ?? 0;
  const received = receivedAtMs.map((atMs) => atMs - baseMs);
  const lag = observedAtMs.map((atMs, place) => (receivedAtMs[place] ?? 0) - atMs);
  return sql`
    (SELECT series_id, value, flags, ${baseMs}::bigint + received - lag AS observed_at_ms,
        ${baseMs}::bigint + received AS received_at_ms, place
      FROM unnest(${arrayText(seriesId)}::text::int[], ${arrayText(value)}::text::float8[],
        ${arrayText(flags)}::text::smallint[], ${arrayText(lag)}::text::bigint[],
        ${arrayText(received)}::text::bigint[]) WITH ORDINALITY
        AS came(series_id, value, flags, lag, received, place)) AS reading`;
}

export type WholeBatch = {
  readonly key: LaneKey;
  readonly bootId: BootId;
  readonly firstSeq: number;
  readonly columns: ReadingColumns;
  readonly bedIds: readonly BedId[];
};

/**
 * The usual batch, in one statement that is a transaction of its own: it begins right after the lane's mark, in a
 * journal and from a process that are the newest, and speaks of no bed that is somebody else's. False: something of
 * this does not hold, and nothing was stored.
 */
export async function storeWholeBatch(
  db: Database,
  { key: { gatewayId, epoch, lane }, bootId, firstSeq, columns, bedIds }: WholeBatch,
  clock: GatewayClock,
): Promise<boolean> {
  const count = columns.flags.length;
  const spans = blockSpans((place) => firstSeq + place, columns.observedAtMs);
  const { rows } = await sql<{ taken: number }>`${preparedAs("store-whole-batch")}
    WITH taken AS (
      UPDATE lanes SET high_water_mark_seq = ${firstSeq + count - 1} FROM journals
      WHERE lanes.gateway_id = ${gatewayId} AND lanes.epoch = ${epoch} AND lanes.lane = ${lane}
        AND lanes.high_water_mark_seq = ${firstSeq - 1} AND NOT lanes.superseded
        AND journals.journal_id = lanes.journal_id AND journals.boot_id = ${bootId}
        AND NOT EXISTS (
          SELECT FROM beds WHERE bed_id = ANY(${`{${bedIds.join(",")}}`}::text::text[]) AND beds.gateway_id <> ${gatewayId})
      RETURNING lanes.journal_id
    ), stored AS (
      INSERT INTO readings (seq, value, observed_at_ms, gateway_received_at_ms, received_at_ms, clock_offset_ms,
        journal_id, series_id, lane, flags)
      SELECT ${firstSeq - 1} + reading.place, reading.value, reading.observed_at_ms, reading.received_at_ms,
        ${clock.receivedAtMs}, ${clock.offsetMs}, taken.journal_id, reading.series_id, ${laneNumber(lane)}, reading.flags
      FROM taken, ${columnsSql(columns)}
    ), noted AS (${noteBlocks(sql`
      SELECT taken.journal_id, ${laneNumber(lane)}, span.week, span.block, span.from_ms, span.through_ms
      FROM taken, unnest(${spansSql(spans)}) AS span(block, week, from_ms, through_ms)`)}
    )
    SELECT count(*)::int AS taken FROM taken`.execute(db);
  return rows[0]?.taken === 1;
}

/** Inside a transaction that holds the lane: those of a batch that may be stored, each under its own number. */
export async function storeReadings(
  trx: DatabaseTransaction,
  { journalId, lane, seq }: { journalId: number; lane: number; seq: readonly number[] },
  columns: ReadingColumns,
  clock: GatewayClock,
): Promise<void> {
  if (seq.length === 0) return;
  const spans = blockSpans((place) => seq[place] ?? 0, columns.observedAtMs);
  await sql`
    WITH noted AS (${noteBlocks(sql`
      SELECT ${journalId}, ${lane}, span.week, span.block, span.from_ms, span.through_ms
      FROM unnest(${spansSql(spans)}) AS span(block, week, from_ms, through_ms)`)}
    )
    INSERT INTO readings (seq, value, observed_at_ms, gateway_received_at_ms, received_at_ms, clock_offset_ms,
      journal_id, series_id, lane, flags)
    SELECT number.seq, reading.value, reading.observed_at_ms, reading.received_at_ms,
      ${clock.receivedAtMs}, ${clock.offsetMs}, ${journalId}, reading.series_id, ${lane}, reading.flags
    FROM ${columnsSql(columns)}
      JOIN unnest(${arrayText(seq)}::text::bigint[]) WITH ORDINALITY AS number(seq, place) USING (place)`.execute(
    trx,
  );
}

export type StoredReading = {
  readonly seq: number;
  readonly seriesId: number;
  readonly value: number;
  readonly flags: number;
  readonly observedAtMs: number;
  readonly gatewayReceivedAtMs: number;
};

export async function readingsBetween(
  trx: DatabaseTransaction,
  { journalId, lane }: { journalId: number; lane: number },
  { fromSeq, throughSeq }: { fromSeq: number; throughSeq: number },
): Promise<StoredReading[]> {
  return await trx
    .selectFrom("readings")
    .select(["seq", "seriesId", "value", "flags", "observedAtMs", "gatewayReceivedAtMs"])
    .where("journalId", "=", journalId)
    .where("lane", "=", lane)
    .where("seq", ">=", fromSeq)
    .where("seq", "<=", throughSeq)
    .execute();
}

const Owner = Bed.pick({ bedId: true, hospitalId: true, gatewayId: true, removed: true });
type Owner = z.infer<typeof Owner>;

/** Bed id → who speaks for it, for those of these beds that are known. */
export async function ownersOfBeds(
  trx: DatabaseTransaction,
  bedIds: readonly BedId[],
): Promise<ReadonlyMap<string, Owner>> {
  if (bedIds.length === 0) return new Map();
  const rows = await trx
    .selectFrom("beds")
    .select(["bedId", "hospitalId", "gatewayId", "removed"])
    .where("bedId", "in", bedIds)
    .execute();
  return new Map(
    Owner.array()
      .parse(rows)
      .map((owner) => [owner.bedId, owner]),
  );
}
