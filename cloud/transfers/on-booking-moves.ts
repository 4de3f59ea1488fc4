/**
 * Asked by bookings before one of them is written, in its transaction: where it is an end of a transfer, the transfer
 * goes with it, or refuses it. However the destination's booking comes to its arrival (a transfer's step, a person at the
 * bedside, the bed itself), the origin's ends in the same instant, and never before.
 */
import { sql } from "kysely";
import { OCCUPYING_BOOKING_STATES, type TransferState } from "../../contracts/booking/states.ts";
import { applyLocked } from "../bookings/apply-event.ts";
import type { BookingMove, BookingPorts } from "../bookings/ports.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { CloudError } from "../http/problem.ts";
import { type Mover, moveTransfer, requireMove } from "./move.ts";
import { followRequest, lockTransfer, selectTransfers } from "./repository.ts";
import type { LinkedTransfer } from "./rows.ts";
import { settleLocked } from "./settle.ts";

const isOccupying = (state: string) => (OCCUPYING_BOOKING_STATES as readonly string[]).includes(state);

export async function onBookingMoves(ports: BookingPorts, step: DeskStep, move: BookingMove): Promise<void> {
  const { booking, to, ask } = move;
  const arrives = !isOccupying(booking.state) && isOccupying(to);
  const leaves = isOccupying(booking.state) && !isOccupying(to);
  if (!arrives && !leaves) return;
  const where = sql`transfer.is_live AND transfer.encounter_id = ${booking.encounterId}`;
  const [linked] = await selectTransfers(step.trx, where, step.nowMs);
  if (linked === undefined) return;
  const { transfer } = linked;
  if (leaves && booking.bookingId === transfer.fromBookingId && ask.event !== "transfer-out")
    requireNoDestination(linked);
  if (leaves && booking.bookingId === transfer.toBookingId && ask.event === "cancel")
    throw new CloudError(
      "BOOKING_REFUSED",
      "The patient's bed of origin was given up for this arrival. Confirm who came, or discharge and ask for a bed anew.",
    );
  if (arrives) await arrive(ports, step, linked, move);
}

const WITHOUT_DESTINATION: readonly TransferState[] = ["requested", "failed"];

/** Its bed is the patient's until they are in another. */
function requireNoDestination({ transfer: { state } }: LinkedTransfer): void {
  if (WITHOUT_DESTINATION.includes(state) || state === "arrived") return;
  const what =
    state === "en-route" ? "say that they arrived, or that they return" : "cancel the transfer first";
  throw new CloudError("BOOKING_REFUSED", `A transfer of the patient is ${state}: ${what}.`);
}

async function arrive(
  ports: BookingPorts,
  step: DeskStep,
  linked: LinkedTransfer,
  move: BookingMove,
): Promise<void> {
  const { booking, ask } = move;
  const { presentSinceMs, actor } = ask;
  const by: Mover = ask.event === "presence" ? "bed" : actor;
  const settled = await settledFor(ports, step, linked, move);
  // The patient has a bed of origin and a destination, and this is a third: the tables refuse it.
  if (settled.transfer.requestId !== booking.requestId) return;
  requireMove(settled.transfer, "arrive", by);
  if (by === "bed" && presentSinceMs !== undefined && presentSinceMs < settled.transfer.sinceMs)
    throw new CloudError(
      "TRANSFER_REFUSED",
      "Somebody lay in the destination before the patient left; find out who, and settle that first.",
    );
  // One instant: the bed saw them lie down, or a person says so now.
  const leftAtMs = Math.min(presentSinceMs ?? step.nowMs, step.nowMs);
  await applyLocked(ports, step, settled.from.bookingId, {
    event: "transfer-out",
    actor: "service",
    reason: `Transferred to ${booking.hospitalId}.`,
    leftAtMs,
  });
  await moveTransfer(step, settled, { event: "arrive", by, reason: ask.reason ?? null });
}

/** The transfer as it is when this booking's step is decided. What the bookings had done before is done first. */
async function settledFor(
  ports: BookingPorts,
  step: DeskStep,
  linked: LinkedTransfer,
  { booking, ask }: BookingMove,
): Promise<LinkedTransfer> {
  const { transferId } = linked.transfer;
  await lockTransfer(step.trx, linked);
  let settled = await settleLocked(ports, step, transferId);
  const isOther = settled.transfer.requestId !== booking.requestId;
  // Its own request was cancelled, and a bed was asked for anew: the patient goes to that one.
  if (isOther && WITHOUT_DESTINATION.includes(settled.transfer.state)) {
    await followRequest(step.trx, settled.transfer, booking.requestId);
    settled = await settleLocked(ports, step, transferId);
  }
  const isItsOwn = settled.transfer.requestId === booking.requestId;
  // The hospital's own word at the bedside is more than its agreement.
  if (isItsOwn && ask.event === "admit" && settled.transfer.state === "held") {
    await moveTransfer(step, settled, { event: "accept", by: ask.actor });
    settled = await settleLocked(ports, step, transferId);
  }
  return settled;
}
