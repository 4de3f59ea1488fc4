/** A transfer begins: of a patient who has a bed, for a request that is theirs. */
import { OCCUPYING_BOOKING_STATES } from "../../contracts/booking/states.ts";
import { transferDueAtMs } from "../../contracts/booking/transfer-times.ts";
import type { TransferBody } from "../../contracts/wire/transfers.ts";
import type { PersonCaller } from "../access/scope.ts";
import { bookingNotFound, lockBooking, lockRequests, requestNotFound } from "../bookings/locks.ts";
import { mayAskFor, maySeeBooking } from "../bookings/may.ts";
import type { BookingPorts } from "../bookings/ports.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { uuidOf } from "../exports/exports.ts";
import { CloudError } from "../http/problem.ts";
import { namedBooking } from "./destination.ts";
import { mayMove } from "./may.ts";
import { stageOf, transferEvent } from "./move.ts";
import { insertTransfer, selectTransfer } from "./repository.ts";

const isOccupying = (state: string) => (OCCUPYING_BOOKING_STATES as readonly string[]).includes(state);

/** Returns its id. */
export async function beginTransfer(
  { randomness }: BookingPorts,
  step: DeskStep,
  caller: PersonCaller,
  { fromBookingId, requestId }: TransferBody,
): Promise<string> {
  const { trx, nowMs } = step;
  const request = (await lockRequests(trx, [requestId])).get(requestId);
  if (request === undefined || !mayAskFor(caller, request)) throw requestNotFound();
  const { booking: from } = await lockBooking(trx, fromBookingId);
  if (!maySeeBooking(caller, from)) throw bookingNotFound();
  const parties = { fromHospitalId: from.hospitalId, toHospitalId: null };
  if (!mayMove(caller, "hold-destination", parties))
    throw new CloudError(
      "FORBIDDEN",
      "A transfer is begun by the hospital that has the patient, or by a coordinator.",
    );
  if (!isOccupying(from.state))
    throw new CloudError(
      "TRANSFER_MISMATCH",
      `The booking is ${from.state}: its patient is not in that bed.`,
    );
  if (request.encounterId !== from.encounterId)
    throw new CloudError("TRANSFER_MISMATCH", "The request is for another patient than the booking.");
  if (request.requestId === from.requestId)
    throw new CloudError(
      "TRANSFER_MISMATCH",
      "The request is the one that led to this bed; ask for the next bed anew.",
    );
  if (request.state === "cancelled" || request.state === "closed" || request.state === "placed")
    throw new CloudError("REQUEST_ENDED", `The request is ${request.state}; no bed is held for it any more.`);
  const transferId = uuidOf(randomness.bytes(16));
  const transfer = {
    transferId,
    encounterId: from.encounterId,
    requestId,
    fromBookingId,
    fromHospitalId: from.hospitalId,
    dueAtMs: transferDueAtMs("requested", nowMs),
    stages: [stageOf("requested", caller, null, nowMs)],
  };
  await insertTransfer(trx, transfer, caller, nowMs);
  const stored = await selectTransfer(trx, transferId, nowMs);
  if (stored === undefined) throw new Error(`transfer ${transferId} was to be stored`);
  const named = { ...stored, from: await namedBooking(step, fromBookingId), to: null };
  step.events.push(transferEvent("transfer-requested", named, "requested", null));
  return transferId;
}
