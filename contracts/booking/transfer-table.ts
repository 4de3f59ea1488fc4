/**
 * What may happen to a transfer, and what it leads to; every (state × event) pair is decided here.
 *
 *   requested ─hold-destination─▶ held ─accept─▶ accepted ─order-transport─▶ transport-ordered ─depart─▶ en-route
 *       ─arrive─▶ arrived ─complete─▶ completed
 *   failed ◀─destination-lost─ held … en-route;   failed ─hold-destination─▶ held;   en-route ─return─▶ returned
 *
 * On hold, it is kept to what it resumes.
 */
import type { TransferEventName, TransferState } from "./states.ts";

type Refused = { readonly refused: string };
/** `resumed`: to where it was put on hold. */
type Cell = TransferState | "resumed" | Refused;

const refused = (reason: string): Refused => ({ refused: reason });

const noDestination = refused("No bed is held for it yet; hold a destination first.");
const notOnHold = refused("It is not on hold.");
const onHold = refused("The transfer is on hold; resume it first.");
const hasDestination = refused("A destination is held already; cancel the transfer, or wait for its answer.");
const notAccepted = refused("The hospital of the destination has not accepted yet.");
const wasAccepted = refused(
  "The hospital has accepted already; where it cannot keep the bed, it cancels its booking with a reason.",
);
const notLeft = refused("The patient has not left the bed of origin.");
const notArrived = refused("The patient has not arrived.");
const onTheWay = refused("The patient is on the way; say that they arrive, or that they return.");
const nothingToLose = refused("It has no destination that could be lost.");
const lost = refused("The destination was lost; hold another one.");
const transportOrdered = refused("Transport is ordered already.");
const there = refused("The patient has arrived at the destination; move them by a new transfer.");

function ended(reason: string): Readonly<Record<TransferEventName, Refused>> {
  const answer = refused(reason);
  return {
    "hold-destination": answer,
    accept: answer,
    decline: answer,
    "put-on-hold": answer,
    resume: answer,
    "order-transport": answer,
    depart: answer,
    arrive: answer,
    complete: answer,
    cancel: answer,
    "destination-lost": answer,
    return: answer,
  };
}

export const TRANSFER_TABLE: Readonly<Record<TransferState, Readonly<Record<TransferEventName, Cell>>>> = {
  requested: {
    "hold-destination": "held",
    accept: noDestination,
    decline: noDestination,
    "put-on-hold": "on-hold",
    resume: notOnHold,
    "order-transport": noDestination,
    depart: noDestination,
    arrive: noDestination,
    complete: noDestination,
    cancel: "cancelled",
    "destination-lost": nothingToLose,
    return: notLeft,
  },
  held: {
    "hold-destination": hasDestination,
    accept: "accepted",
    decline: "declined",
    "put-on-hold": "on-hold",
    resume: notOnHold,
    "order-transport": notAccepted,
    depart: notAccepted,
    arrive: notAccepted,
    complete: notArrived,
    cancel: "cancelled",
    "destination-lost": "failed",
    return: notLeft,
  },
  accepted: {
    "hold-destination": hasDestination,
    accept: wasAccepted,
    decline: wasAccepted,
    "put-on-hold": "on-hold",
    resume: notOnHold,
    "order-transport": "transport-ordered",
    // Only within a hospital, where beds are pushed along corridors.
    depart: "en-route",
    // Nobody said that they left, and there they are.
    arrive: "arrived",
    complete: notArrived,
    cancel: "cancelled",
    "destination-lost": "failed",
    return: notLeft,
  },
  "on-hold": {
    "hold-destination": onHold,
    accept: onHold,
    decline: onHold,
    "put-on-hold": refused("It is on hold already."),
    resume: "resumed",
    "order-transport": onHold,
    depart: onHold,
    arrive: onHold,
    complete: onHold,
    cancel: "cancelled",
    "destination-lost": "failed",
    return: notLeft,
  },
  "transport-ordered": {
    "hold-destination": hasDestination,
    accept: wasAccepted,
    decline: wasAccepted,
    "put-on-hold": "on-hold",
    resume: notOnHold,
    "order-transport": transportOrdered,
    depart: "en-route",
    arrive: "arrived",
    complete: notArrived,
    cancel: "cancelled",
    "destination-lost": "failed",
    return: notLeft,
  },
  "en-route": {
    "hold-destination": hasDestination,
    accept: wasAccepted,
    decline: wasAccepted,
    "put-on-hold": onTheWay,
    resume: notOnHold,
    "order-transport": onTheWay,
    depart: refused("The patient has left already."),
    arrive: "arrived",
    complete: notArrived,
    cancel: onTheWay,
    "destination-lost": "failed",
    return: "returned",
  },
  arrived: {
    "hold-destination": there,
    accept: there,
    decline: there,
    "put-on-hold": there,
    resume: notOnHold,
    "order-transport": there,
    depart: there,
    arrive: refused("The patient has arrived already."),
    complete: "completed",
    cancel: there,
    "destination-lost": refused("The patient is there; their bed is not lost to them."),
    return: there,
  },
  failed: {
    "hold-destination": "held",
    accept: lost,
    decline: lost,
    "put-on-hold": lost,
    resume: notOnHold,
    "order-transport": lost,
    depart: lost,
    arrive: lost,
    complete: lost,
    cancel: "cancelled",
    "destination-lost": nothingToLose,
    return: "returned",
  },
  completed: ended("The transfer is completed. Begin a new one."),
  declined: ended("The hospital declined. Begin a new transfer to another."),
  cancelled: ended("The transfer was cancelled. Begin a new one."),
  returned: ended("The patient came back to the bed of origin. Begin a new transfer."),
};

export type TransferFacts = {
  readonly state: TransferState;
  /** Of one that is on hold. */
  readonly resumesTo: TransferState | null;
  readonly isWithinHospital: boolean;
};
export type TransferDecision =
  | { readonly kind: "moved"; readonly to: TransferState; readonly resumesTo: TransferState | null }
  | { readonly kind: "refused"; readonly reason: string };

/** `bed`: its sensors say so, and nobody said who it is. */
export function decideTransfer(
  transfer: TransferFacts,
  event: TransferEventName,
  by: "person" | "bed" | "service",
): TransferDecision {
  const cell = TRANSFER_TABLE[transfer.state][event];
  if (typeof cell === "object") return { kind: "refused", reason: cell.refused };
  const guard = guardOf(transfer, event, by);
  if (guard !== null) return { kind: "refused", reason: guard };
  if (cell === "resumed") {
    if (transfer.resumesTo === null) throw new Error("a transfer on hold was to know what it resumes");
    return { kind: "moved", to: transfer.resumesTo, resumesTo: null };
  }
  return { kind: "moved", to: cell, resumesTo: event === "put-on-hold" ? transfer.state : null };
}

/** What the table cannot know; null: nothing stands against it. */
function guardOf(
  { state, resumesTo, isWithinHospital }: TransferFacts,
  event: TransferEventName,
  by: "person" | "bed" | "service",
): string | null {
  if (event === "depart" && state === "accepted" && !isWithinHospital)
    return "Order the transport first: the destination is another hospital.";
  // Whoever lies there before the patient has left is somebody else.
  if (event === "arrive" && by === "bed" && state !== "en-route")
    return "Somebody is in the destination, and the patient has not left; find out who, and settle that first.";
  if (event === "destination-lost" && state === "on-hold" && resumesTo === "requested")
    return nothingToLose.refused;
  return null;
}
