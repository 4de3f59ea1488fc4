/** Transfers as people's clients read them. Pure. */
import { transferUndoUntilMs } from "../../contracts/booking/transfer-times.ts";
import type { TransferView } from "../../contracts/wire/transfers.ts";
import type { PersonCaller } from "../access/scope.ts";
import type { NamedBooking } from "../bookings/rows.ts";
import { rfc3339, rfc3339OrNull } from "../registry/bed-view.ts";
import { allowedEvents } from "./may.ts";
import type { LinkedTransfer } from "./rows.ts";

export function transferView(
  { transfer, from, to }: LinkedTransfer,
  caller: PersonCaller,
  nowMs: number,
): TransferView {
  const undoUntil = transferUndoUntilMs(transfer.previous, caller, nowMs);
  return {
    transferId: transfer.transferId,
    callName: from.callName,
    encounterId: transfer.encounterId,
    requestId: transfer.requestId,
    state: transfer.state,
    since: rfc3339(transfer.sinceMs),
    from: end(from),
    to: to === null ? null : end(to),
    stages: transfer.stages.map(({ state, atMs, by, reason }) => ({ state, at: rfc3339(atMs), by, reason })),
    dueAt: rfc3339OrNull(transfer.dueAtMs),
    allowed: [...allowedEvents(caller, transfer), ...(undoUntil === null ? [] : (["undo"] as const))],
    undoUntil: rfc3339OrNull(undoUntil),
    version: transfer.version,
  };
}

function end({ bookingId, bedId, bedLabel, hospitalId, wardName, state }: NamedBooking) {
  return { bookingId, bedId, bedLabel, hospitalId, wardName, bookingState: state };
}
