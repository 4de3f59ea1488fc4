/**
 * Takes beds out of service that their gateway no longer speaks for. Its own `bed-decommissioned` comes once: where a
 * damaged journal lost it, the bed would be shown for ever. The event is written here instead, under the epoch that the
 * bed is known by and below zero, where no gateway numbers: a lane's marks, feeds and retention count from one on.
 */
import { sql } from "kysely";
import type { BedEvent } from "../../contracts/wire/bed-event.ts";
import type { BedId, Epoch, GatewayId } from "../../contracts/wire/ids.ts";
import type { Heartbeat } from "../../contracts/wire/sync.ts";
import type { GatewayCaller } from "../access/scope.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import type { Bed } from "../registry/bed.ts";
import type { EventSource } from "./apply-bed-event.ts";
import { lockBeds, storeBedEvents, storeBeds } from "./bed-event-rows.ts";
import { foldBedEvents } from "./fold-bed-events.ts";
import { gatewayClock } from "./gateway-clock.ts";
import { lockLane } from "./lane-rows.ts";

type BedsTold = Pick<Heartbeat, "epoch" | "bootId" | "bedsHeadSeq" | "sentAtMs"> & {
  readonly beds: readonly BedId[];
};

/** Returns the beds that were taken out of service; those that already are count no more. */
export async function retireMissingBeds(
  db: Database,
  { gatewayId, hospitalId }: GatewayCaller,
  { epoch, bootId, bedsHeadSeq, sentAtMs, beds }: BedsTold,
  nowMs: number,
): Promise<readonly BedId[]> {
  const clock = gatewayClock(sentAtMs, nowMs);
  const told = new Set(beds);
  const missing = (await bedsInService(db, gatewayId)).filter((bedId) => !told.has(bedId));
  if (missing.length === 0) return [];
  return await db.transaction().execute(async (trx) => {
    // Held to the end: no event of this journal, and no newer journal, comes in between.
    const lane = await lockLane(trx, { gatewayId, epoch, lane: "beds" });
    // Only of the process that stores in this journal: a copy is found by what it stores, and has stored nothing yet.
    if (lane === null || lane.superseded || lane.bootId !== bootId || lane.highWaterMarkSeq < bedsHeadSeq)
      return [];
    const own = (await lockBeds(trx, missing)).filter((bed) => bed.gatewayId === gatewayId && !bed.removed);
    const byEpoch = Map.groupBy(own, (bed) => bed.epoch);
    for (const [bedEpoch, known] of byEpoch)
      await retire(trx, known, { hospitalId, gatewayId, epoch: bedEpoch, clock }, sentAtMs);
    return own.map(({ bedId }) => bedId);
  });
}

async function bedsInService(db: Database, gatewayId: GatewayId): Promise<BedId[]> {
  const rows = await db
    .selectFrom("beds")
    .select("bedId")
    .where("gatewayId", "=", gatewayId)
    .where("removed", "=", false)
    .execute();
  return rows.map(({ bedId }) => bedId as BedId);
}

async function retire(
  trx: DatabaseTransaction,
  beds: readonly Bed[],
  source: EventSource,
  sentAtMs: number,
): Promise<void> {
  const below = await lowestSeq(trx, source);
  const events = beds.map(({ bedId }, index) => ({
    seq: below - beds.length + index,
    record: {
      kind: "bed-decommissioned",
      bedId,
      observedAtMs: sentAtMs,
      receivedAtMs: sentAtMs,
    } satisfies BedEvent,
  }));
  const folded = foldBedEvents(beds, events, source);
  await storeBeds(trx, folded.beds, await storeBedEvents(trx, folded.events, source));
}

/** Of the bed events of a journal; 0 where all of them were numbered by their gateway. */
async function lowestSeq(
  trx: DatabaseTransaction,
  { gatewayId, epoch }: { readonly gatewayId: GatewayId; readonly epoch: Epoch },
): Promise<number> {
  const { lowest } = await trx
    .selectFrom("bedEvents")
    .select(sql<number>`least(0, min(seq))`.as("lowest"))
    .where("gatewayId", "=", gatewayId)
    .where("epoch", "=", epoch)
    .executeTakeFirstOrThrow();
  return lowest;
}
