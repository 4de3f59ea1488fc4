/**
 * The states of everything that is done about beds by people, as they are stored and sent. What leads from one to the
 * other stands in the tables beside this file.
 *
 *   booking   held → requested → reserved → assigned → arrived → admitted ⇄ on-leave → discharged
 *             and out of it: released, expired, declined, preempted, cancelled, transferred
 */
import type { Assignment } from "../bed/axes.ts";

export const BOOKING_STATES = [
  /** A coordinator keeps the bed for a while; nobody else can. */
  "held",
  /** The coordinator wants it, the hospital has not answered; it ends with the hold's time. */
  "requested",
  /** The hospital has agreed. It lasts until the patient comes or somebody cancels it. */
  "reserved",
  /** The ward has prepared this bed for this patient. */
  "assigned",
  /** Somebody is in the bed, by its sensor or a person's word; who it is, is still to be confirmed. */
  "arrived",
  "admitted",
  "on-leave",
  "discharged",
  "transferred",
  "released",
  "cancelled",
  "declined",
  "expired",
  "preempted",
] as const;
export type BookingState = (typeof BOOKING_STATES)[number];

/** In these a booking claims its bed: the database lets a bed have one. */
export const LIVE_BOOKING_STATES = [
  "held",
  "requested",
  "reserved",
  "assigned",
  "arrived",
  "admitted",
  "on-leave",
] as const satisfies readonly BookingState[];
export type LiveBookingState = (typeof LIVE_BOOKING_STATES)[number];

/** In these the patient has the bed: the database lets an encounter have one. */
export const OCCUPYING_BOOKING_STATES = [
  "arrived",
  "admitted",
  "on-leave",
] as const satisfies readonly BookingState[];

/** What a live booking is on the bed's assignment axis. */
export const ASSIGNMENT_OF_BOOKING: Readonly<Record<LiveBookingState, Assignment>> = {
  held: "held",
  requested: "held",
  reserved: "reserved",
  assigned: "assigned",
  arrived: "assigned",
  admitted: "admitted",
  "on-leave": "on-leave",
};

/** What may be done to a booking. `expire`, `presence` and `preempt` come from the service itself. */
export const BOOKING_EVENTS = [
  "renew",
  "request",
  "accept",
  "decline",
  "assign",
  "presence",
  "arrive",
  "admit",
  "leave",
  "return",
  "order-discharge",
  "withdraw-discharge",
  "discharge",
  "transfer-out",
  "release",
  "cancel",
  "preempt",
  "expire",
] as const;
export type BookingEventName = (typeof BOOKING_EVENTS)[number];

/** Open: waits for a bed. The others follow its booking. */
export const REQUEST_STATES = ["open", "held", "booked", "placed", "closed", "cancelled"] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/**
 * requested → held → accepted → transport-ordered → en-route → arrived → completed; on-hold beside each step before the
 * patient leaves. The bed of origin is the patient's until `arrived`, whatever happens at the destination.
 */
export const TRANSFER_STATES = [
  "requested",
  "held",
  "accepted",
  "on-hold",
  "transport-ordered",
  "en-route",
  "arrived",
  "completed",
  "declined",
  "cancelled",
  /** The destination was lost while the patient was on the way or about to be; a new one is needed. */
  "failed",
  /** The patient came back to the bed of origin. */
  "returned",
] as const;
export type TransferState = (typeof TRANSFER_STATES)[number];

export const TRANSFER_EVENTS = [
  "hold-destination",
  "accept",
  "decline",
  "put-on-hold",
  "resume",
  "order-transport",
  "depart",
  "arrive",
  "complete",
  "cancel",
  "destination-lost",
  "return",
] as const;
export type TransferEventName = (typeof TRANSFER_EVENTS)[number];

export const CLEANING_STATES = ["queued", "cleaning", "suspended", "inspect", "done", "cancelled"] as const;
export type CleaningState = (typeof CLEANING_STATES)[number];

export const CLEANING_EVENTS = [
  "start",
  "suspend",
  "resume",
  "finish",
  "order-inspection",
  "pass-inspection",
  "fail-inspection",
  "prioritise",
  "cancel",
  "undo",
] as const;
export type CleaningEventName = (typeof CLEANING_EVENTS)[number];

/** How soon, and how thoroughly: after isolation a bed is cleaned terminally. */
export const CLEANING_PRIORITIES = ["stat", "next", "routine"] as const;
export const CLEANING_KINDS = ["routine", "terminal"] as const;

/**
 * ghost: admitted, and the bed is empty · squat: somebody lies where nobody was put · presence-on-hold: somebody lies in
 * a bed that is held or reserved for another · vacated: discharge ordered, and the bed is empty · not-left: discharged,
 * and somebody still lies there · arrival-overdue · hold-on-closed-bed: closed under its claim.
 */
export const DISCREPANCY_KINDS = [
  "ghost",
  "squat",
  "presence-on-claim",
  "vacated",
  "not-left",
  "arrival-overdue",
  "closed-under-claim",
] as const;
export type DiscrepancyKind = (typeof DISCREPANCY_KINDS)[number];

/** By what a request is before another, in the order in which they count. */
export const RANK_FACTORS = [
  "override",
  "clinical-priority",
  "news2",
  "urgency",
  "waiting",
  "distance",
  "id",
] as const;
