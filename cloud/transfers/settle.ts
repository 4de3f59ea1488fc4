/** Brings a transfer to where its bookings are. */

import { sql } from "kysely";
import type { BookingPorts } from "../bookings/ports.ts";
import type { Database } from "../database/schema.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { selectBeds } from "../registry/bed-rows.ts";
import { factsOf } from "../registry/bed-view.ts";
import { type Follow, followOf } from "./compare.ts";
import { endDestination } from "./destination.ts";
import { moveTransfer } from "./move.ts";
import { selectTransfer } from "./repository.ts";
import type { LinkedTransfer } from "./rows.ts";

/** Each brings it one stage on; lost, held anew, accepted and completed are four. */
const ROUNDS_MAX = 8;

/** Everything is locked. Returns the transfer as it is then. */
export async function settleLocked(
  ports: BookingPorts,
  step: DeskStep,
  transferId: string,
): Promise<LinkedTransfer> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const linked = await selectTransfer(step.trx, transferId, step.nowMs);
    if (linked === undefined) throw new Error(`transfer ${transferId} was to be locked`);
    const follow = followOf(linked, (await closedDestinations(step.trx, [linked], step.nowMs)).size > 0);
    if (follow === null) return linked;
    await applyFollow(ports, step, linked, follow);
  }
  throw new Error(`transfer ${transferId} does not come to rest after ${ROUNDS_MAX} steps`);
}

async function applyFollow(
  ports: BookingPorts,
  step: DeskStep,
  linked: LinkedTransfer,
  { event, reason }: Follow,
): Promise<void> {
  const { claim } = linked;
  const by = "service";
  switch (event) {
    case "hold-destination":
      return await moveTransfer(step, linked, { event, by, to: claim });
    case "destination-lost": {
      const isSame = claim !== null && claim.bookingId === linked.transfer.toBookingId;
      if (isSame) await endDestination(ports, step, claim, reason);
      return await moveTransfer(step, linked, { event, by, reason, to: null });
    }
    case "cancel":
    case "return":
      await endDestination(ports, step, claim, reason);
      return await moveTransfer(step, linked, { event, by, reason });
    default:
      return await moveTransfer(step, linked, { event, by, reason });
  }
}

/** Ids of the transfers whose destination's bed is closed. */
export async function closedDestinations(
  db: Database,
  linked: readonly LinkedTransfer[],
  nowMs: number,
): Promise<ReadonlySet<string>> {
  const bedIds = linked.flatMap(({ to }) => (to === null ? [] : [to.bedId]));
  if (bedIds.length === 0) return new Set();
  const beds = await selectBeds(db, sql`bed.bed_id = ANY(${bedIds}::text[])`);
  const closed = new Set(
    beds.filter((known) => known.bed.removed || isClosed(known, nowMs)).map(({ bed }) => bed.bedId),
  );
  return new Set(
    linked.filter(({ to }) => to !== null && closed.has(to.bedId)).map(({ transfer }) => transfer.transferId),
  );
}

/** A blocked bed is one that opens again; a person decides whether the transfer waits. */
function isClosed(known: Parameters<typeof factsOf>[0], nowMs: number): boolean {
  const service = factsOf(known, nowMs).axes.service.value;
  return service === "closed" || service === "out-of-service";
}
