/**
 * One batch in one transaction:
 *
 *   lock lane ─▶ old process? gap? superseded? ─▶ what is known must say the same ─▶ check each record
 *     ─▶ store or park ─▶ advance the mark
 *
 * Only after the commit is the gateway answered; until then it forgets nothing. The usual batch of readings, of which
 * none of this has to be asked, is stored with others (whole-batches.ts).
 */
import type { SyncReply } from "../../contracts/wire/sync.ts";
import type { RawBatch } from "../../contracts/wire/sync-codec.ts";
import type { GatewayCaller } from "../access/scope.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import { type BatchDecision, decideBatch } from "./decide-batch.ts";
import { eventsContent } from "./events-content.ts";
import type { Parked } from "./fit-records.ts";
import { type GatewayClock, gatewayClock } from "./gateway-clock.ts";
import type { LaneContent } from "./lane-content.ts";
import {
  acceptEpoch,
  advanceLane,
  isOldBoot,
  type LaneKey,
  type LaneRow,
  laneNumber,
  lockLane,
  noteBoot,
} from "./lane-rows.ts";
import type { NewestValues } from "./newest-values.ts";
import { isPoison, storeOrPark } from "./park-poison.ts";
import { parkedBetween, storeParked } from "./parked-rows.ts";
import { columnsOf, goodFacts, prepareReadings, readingsContent } from "./readings-content.ts";
import type { SeriesIds } from "./series.ts";
import { prepareAggregates, storeTombstone } from "./tombstone-rows.ts";
import type { WholeBatches } from "./whole-batches.ts";

export type StoredBatch = Omit<SyncReply, "serverTimeMs"> & {
  readonly kind: "stored";
  /** Those of `parked` that were not parked by an earlier delivery of the same batch. */
  readonly newlyParkedCount: number;
  /** Numbers that the gateway had to let go of. */
  readonly tombstonedCount: number;
};
export type BatchResult =
  | StoredBatch
  | Exclude<BatchDecision, { kind: "take" }>
  /** What is known of the batch says something else here. */
  | { readonly kind: "equivocation"; readonly differingSeq: number; readonly epoch: LaneKey["epoch"] }
  | { readonly kind: "second-instance" };

export type StoreDeps = {
  readonly db: Database;
  readonly seriesIds: SeriesIds;
  readonly newestValues: Pick<NewestValues, "add">;
  readonly wholeBatches: Pick<WholeBatches, "store">;
};

/** What a batch brings, apart from where its lane stands. */
type Brought = { readonly count: number; take(trx: DatabaseTransaction, lane: Taking): Promise<BatchResult> };
type Taking = {
  readonly lane: LaneRow;
  readonly knownCount: number;
  /** The database refused one of the records when all were stored at once. */
  readonly isPoisoned: boolean;
};

export async function storeBatch(
  deps: StoreDeps,
  caller: GatewayCaller,
  batch: RawBatch,
  receivedAtMs: number,
): Promise<BatchResult> {
  const { content, firstSeq, bootId } = batch;
  const key: LaneKey = { gatewayId: caller.gatewayId, epoch: batch.epoch, lane: batch.lane };
  const clock = gatewayClock(batch.sentAtMs, receivedAtMs);
  const where = { key, firstSeq, clock };
  switch (content.kind) {
    case "events": {
      const source = { ...key, hospitalId: caller.hospitalId, clock };
      const records = eventsContent(content, { key, firstSeq, source });
      return await carefully(deps.db, batch, where, recordsBrought(records, content.events.length, where));
    }
    case "readings": {
      const prepared = await prepareReadings(deps, key, content);
      const count = content.flags.length;
      if (prepared.judged.misfits.size === 0) {
        const columns = columnsOf(content, prepared);
        const whole = { key, bootId, firstSeq, columns, bedIds: prepared.bedIds };
        if (await tried(deps.wholeBatches.store(whole, clock))) {
          const factsOf = (place: number) => goodFacts(prepared, content.seriesOf[place]);
          deps.newestValues.add({ key, firstSeq, columns, factsOf, clock });
          return storedWhole(firstSeq, count);
        }
      }
      const records = readingsContent(content, prepared, { ...where, hospitalId: caller.hospitalId });
      return await carefully(deps.db, batch, where, recordsBrought(records, count, where));
    }
    case "tombstone":
      return await carefully(deps.db, batch, where, await tombstoneBrought(deps, batch, where));
  }
}

/** A record that the database refuses is found by the careful way. */
async function tried(whole: Promise<boolean>): Promise<boolean> {
  try {
    return await whole;
  } catch (error) {
    if (isPoison(error)) return false;
    throw error;
  }
}

function storedWhole(firstSeq: number, count: number): StoredBatch {
  const counts = { storedCount: count, duplicateCount: 0, newlyParkedCount: 0, tombstonedCount: 0 };
  return { kind: "stored", highWaterMarkSeq: firstSeq + count - 1, parked: [], ...counts };
}

type Where = { readonly key: LaneKey; readonly firstSeq: number; readonly clock: GatewayClock };

async function carefully(
  db: Database,
  batch: RawBatch,
  where: Where,
  brought: Brought,
): Promise<BatchResult> {
  try {
    return await inTransaction(db, batch, where, brought, false);
  } catch (error) {
    if (!isPoison(error)) throw error;
    return await inTransaction(db, batch, where, brought, true);
  }
}

async function inTransaction(
  db: Database,
  { bootId, content, lane }: RawBatch,
  { key, firstSeq, clock }: Where,
  brought: Brought,
  isPoisoned: boolean,
): Promise<BatchResult> {
  const range = { fromSeq: firstSeq, throughSeq: firstSeq + brought.count - 1 };
  return await db.transaction().execute(async (trx) => {
    let row = await lockLane(trx, key);
    if (row === null && firstSeq === 1) {
      await acceptEpoch(trx, key);
      row = await lockLane(trx, key);
    }
    if (row !== null && (await isOldBoot(trx, row, bootId))) return { kind: "second-instance" };
    const decision = decideBatch(row, range);
    if (decision.kind !== "take") return decision;
    if (row === null) throw new Error("a journal that begins with 1 was to be there by now");
    // A gap in bed events would leave an old status under fresh evidence. Where the file was damaged, a new journal
    // begins, and with it every bed anew; otherwise gateways keep their bed events for just this reason.
    if (lane === "beds" && content.kind === "tombstone" && content.reason !== "damaged")
      return { kind: "gap", expectedSeq: row.highWaterMarkSeq + 1 };
    const result = await brought.take(trx, { lane: row, knownCount: decision.knownCount, isPoisoned });
    if (result.kind === "stored") await noteBoot(trx, row, bootId, clock.receivedAtMs);
    return result;
  });
}

function recordsBrought(content: LaneContent, count: number, { key, firstSeq, clock }: Where): Brought {
  return {
    count,
    async take(trx, { lane, knownCount, isPoisoned }) {
      const differingPlace = knownCount === 0 ? null : await content.differsAt(trx, lane, knownCount);
      if (differingPlace !== null)
        return { kind: "equivocation", differingSeq: firstSeq + differingPlace, epoch: key.epoch };
      const range = { fromSeq: firstSeq, throughSeq: firstSeq + knownCount - 1 };
      const parkedBefore = await parkedBetween(trx, key, range);
      const parked: Parked[] = [];
      if (knownCount < count) {
        const places = { from: knownCount, to: count };
        const store = isPoisoned
          ? storeOrPark(trx, { content, lane, firstSeq }, places)
          : content.store(trx, lane, places);
        parked.push(...(await store));
        parked.sort((left, right) => left.seq - right.seq);
        await storeParked(trx, key, parked, clock);
        await advanceLane(trx, key, firstSeq + count - 1);
      }
      return {
        kind: "stored",
        highWaterMarkSeq: Math.max(lane.highWaterMarkSeq, firstSeq + count - 1),
        storedCount: count - knownCount - parked.length,
        duplicateCount: knownCount,
        parked: [...parkedBefore, ...parked].map(({ seq, reason }) => ({ seq, reason })),
        newlyParkedCount: parked.length,
        tombstonedCount: 0,
      };
    },
  };
}

/** What is stored already stays: a gateway may let go of what it sent, where no reply came. */
async function tombstoneBrought(deps: StoreDeps, { content }: RawBatch, where: Where): Promise<Brought> {
  if (content.kind !== "tombstone") throw new Error("a tombstone was expected");
  const { key, firstSeq, clock } = where;
  const aggregates = await prepareAggregates(deps, key.gatewayId, content);
  const { throughSeq } = content;
  const count = throughSeq - firstSeq + 1;
  return {
    count,
    async take(trx, { lane, knownCount }) {
      if (knownCount < count) {
        const fresh = { fromSeq: firstSeq + knownCount, throughSeq };
        const of = { journalId: lane.journalId, lane: laneNumber(key.lane) };
        const tombstone = { ...of, fresh, sentFromSeq: firstSeq, notedAtMs: clock.receivedAtMs };
        await storeTombstone(trx, tombstone, content, aggregates);
        await advanceLane(trx, key, throughSeq);
      }
      return {
        kind: "stored",
        highWaterMarkSeq: Math.max(lane.highWaterMarkSeq, throughSeq),
        storedCount: 0,
        duplicateCount: knownCount,
        parked: [],
        newlyParkedCount: 0,
        tombstonedCount: count - knownCount,
      };
    },
  };
}
