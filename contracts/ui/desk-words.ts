/** Cleaning, conflicts and transfers in words. */
import type {
  CleaningEventName,
  CleaningState,
  DiscrepancyKind,
  TransferEventName,
  TransferState,
} from "../booking/states.ts";
import type { CleaningTaskView } from "../wire/ward-desk.ts";

export const CLEANING_STATE_WORDS: Readonly<Record<CleaningState, string>> = {
  queued: "To be cleaned",
  cleaning: "Being cleaned",
  suspended: "Suspended",
  inspect: "To be inspected",
  done: "Clean",
  cancelled: "Cancelled",
};

export const CLEANING_EVENT_WORDS: Readonly<Record<CleaningEventName, string>> = {
  start: "Start",
  suspend: "Suspend",
  resume: "Go on",
  finish: "Finished",
  "order-inspection": "Order an inspection",
  "pass-inspection": "Inspection passed",
  "fail-inspection": "Inspection failed",
  prioritise: "Make urgent",
  cancel: "Cancel",
  undo: "Undo",
};

export const CLEANING_PRIORITY_WORDS: Readonly<Record<CleaningTaskView["priority"], string>> = {
  stat: "At once",
  next: "Next",
  routine: "Routine",
};

export const DISCREPANCY_WORDS: Readonly<Record<DiscrepancyKind, string>> = {
  ghost: "Admitted, and the bed is empty",
  squat: "Somebody lies where nobody was put",
  "presence-on-claim": "Somebody lies in a bed that is kept for another",
  vacated: "Discharge ordered, and the bed is empty",
  "not-left": "Discharged, and somebody still lies there",
  "arrival-overdue": "The patient has not come",
  "closed-under-claim": "Closed while it is kept for a patient",
};

export const TRANSFER_STATE_WORDS: Readonly<Record<TransferState, string>> = {
  requested: "Looks for a bed",
  held: "Bed held",
  accepted: "Accepted",
  "on-hold": "On hold",
  "transport-ordered": "Transport ordered",
  "en-route": "On the way",
  arrived: "Arrived",
  completed: "Completed",
  declined: "Declined",
  cancelled: "Cancelled",
  failed: "The bed was lost: find another",
  returned: "Came back",
};

export const TRANSFER_EVENT_WORDS: Readonly<Record<TransferEventName | "undo", string>> = {
  "hold-destination": "Hold a bed",
  accept: "Accept",
  decline: "Decline",
  "put-on-hold": "Put on hold",
  resume: "Go on",
  "order-transport": "Order transport",
  depart: "Has left",
  arrive: "Has arrived",
  complete: "Complete",
  cancel: "Cancel",
  "destination-lost": "Bed lost",
  return: "Comes back",
  undo: "Undo",
};
