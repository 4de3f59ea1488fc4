/**
 * One batch in one transaction:
 *
 *   lock lane ─▶ gap? superseded? ─▶ skip what is known ─▶ check each record ─▶ store or park ─▶ advance the mark
 *
 * Only after the commit is the gateway answered; until then it forgets nothing.
 */
import { BedEvent } from "../../contracts/wire/bed-event.ts";
import { Reading } from "../../contracts/wire/reading.ts";
import type { SyncBatch, SyncReply } from "../../contracts/wire/sync.ts";
import type { GatewayCaller } from "../access/scope.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import { type EventSource, ownedElsewhere } from "./apply-bed-event.ts";
import { lockBeds, storeBedEvents, storeBeds } from "./bed-event-rows.ts";
import { type BatchDecision, decideBatch } from "./decide-batch.ts";
import { fitRecords, type Parked, park } from "./fit-records.ts";
import { foldBedEvents } from "./fold-bed-events.ts";
import { gatewayClock } from "./gateway-clock.ts";
import { acceptEpoch, advanceLane, type LaneKey, lockLane, noteLost } from "./lane-rows.ts";
import { parkedBetween, storeParked } from "./parked-rows.ts";
import { ownersOfBeds, storeReadings } from "./reading-rows.ts";

export type StoredBatch = Omit<SyncReply, "serverTimeMs"> & {
  readonly kind: "stored";
  /** Those of `parked` that were not parked by an earlier delivery of the same batch. */
  readonly newlyParkedCount: number;
  /** Records before this batch that neither side has any more. */
  readonly lostCount: number;
};
export type BatchResult = StoredBatch | Exclude<BatchDecision, { kind: "take" }>;

/** Records that are new here, with where they stand. */
type Fresh = { readonly key: LaneKey; readonly firstSeq: number; readonly records: readonly unknown[] };

export async function storeBatch(
  db: Database,
  { gatewayId, hospitalId }: GatewayCaller,
  batch: SyncBatch,
  receivedAtMs: number,
): Promise<BatchResult> {
  const { epoch, lane, firstSeq, records } = batch;
  const key: LaneKey = { gatewayId, epoch, lane };
  const clock = gatewayClock(batch.sentAtMs, receivedAtMs);
  // A gap in what was measured is noted; a gap in bed events would leave an old status under fresh evidence, and
  // gateways keep their bed events for just that reason.
  const missing = lane === "beds" ? null : batch.missing;
  return await db.transaction().execute(async (trx) => {
    let state = await lockLane(trx, key);
    if (state === null && (firstSeq === 1 || missing?.fromSeq === 1)) {
      await acceptEpoch(trx, key);
      state = await lockLane(trx, key);
    }
    const decision = decideBatch(state, { firstSeq, count: records.length, missing });
    if (decision.kind !== "take") return decision;
    const { knownCount, lost } = decision;
    if (lost !== null) await noteLost(trx, key, lost, receivedAtMs);

    const fresh = { key, firstSeq: firstSeq + knownCount, records: records.slice(knownCount) };
    const parkedBefore = await parkedBetween(trx, key, { firstSeq, lastSeq: fresh.firstSeq - 1 });
    const parked = await storeFresh(trx, fresh, { hospitalId, gatewayId, epoch, clock });
    return {
      kind: "stored",
      highWaterMarkSeq: Math.max(state?.highWaterMarkSeq ?? 0, firstSeq + records.length - 1),
      storedCount: fresh.records.length - parked.length,
      duplicateCount: knownCount,
      parked: [...parkedBefore, ...parked.map(({ seq, reason }) => ({ seq, reason }))],
      newlyParkedCount: parked.length,
      lostCount: lost === null ? 0 : lost.throughSeq - lost.fromSeq + 1,
    };
  });
}

async function storeFresh(trx: DatabaseTransaction, fresh: Fresh, source: EventSource): Promise<Parked[]> {
  const { key, firstSeq, records } = fresh;
  if (records.length === 0) return [];
  const store = key.lane === "beds" ? storeEvents : storeMeasured;
  const parked = await store(trx, fresh, source);
  parked.sort((left, right) => left.seq - right.seq);
  await storeParked(trx, key, parked, source.clock.receivedAtMs);
  await advanceLane(trx, key, firstSeq + records.length - 1);
  return parked;
}

async function storeEvents(
  trx: DatabaseTransaction,
  { firstSeq, records }: Fresh,
  source: EventSource,
): Promise<Parked[]> {
  const { fitting, parked } = fitRecords(BedEvent, firstSeq, records);
  const known = await lockBeds(trx, [...new Set(fitting.map(({ record }) => record.bedId))]);
  const folded = foldBedEvents(known, fitting, source);
  if (folded.events.length > 0) {
    const positions = await storeBedEvents(trx, folded.events, source);
    await storeBeds(trx, folded.beds, positions);
  }
  return [...parked, ...folded.parked];
}

async function storeMeasured(
  trx: DatabaseTransaction,
  { key, firstSeq, records }: Fresh,
  source: EventSource,
): Promise<Parked[]> {
  const { fitting, parked } = fitRecords(Reading, firstSeq, records);
  const owners = await ownersOfBeds(trx, fitting);
  const foreignness = (bedId: string | null) =>
    bedId === null ? null : ownedElsewhere(owners.get(bedId), "reading", source);
  const own = fitting.filter(({ record }) => foreignness(record.bedId) === null);
  await storeReadings(trx, key, own, source.clock);
  const foreign = fitting.flatMap(({ seq, record }) => {
    const reason = foreignness(record.bedId);
    return reason === null ? [] : [park(seq, record, reason)];
  });
  return [...parked, ...foreign];
}
