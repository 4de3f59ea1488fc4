/** Readings of a batch, judged and with the numbers of their series. */
import type { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import type { SeriesFacts } from "../../contracts/wire/reading-columns.ts";
import type { RawReadings } from "../../contracts/wire/sync-codec.ts";
import type { Database } from "../database/schema.ts";
import { ownedElsewhere } from "./apply-bed-event.ts";
import { type Parked, park } from "./fit-records.ts";
import type { GatewayClock } from "./gateway-clock.ts";
import { type JudgedReadings, judgeReadings, judgeSeries, rawReading } from "./judge-readings.ts";
import type { LaneContent } from "./lane-content.ts";
import { type LaneKey, laneNumber } from "./lane-rows.ts";
import { parkedBetween } from "./parked-rows.ts";
import { ownersOfBeds, type ReadingColumns, readingsBetween, storeReadings } from "./reading-rows.ts";
import type { SeriesIds } from "./series.ts";
import { tombstonesBetween } from "./tombstone-rows.ts";

export type ReadingsSource = {
  readonly key: LaneKey;
  readonly hospitalId: HospitalId;
  readonly firstSeq: number;
  readonly clock: GatewayClock;
};

export type PreparedReadings = {
  readonly judged: JudgedReadings;
  /** By place in the batch's series; undefined where the series is none. */
  readonly seriesIds: readonly (number | undefined)[];
  readonly bedIds: readonly BedId[];
};

export async function prepareReadings(
  { db, seriesIds }: { db: Database; seriesIds: SeriesIds },
  { gatewayId }: Pick<LaneKey, "gatewayId">,
  content: RawReadings,
): Promise<PreparedReadings> {
  const series = judgeSeries(content.series, (facts) => seriesIds.known(gatewayId, facts));
  const judged = judgeReadings(content, series);
  const good = judged.series.filter((facts) => typeof facts !== "string");
  const ids = (await seriesIds.of(db, gatewayId, good)).values();
  return {
    judged,
    seriesIds: judged.series.map((facts) => (typeof facts === "string" ? undefined : ids.next().value)),
    bedIds: [...new Set(good.flatMap(({ bedId }) => (bedId === null ? [] : [bedId])))],
  };
}

export function columnsOf(
  { seriesOf, value, flags, observedAtMs, receivedAtMs }: RawReadings,
  { seriesIds }: PreparedReadings,
): ReadingColumns {
  return { seriesId: seriesOf.map((at) => seriesIds[at] ?? 0), value, flags, observedAtMs, receivedAtMs };
}

/** Of a reading that is no misfit. */
export function goodFacts({ judged }: PreparedReadings, at: number | undefined): SeriesFacts {
  const facts = judged.series[at ?? -1];
  if (facts === undefined || typeof facts === "string")
    throw new Error("a series that is right was expected");
  return facts;
}

export function readingsContent(
  content: RawReadings,
  prepared: PreparedReadings,
  source: ReadingsSource,
): LaneContent {
  const { judged, bedIds } = prepared;
  const { key, firstSeq, clock } = source;
  const lane = laneNumber(key.lane);
  const columns = columnsOf(content, prepared);
  const raw = (place: number) => rawReading(content, place);

  return {
    raw,

    async differsAt(trx, { journalId }, knownCount) {
      const range = { fromSeq: firstSeq, throughSeq: firstSeq + knownCount - 1 };
      const stored = await readingsBetween(trx, { journalId, lane }, range);
      const bySeq = new Map(stored.map((row) => [row.seq, row]));
      const parked = new Map((await parkedBetween(trx, key, range)).map(({ seq, body }) => [seq, body]));
      const given = await tombstonesBetween(trx, { journalId, lane }, range);
      for (let place = 0; place < knownCount; place++) {
        const seq = firstSeq + place;
        const row = bySeq.get(seq);
        const body = parked.get(seq);
        const isSame =
          row === undefined
            ? body === undefined
              ? !given.some(({ fromSeq, throughSeq }) => fromSeq <= seq && seq <= throughSeq)
              : body === park(seq, raw(place), "").body
            : row.seriesId === columns.seriesId[place] &&
              row.value === columns.value[place] &&
              row.flags === columns.flags[place] &&
              row.observedAtMs === columns.observedAtMs[place] &&
              row.gatewayReceivedAtMs === columns.receivedAtMs[place];
        if (!isSame) return place;
      }
      return null;
    },

    async store(trx, { journalId }, { from, to }) {
      const owners = await ownersOfBeds(trx, bedIds);
      // Whose bed it is belongs to the series: looked at once for each, not for each reading.
      const foreign = judged.series.map((facts) =>
        typeof facts === "string" || facts.bedId === null
          ? null
          : ownedElsewhere(owners.get(facts.bedId), "reading", { ...source, gatewayId: key.gatewayId }),
      );
      const parked: Parked[] = [];
      const places: number[] = [];
      for (let place = from; place < to; place++) {
        const reason = judged.misfits.get(place) ?? foreign[content.seriesOf[place] ?? -1] ?? null;
        if (reason === null) places.push(place);
        else parked.push(park(firstSeq + place, raw(place), reason));
      }
      const picked = (column: readonly number[]) => places.map((place) => column[place] ?? 0);
      const numbers = { journalId, lane, seq: places.map((place) => firstSeq + place) };
      await storeReadings(
        trx,
        numbers,
        {
          seriesId: picked(columns.seriesId),
          value: picked(columns.value),
          flags: picked(columns.flags),
          observedAtMs: picked(columns.observedAtMs),
          receivedAtMs: picked(columns.receivedAtMs),
        },
        clock,
      );
      return parked;
    },
  };
}
