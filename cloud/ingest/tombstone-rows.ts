/** What gateways had to let go of, and what is left of it. */
import { sql } from "kysely";
import { AtMs, type GatewayId } from "../../contracts/wire/ids.ts";
import type { RawTombstone } from "../../contracts/wire/sync-codec.ts";
import { arrayText } from "../database/array-text.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import type { SeqRange } from "./decide-batch.ts";
import { judgeSeries } from "./judge-readings.ts";
import type { SeriesIds } from "./series.ts";

type LaneOfJournal = { readonly journalId: number; readonly lane: number };

export async function tombstonesBetween(
  trx: DatabaseTransaction,
  { journalId, lane }: LaneOfJournal,
  { fromSeq, throughSeq }: SeqRange,
): Promise<SeqRange[]> {
  return await trx
    .selectFrom("tombstones")
    .select(["fromSeq", "throughSeq"])
    .where("journalId", "=", journalId)
    .where("lane", "=", lane)
    .where("throughSeq", ">=", fromSeq)
    .where("fromSeq", "<=", throughSeq)
    .execute();
}

/** The aggregates of one tombstone that say something, with the numbers of their series. */
export type PreparedAggregates = {
  readonly seriesId: readonly number[];
  readonly startAtMs: readonly number[];
  readonly count: readonly number[];
  readonly min: readonly number[];
  readonly mean: readonly number[];
  readonly max: readonly number[];
};

export async function prepareAggregates(
  { db, seriesIds }: { db: Database; seriesIds: SeriesIds },
  gatewayId: GatewayId,
  { aggregates }: RawTombstone,
): Promise<PreparedAggregates> {
  const { series: raw, seriesOf, startAtMs, count, min, mean, max } = aggregates;
  const series = judgeSeries(raw, (facts) => seriesIds.known(gatewayId, facts));
  const good = series.filter((facts) => typeof facts !== "string");
  const numbers = (await seriesIds.of(db, gatewayId, good)).values();
  const ids = series.map((facts) => (typeof facts === "string" ? undefined : numbers.next().value));
  // An aggregate that says nothing is left out: the tombstone, which is the account of the gap, stands by itself.
  const seen = new Set<string>();
  const places = seriesOf.flatMap((at, place) => {
    const id = ids[at];
    const key = `${id} ${startAtMs[place]}`;
    const isSound =
      id !== undefined &&
      !seen.has(key) &&
      Number.isSafeInteger(count[place]) &&
      AtMs.safeParse(startAtMs[place]).success &&
      [min, mean, max].every((column) => Number.isFinite(column[place]));
    seen.add(key);
    return isSound ? [place] : [];
  });
  const picked = (column: readonly number[]) => places.map((place) => column[place] ?? 0);
  return {
    seriesId: places.map((place) => ids[seriesOf[place] ?? -1] ?? 0),
    startAtMs: picked(startAtMs),
    count: picked(count),
    min: picked(min),
    mean: picked(mean),
    max: picked(max),
  };
}

export type NewTombstone = LaneOfJournal & {
  /** Not known here yet. */
  readonly fresh: SeqRange;
  readonly sentFromSeq: number;
  readonly notedAtMs: number;
};

export async function storeTombstone(
  trx: DatabaseTransaction,
  { journalId, lane, fresh, sentFromSeq, notedAtMs }: NewTombstone,
  { reason, aggregates: { everyMs } }: RawTombstone,
  { seriesId, startAtMs, count, min, mean, max }: PreparedAggregates,
): Promise<void> {
  await trx
    .insertInto("tombstones")
    .values({ journalId, lane, ...fresh, reason, sentFromSeq, everyMs, notedAtMs })
    .execute();
  if (seriesId.length === 0) return;
  await sql`
    INSERT INTO reading_aggregates (journal_id, lane, from_seq, series_id, start_at_ms, count, min, mean, max)
    SELECT ${journalId}, ${lane}, ${fresh.fromSeq}, *
    FROM unnest(${arrayText(seriesId)}::text::int[], ${arrayText(startAtMs)}::text::bigint[],
      ${arrayText(count)}::text::bigint[], ${arrayText(min)}::text::float8[], ${arrayText(mean)}::text::float8[],
      ${arrayText(max)}::text::float8[])`.execute(trx);
}
