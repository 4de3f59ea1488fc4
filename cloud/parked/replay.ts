/**
 * Tries again to store what was parked, through the same checks: after an upgrade that knows more, or once a bed is
 * this gateway's. A transaction for each record; one that is stored is no longer parked, so that doing it twice does
 * it once.
 */
import { BedEvent } from "../../contracts/wire/bed-event.ts";
import type { BedId } from "../../contracts/wire/ids.ts";
import type { ParkedRecordKey } from "../../contracts/wire/parked-records.ts";
import type { RawReadings } from "../../contracts/wire/sync-codec.ts";
import type { Scope } from "../access/scope.ts";
import type { Database, DatabaseTransaction } from "../database/schema.ts";
import { setBackCursors } from "../history/feed/cursors.ts";
import { rollUpLate } from "../history/postgresql/roll-up-late.ts";
import { applyBedEvent, type EventSource, ownedElsewhere } from "../ingest/apply-bed-event.ts";
import { lockBeds, newestEventSeq, storeBedEvents, storeBeds } from "../ingest/bed-event-rows.ts";
import { fitRecords, type Parked, park } from "../ingest/fit-records.ts";
import type { LaneContent } from "../ingest/lane-content.ts";
import { type LaneKey, type LaneRow, laneNumber, lockLane } from "../ingest/lane-rows.ts";
import { storeOrPark } from "../ingest/park-poison.ts";
import { prepareReadings, readingsContent } from "../ingest/readings-content.ts";
import { SeriesIds } from "../ingest/series.ts";
import { lockParked, type StoredParked } from "./parked-repository.ts";

export type Replayed =
  | { readonly kind: "stored" }
  | { readonly kind: "parked"; readonly reason: string }
  | { readonly kind: "not-there" };

export async function replayRecord(db: Database, scope: Scope, key: ParkedRecordKey): Promise<Replayed> {
  return await db.transaction().execute(async (trx) => {
    // In the order that ingest takes them, so that the two wait for each other and do not deadlock.
    const lane = await lockLane(trx, key);
    const parked = await lockParked(trx, scope, key);
    if (lane === null || parked === undefined) return { kind: "not-there" };
    const raw = parsed(parked.body);
    if (raw === undefined)
      return { kind: "parked", reason: "it was too long to be kept whole, and cannot be tried again" };
    const content = key.lane === "beds" ? eventContent(raw, parked) : await readingContent(trx, raw, parked);
    const [still] = await storeOrPark(trx, { content, lane, firstSeq: key.seq }, { from: 0, to: 1 });
    await settle(trx, parked, still);
    const laneOfJournal = { journalId: lane.journalId, lane: laneNumber(key.lane) };
    if (still === undefined && key.lane !== "beds") await rollUpLate(trx, laneOfJournal, key.seq);
    if (still === undefined) await setBackCursors(trx, laneOfJournal, key.seq);
    return still === undefined ? { kind: "stored" } : { kind: "parked", reason: still.reason };
  });
}

async function settle(trx: DatabaseTransaction, key: LaneKey & { seq: number }, still: Parked | undefined) {
  const { gatewayId, epoch, lane, seq } = key;
  if (still === undefined)
    await trx
      .deleteFrom("parkedRecords")
      .where("gatewayId", "=", gatewayId)
      .where("epoch", "=", epoch)
      .where("lane", "=", lane)
      .where("seq", "=", seq)
      .execute();
  else
    await trx
      .updateTable("parkedRecords")
      .set({ reason: still.reason })
      .where("gatewayId", "=", gatewayId)
      .where("epoch", "=", epoch)
      .where("lane", "=", lane)
      .where("seq", "=", seq)
      .execute();
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const clockOf = ({ clockOffsetMs, receivedAtMs }: StoredParked) => ({
  offsetMs: clockOffsetMs,
  receivedAtMs,
});

async function readingContent(db: Database, raw: unknown, parked: StoredParked): Promise<LaneContent> {
  const { series, value, flags, observedAtMs, receivedAtMs } = Object(raw);
  const reading: RawReadings = {
    kind: "readings",
    series: [series],
    seriesOf: [0],
    value: [value],
    flags: [flags],
    observedAtMs: [observedAtMs],
    receivedAtMs: [receivedAtMs],
  };
  const prepared = await prepareReadings({ db, seriesIds: new SeriesIds() }, parked, reading);
  const { hospitalId, seq: firstSeq } = parked;
  return readingsContent(reading, prepared, { key: parked, hospitalId, firstSeq, clock: clockOf(parked) });
}

/** What was said of the bed since stands: an event from before it joins the history and changes nothing. */
function eventContent(raw: unknown, parked: StoredParked): LaneContent {
  const { seq, hospitalId, gatewayId, epoch } = parked;
  const source: EventSource = { hospitalId, gatewayId, epoch, clock: clockOf(parked) };
  return {
    raw: () => raw,
    differsAt: async () => null,
    async store(trx, lane) {
      const { fitting, parked: misfits } = fitRecords(BedEvent, seq, [raw]);
      const [event] = fitting;
      if (event === undefined) return misfits;
      const { bedId } = event.record;
      const [bed] = await lockBeds(trx, [bedId]);
      const isHistory = await isOvertaken(trx, lane, parked, bedId);
      const foreign = ownedElsewhere(bed, event.record.kind, source);
      if (isHistory && (bed === undefined || foreign !== null))
        return [park(seq, raw, foreign ?? "bed was not commissioned")];
      const applied = isHistory && bed !== undefined ? bed : applyBedEvent(bed, event.record, source);
      if ("reason" in applied) return [park(seq, raw, applied.reason)];
      const positions = await storeBedEvents(trx, [event], source);
      await storeBeds(trx, ["kind" in applied ? applied.bed : applied], positions);
      return [];
    },
  };
}

async function isOvertaken(
  trx: DatabaseTransaction,
  { superseded }: LaneRow,
  { gatewayId, epoch, seq }: StoredParked,
  bedId: BedId,
): Promise<boolean> {
  return superseded || (await newestEventSeq(trx, { gatewayId, epoch }, bedId)) > seq;
}
