/** What can fail where people work on beds: requests, bookings, transfers, cleaning, what they say of beds, and patients. */
import type { ProblemKind } from "./problem.ts";

export const DESK_PROBLEMS = {
  REQUEST_NOT_FOUND: {
    status: 404,
    title: "No such request",
    hint: "GET /api/v1/requests lists the requests that you may see.",
  },
  CLEANING_TASK_NOT_FOUND: {
    status: 404,
    title: "No such cleaning task",
    hint: "GET /api/v1/cleaning-tasks lists those that you may see; with ?done=1 those that are over.",
  },
  CLEANING_TASK_OPEN: {
    status: 409,
    title: "The bed waits for its cleaning already",
    hint: "Use the task that taskId names: give it another priority, or cancel it first.",
  },
  CLEANING_STEP_REFUSED: {
    status: 409,
    title: "The cleaning is not at this point",
    hint: "Read the task again: `allowed` lists what can be done next.",
  },
  CLEANING_BED_OCCUPIED: {
    status: 409,
    title: "Somebody is in the bed",
    hint: "Step back from the bed and wait until its sensors say that it is empty, or order an inspection.",
  },
  CLEANING_UNDO_REFUSED: {
    status: 409,
    title: "The step cannot be taken back",
    hint: "Read the task again, and move it on by what `allowed` lists.",
  },
  REQUEST_EXISTS: {
    status: 409,
    title: "A bed is asked for already",
    hint: "Open that request and change it; a patient waits once.",
  },
  REQUEST_ENDED: {
    status: 409,
    title: "The request has ended",
    hint: "Read it again; ask for a bed anew where one is still needed.",
  },
  REQUEST_HAS_BED: {
    status: 409,
    title: "The request has a bed",
    hint: "Look at its booking; release it before another bed is held.",
  },
  ENCOUNTER_NOT_FOUND: {
    status: 404,
    title: "No such encounter",
    hint: "Leave encounterId out, and a new one begins.",
  },
  ENCOUNTER_IN_BED: {
    status: 409,
    title: "The patient is in another bed",
    hint: "Transfer the patient, or end the other booking first.",
  },
  STAY_CONFLICT: {
    status: 409,
    title: "The bed's stays contradict this",
    hint: "Correct the stay that has no end, then try again.",
  },
  IDENTITY_NOT_FOUND: {
    status: 404,
    title: "The patient has no name yet",
    hint: 'PUT it with If-Match: "0".',
  },
  IDENTITY_SEALED: {
    status: 503,
    title: "The identity does not open",
    hint: "Start the service with the key file that it was sealed under, its older keys included.",
  },
  STAY_NOT_FOUND: {
    status: 404,
    title: "No such stay",
    hint: "GET /api/v1/encounters/{encounterId}/stays lists a patient's stays in your beds.",
  },
  STAY_CORRECTION_REFUSED: {
    status: 409,
    title: "The booking says otherwise",
    hint: "Discharge the patient first, or correct when the stay began or ended only.",
  },
  CORRECTION_IN_FUTURE: {
    status: 400,
    title: "The time has not come yet",
    hint: "Name times that are over by the server's clock; `serverTime` of any answer tells it.",
  },
  PLACEMENT_CONFLICT: {
    status: 409,
    title: "Somebody else has just said where the device was",
    hint: "Look at GET /api/v1/attribution, then say it again if it is still wrong.",
  },
  DEVICE_AMBIGUOUS: {
    status: 409,
    title: "Several devices have this id",
    hint: "Name the gateway too, one of `gateways`.",
  },
  SWAP_REFUSED: {
    status: 409,
    title: "The two cannot be swapped",
    hint: "Look at the stays of both; where one is wrong, correct it by itself.",
  },
  MERGE_REFUSED: {
    status: 409,
    title: "The two cannot be made one",
    hint: "Read both again; merge what `from` and `into` name, where the answer has them.",
  },
  BOOKING_NOT_FOUND: {
    status: 404,
    title: "No such booking",
    hint: "GET /api/v1/bookings lists the bookings that you may see.",
  },
  BOOKING_REFUSED: {
    status: 409,
    title: "The booking does not take this step",
    hint: "`allowed` of the booking says what it takes now.",
  },
  BED_TAKEN: {
    status: 409,
    title: "Somebody else has the bed",
    hint: "`nextBest` is the next bed that fits; hold that one.",
  },
  BED_NOT_BOOKABLE: {
    status: 409,
    title: "The bed cannot be booked",
    hint: "`misfits` says why. Search for another bed.",
  },
  HOLD_LAPSED: {
    status: 409,
    title: "The hold has lapsed",
    hint: "Hold a bed anew; the request waits again in its place.",
  },
  PREEMPT_REFUSED: {
    status: 409,
    title: "The hold does not give way",
    hint: "Hold another bed.",
  },
  FENCING_TOKEN: {
    status: 409,
    title: "The claim has changed hands",
    hint: "Read the booking again; its `fencingToken` names the claim that stands.",
  },
  REASON_MISSING: {
    status: 400,
    title: "A reason is needed",
    hint: "Send `reason`: the other side has to be told why.",
  },
  TRANSFER_NOT_FOUND: {
    status: 404,
    title: "No such transfer",
    hint: "GET /api/v1/transfers lists the transfers that you may see.",
  },
  TRANSFER_EXISTS: {
    status: 409,
    title: "The patient is being transferred already",
    hint: "GET /api/v1/transfers lists it; go on with that one, or cancel it.",
  },
  TRANSFER_MISMATCH: {
    status: 409,
    title: "Booking and request do not make a transfer",
    hint: "Name the booking that has the patient in its bed, and a new request with that booking's encounterId.",
  },
  TRANSFER_REFUSED: {
    status: 409,
    title: "The transfer does not take this step",
    hint: "`allowed` of the transfer says what it takes now.",
  },
  WEBHOOK_NOT_FOUND: {
    status: 404,
    title: "No such webhook",
    hint: "GET /api/v1/webhooks lists the webhooks that you may see.",
  },
  WEBHOOK_ADDRESS_REFUSED: {
    status: 400,
    title: "The service does not send to this address",
    hint: "Name a receiver that is reached over the internet, without credentials in its address.",
  },
  WEBHOOKS_TOO_MANY: {
    status: 409,
    title: "Too many webhooks",
    hint: "Remove one that nobody needs any more: DELETE /api/v1/webhooks/{webhookId}.",
  },
  UNDO_REFUSED: {
    status: 409,
    title: "The step cannot be taken back",
    hint: "Read it again, and do what undoes it by hand.",
  },
  DECLARATION_REFUSED: {
    status: 409,
    title: "This cannot be said of the bed",
    hint: "The detail says what has to come first. Nothing was changed.",
  },
  DECLARATION_UNTIL: {
    status: 400,
    title: "It cannot end then",
    hint: "Choose an end within the times that the detail names; the server's clock counts, not the device's.",
  },
  DECLARATION_NOT_FOUND: {
    status: 404,
    title: "No such word stands",
    hint: "GET /api/v1/beds/{bedId}/declarations tells what was said of the bed.",
  },
  CONFLICT_NOT_FOUND: {
    status: 404,
    title: "No such conflict",
    hint: "GET /api/v1/conflicts lists those that you may see.",
  },
  CONFLICT_CLOSED: {
    status: 409,
    title: "The conflict is over",
    hint: "What contradicted each other agrees by now. Nothing was done.",
  },
  CONFLICT_OWNED: {
    status: 409,
    title: "Somebody else sees to it",
    hint: "Ask them, or take it over by `own` once they have let go of it.",
  },
  CONFLICT_ACTION: {
    status: 400,
    title: "This does not resolve such a conflict",
    hint: "Use the action that the conflict names.",
  },
  CONFLICT_STANDS: {
    status: 409,
    title: "The two still contradict each other",
    hint: "The conflict closes by itself when the bed says so. Look at the bed, and at its sensor.",
  },
  BED_NOT_EMPTY: {
    status: 409,
    title: "Somebody is in the bed",
    hint: "A word never overrides a sensor that is heard. Look at the bed; where it is empty, have its sensor looked at.",
  },
} as const satisfies Record<string, ProblemKind>;
