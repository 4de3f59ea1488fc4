/**
 * What may happen to a booking, and what it leads to. Every (state × event) pair is decided: a next state (the same one
 * where the event only changes something about it), or a refusal with the reason a person reads. What depends on more
 * than the state stands in decide-booking.ts.
 *
 *   held ─request─▶ requested ─accept─▶ reserved ─assign─▶ assigned ─presence, arrive─▶ arrived ─admit─▶ admitted ⇄ on-leave
 *     └──── with auto-accept ─────────────▶┘                                                          └─discharge─▶ discharged
 */
import type { Refused, TransitionTable } from "../bed/transitions.ts";
import type { BookingEventName, BookingState } from "./states.ts";

const refused = (reason: string): Refused => ({ refused: reason });

type Row = Readonly<Record<BookingEventName, BookingState | Refused>>;

function ended(reason: string): Row {
  const answer = refused(reason);
  return {
    renew: answer,
    request: answer,
    accept: answer,
    decline: answer,
    assign: answer,
    presence: answer,
    arrive: answer,
    admit: answer,
    leave: answer,
    return: answer,
    "order-discharge": answer,
    "withdraw-discharge": answer,
    discharge: answer,
    "transfer-out": answer,
    release: answer,
    cancel: answer,
    preempt: answer,
    expire: answer,
  };
}

const hasNoEnd = refused("It is no hold any more and does not lapse.");
const notAsked = refused("The hospital was not asked yet; send the hold to it first.");
const notAgreed = refused("The hospital has not agreed yet.");
const agreed = refused("The hospital has agreed already; cancel the booking instead.");
const alreadyThere = refused("The patient is in the bed already.");
const notThere = refused("The patient is not in the bed yet.");
const notAdmitted = refused("The patient is not admitted to this bed.");
const held = refused("It is a hold; release it instead.");
const claimOfHold = refused("Somebody is in a bed that is only held; find out who, and settle that first.");
const onlyHeld = refused(
  "Only a hold gives way to a more urgent request; a hospital was asked for this bed.",
);
const reservedStands = refused("A reserved bed is never taken from its patient.");

const beforeArrival = {
  renew: hasNoEnd,
  request: agreed,
  accept: agreed,
  decline: agreed,
  presence: "arrived",
  arrive: "arrived",
  admit: "admitted",
  leave: notAdmitted,
  return: notAdmitted,
  "order-discharge": notThere,
  "withdraw-discharge": notThere,
  discharge: notThere,
  "transfer-out": notThere,
  release: agreed,
  cancel: "cancelled",
  preempt: reservedStands,
  expire: hasNoEnd,
} as const;

const inBed = {
  renew: hasNoEnd,
  request: alreadyThere,
  accept: alreadyThere,
  decline: alreadyThere,
  assign: alreadyThere,
  discharge: "discharged",
  "transfer-out": "transferred",
  release: alreadyThere,
  preempt: reservedStands,
  expire: hasNoEnd,
} as const;
const leavesByDischarge = refused("The patient is admitted; discharge or transfer them.");

export const bookingTransitions: TransitionTable<BookingState, BookingEventName> = {
  held: {
    renew: "held",
    // With the hospital's auto-accept it goes on to reserved in the same step.
    request: "requested",
    accept: notAsked,
    decline: notAsked,
    assign: notAsked,
    presence: claimOfHold,
    arrive: notAsked,
    admit: "admitted",
    leave: notAdmitted,
    return: notAdmitted,
    "order-discharge": notThere,
    "withdraw-discharge": notThere,
    discharge: notThere,
    "transfer-out": notThere,
    release: "released",
    cancel: held,
    preempt: "preempted",
    expire: "expired",
  },
  requested: {
    renew: "requested",
    request: "requested",
    accept: "reserved",
    decline: "declined",
    assign: notAgreed,
    presence: claimOfHold,
    arrive: notAgreed,
    // The hospital's own word at the bedside is more than its agreement.
    admit: "admitted",
    leave: notAdmitted,
    return: notAdmitted,
    "order-discharge": notThere,
    "withdraw-discharge": notThere,
    discharge: notThere,
    "transfer-out": notThere,
    release: "released",
    cancel: held,
    preempt: onlyHeld,
    expire: "expired",
  },
  reserved: { ...beforeArrival, assign: "assigned" },
  assigned: { ...beforeArrival, assign: "assigned" },
  arrived: {
    ...inBed,
    presence: "arrived",
    arrive: "arrived",
    admit: "admitted",
    leave: notAdmitted,
    return: notAdmitted,
    "order-discharge": refused("Admit the patient first: who is in the bed is not confirmed."),
    "withdraw-discharge": notAdmitted,
    // It was somebody else who lay down there: this booking's patient did not come.
    cancel: "cancelled",
  },
  admitted: {
    ...inBed,
    presence: "admitted",
    arrive: alreadyThere,
    admit: "admitted",
    leave: "on-leave",
    return: "admitted",
    "order-discharge": "admitted",
    "withdraw-discharge": "admitted",
    cancel: leavesByDischarge,
  },
  "on-leave": {
    ...inBed,
    presence: refused(
      "Somebody is in the bed of a patient on leave; whether it is the patient, a person says.",
    ),
    arrive: alreadyThere,
    admit: refused("The patient is on leave; say that they are back instead."),
    leave: "on-leave",
    return: "admitted",
    "order-discharge": "on-leave",
    "withdraw-discharge": "on-leave",
    cancel: leavesByDischarge,
  },
  discharged: ended("The patient was discharged. Ask for a bed anew."),
  transferred: ended("The patient was transferred; their booking is that of the other bed."),
  released: ended("The hold was released. Hold a bed anew."),
  cancelled: ended("The booking was cancelled. Hold a bed anew."),
  declined: ended("The hospital declined. Hold another bed."),
  expired: ended("The hold has lapsed. Hold a bed anew."),
  preempted: ended("The hold gave way to a more urgent request. Hold another bed."),
};
