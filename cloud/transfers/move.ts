/** One step of a transfer, of which everything is locked: decide, write, tell. Who may is asked before. */
import type { TransferEventName, TransferState } from "../../contracts/booking/states.ts";
import { decideTransfer } from "../../contracts/booking/transfer-table.ts";
import { transferDueAtMs } from "../../contracts/booking/transfer-times.ts";
import type { NamedBooking } from "../bookings/rows.ts";
import type { Actor, DeskEvent } from "../desk/desk-event.ts";
import type { DeskStep } from "../desk/desk-transaction.ts";
import { CloudError } from "../http/problem.ts";
import { isWithinHospital } from "./may.ts";
import { updateTransfer } from "./repository.ts";
import type { LinkedTransfer, PreviousStep, Stage, StoredTransfer } from "./rows.ts";

/** Older ones are left out; nobody holds so many destinations. */
const STAGES_MAX = 100;

/** `bed`: its sensors. */
export type Mover = Actor | "bed";

export type Move = {
  readonly event: TransferEventName;
  readonly by: Mover;
  readonly reason?: string | null;
  /** The destination from now on; left out: as it is. */
  readonly to?: NamedBooking | null;
  /** Of `accept`: for who takes it back. */
  readonly booking?: PreviousStep["booking"];
};

/** Throws TRANSFER_REFUSED where its table or its guards do. */
export function requireMove(transfer: StoredTransfer, event: TransferEventName, by: Mover) {
  const facts = { ...transfer, isWithinHospital: isWithinHospital(transfer) };
  const decision = decideTransfer(facts, event, kindOf(by));
  if (decision.kind === "refused") throw new CloudError("TRANSFER_REFUSED", decision.reason);
  return decision;
}

export async function moveTransfer(step: DeskStep, linked: LinkedTransfer, move: Move): Promise<void> {
  const { trx, nowMs, events } = step;
  const { transfer } = linked;
  const { event, by, reason = null, booking = null } = move;
  const { to: state, resumesTo } = requireMove(transfer, event, by);
  const to = move.to === undefined ? linked.to : move.to;
  const previous =
    typeof by === "string"
      ? null
      : {
          event,
          atMs: nowMs,
          sessionSha256: by.sessionSha256,
          state: transfer.state,
          resumesTo: transfer.resumesTo,
          sinceMs: transfer.sinceMs,
          dueAtMs: transfer.dueAtMs,
          booking,
        };
  await updateTransfer(trx, transfer, {
    state,
    resumesTo,
    sinceMs: nowMs,
    dueAtMs: transferDueAtMs(state, nowMs),
    stages: [...transfer.stages, stageOf(state, by, reason, nowMs)].slice(-STAGES_MAX),
    previous,
    toBookingId: to?.bookingId ?? null,
    toHospitalId: to?.hospitalId ?? null,
  });
  events.push(transferEvent(PAST_OF_EVENT[event], { ...linked, to: to ?? linked.to }, state, reason));
}

const kindOf = (by: Mover) => (by === "bed" || by === "service" ? by : "person");

export function stageOf(state: TransferState, by: Mover, reason: string | null, atMs: number): Stage {
  return { state, atMs, by: { kind: kindOf(by), role: typeof by === "string" ? null : by.role }, reason };
}

const PAST_OF_EVENT: Readonly<Record<TransferEventName, string>> = {
  "hold-destination": "transfer-destination-held",
  accept: "transfer-accepted",
  decline: "transfer-declined",
  "put-on-hold": "transfer-put-on-hold",
  resume: "transfer-resumed",
  "order-transport": "transfer-transport-ordered",
  depart: "transfer-departed",
  arrive: "transfer-arrived",
  complete: "transfer-completed",
  cancel: "transfer-cancelled",
  "destination-lost": "transfer-destination-lost",
  return: "transfer-returned",
};

/** Both hospitals hear of it, also the one whose bed was just lost to it. Nothing in it names a patient. */
export function transferEvent(
  kind: string,
  { transfer, from, to }: Omit<LinkedTransfer, "claim">,
  state: TransferState,
  reason: string | null,
): DeskEvent {
  const { transferId, encounterId, requestId, fromHospitalId } = transfer;
  const toHospitalId = to?.hospitalId ?? null;
  return {
    topic: "transfers",
    subjectId: transferId,
    kind,
    bedId: null,
    hospitalIds: [...new Set([fromHospitalId, toHospitalId].filter((id) => id !== null))],
    body: {
      transferId,
      encounterId,
      requestId,
      callName: from.callName,
      from: transfer.state,
      state,
      fromBedId: from.bedId,
      fromHospitalId,
      toBedId: to?.bedId ?? null,
      toHospitalId,
      reason,
    },
  };
}
