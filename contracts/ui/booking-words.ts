/** Bookings, requests and needs in words. */
import type { BookingEventName, BookingState } from "../booking/states.ts";
import type { AgeBand, Feature, IsolationNeed, LevelOfCare, Sex, Urgency } from "../booking/vocabulary.ts";
import type { PersonRole } from "../wire/roles.ts";
import { ROLE_WORDS } from "../words/role-words.ts";

export const LEVEL_WORDS: Readonly<Record<LevelOfCare, string>> = {
  general: "General",
  "high-dependency": "High dependency",
  intensive: "Intensive",
  maternity: "Maternity",
  psychiatric: "Psychiatric",
  burns: "Burns",
};

export const FEATURE_WORDS: Readonly<Record<Feature, string>> = {
  oxygen: "Oxygen",
  "ventilator-invasive": "Ventilator",
  "ventilator-noninvasive": "Non-invasive ventilator",
  telemetry: "Telemetry",
  dialysis: "Dialysis",
  bariatric: "Bariatric",
  cot: "Cot",
  incubator: "Incubator",
  "low-low-bed": "Low-low bed",
  "ligature-safe": "Ligature-safe",
  "single-room": "Single room",
};

export const ISOLATION_WORDS: Readonly<Record<IsolationNeed, string>> = {
  none: "None",
  contact: "Contact",
  droplet: "Droplet",
  airborne: "Airborne",
  protective: "Protective",
};

export const AGE_BAND_WORDS: Readonly<Record<AgeBand, string>> = {
  adult: "Adult",
  child: "Child",
  infant: "Infant",
  newborn: "Newborn",
};

export const SEX_WORDS: Readonly<Record<Sex, string>> = {
  unknown: "Not known",
  female: "Female",
  male: "Male",
  other: "Other",
};

export const URGENCY_WORDS: Readonly<Record<Urgency, string>> = {
  emergency: "Emergency",
  urgent: "Urgent",
  routine: "Routine",
};

export const BOOKING_STATE_WORDS: Readonly<Record<BookingState, string>> = {
  held: "Held",
  requested: "Waits for the hospital",
  reserved: "Reserved",
  assigned: "Assigned",
  arrived: "Arrived, to be identified",
  admitted: "Admitted",
  "on-leave": "On leave",
  discharged: "Discharged",
  transferred: "Transferred",
  released: "Released",
  cancelled: "Cancelled",
  declined: "Declined",
  expired: "Expired",
  preempted: "Gave way",
};

/** On a button. */
export const BOOKING_EVENT_WORDS: Readonly<Record<BookingEventName | "undo", string>> = {
  renew: "Extend",
  request: "Confirm",
  accept: "Accept",
  decline: "Decline",
  assign: "Assign",
  presence: "Present",
  arrive: "Patient is here",
  admit: "Admit",
  leave: "On leave",
  return: "Back from leave",
  "order-discharge": "Order discharge",
  "withdraw-discharge": "Withdraw discharge",
  discharge: "Discharge",
  "transfer-out": "Transfer",
  release: "Release",
  cancel: "Cancel",
  preempt: "Preempt",
  expire: "Expire",
  undo: "Undo",
};

/** Never a name. */
export function actorWords({
  role,
  hospitalId,
}: {
  readonly role: PersonRole;
  readonly hospitalId: string | null;
}): string {
  const words = ROLE_WORDS[role];
  const first = `${words[0]?.toUpperCase()}${words.slice(1)}`;
  return hospitalId === null ? first : `${first} of ${hospitalId}`;
}
