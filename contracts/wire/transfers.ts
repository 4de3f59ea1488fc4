/** A patient's way from one bed to another, as people's clients see it. */
import * as z from "zod";
import { TRANSFER_EVENTS, TRANSFER_STATES } from "../booking/states.ts";
import { At } from "./board.ts";
import { BedId, HospitalId } from "./ids.ts";
import { PersonRole } from "./roles.ts";

/** The booking that the patient has now, and the request that says what the next bed must be. */
export const TransferBody = z.object({ fromBookingId: z.uuid(), requestId: z.uuid() });
export type TransferBody = z.infer<typeof TransferBody>;

export const TransferEventBody = z.object({
  event: z.enum(TRANSFER_EVENTS).exclude(["destination-lost"]).or(z.literal("undo")),
  /** For `hold-destination`. */
  bedId: BedId.optional(),
  reason: z.string().trim().min(1).max(300).optional(),
});
export type TransferEventBody = z.infer<typeof TransferEventBody>;

const end = z.object({
  bookingId: z.uuid(),
  bedId: BedId,
  bedLabel: z.string(),
  hospitalId: HospitalId,
  wardName: z.string(),
  bookingState: z.string(),
});

export const TransferView = z.object({
  transferId: z.uuid(),
  callName: z.string(),
  encounterId: z.uuid(),
  requestId: z.uuid(),
  state: z.enum(TRANSFER_STATES),
  since: At,
  from: end,
  /** Null until a bed is held, and after it was lost. */
  to: end.nullable(),
  /** Every stage with when it was reached and who said so; `presence`: the bed itself. */
  stages: z.array(
    z.object({
      state: z.enum(TRANSFER_STATES),
      at: At,
      by: z.object({ kind: z.enum(["person", "bed", "service"]), role: PersonRole.nullable() }),
      reason: z.string().nullable(),
    }),
  ),
  /** When the present stage should be over; null: it has no limit. */
  dueAt: At.nullable(),
  allowed: z.array(z.enum(TRANSFER_EVENTS).or(z.literal("undo"))),
  undoUntil: At.nullable(),
  version: z.int(),
});
export type TransferView = z.infer<typeof TransferView>;
export const TransferList = z.object({ transfers: z.array(TransferView), serverTime: At });
export type TransferList = z.infer<typeof TransferList>;
