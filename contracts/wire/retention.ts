/** What must not go although its time is over, as people's clients see it. */
import * as z from "zod";
import { At } from "./board.ts";
import { ZonedAt } from "./exports.ts";
import { BedId, DeviceId, HospitalId } from "./ids.ts";
import { PersonRole } from "./roles.ts";

/** vitals, environment: readings and their roll-ups */
const HeldClass = z.enum(["vitals", "environment", "bed-events"]);

const reason = z.string().trim().min(1).max(1_000);

/** Each of bed, device and class narrows it; left out: all. */
export const LegalHoldRequest = z.object({
  hospital: HospitalId,
  bed: BedId.optional(),
  device: DeviceId.optional(),
  class: HeldClass.optional(),
  from: ZonedAt,
  /** Exclusive; left out: whatever comes, until the hold is released. */
  to: ZonedAt.optional(),
  /** For whoever asks years later: the case, the order, the person. */
  reason,
});
export type LegalHoldRequest = z.infer<typeof LegalHoldRequest>;

export const LegalHoldRelease = z.object({ reason });
export type LegalHoldRelease = z.infer<typeof LegalHoldRelease>;

export const LegalHoldView = z.object({
  holdId: z.uuid(),
  hospital: HospitalId,
  bed: BedId.nullable(),
  device: DeviceId.nullable(),
  class: HeldClass.nullable(),
  from: At,
  to: At.nullable(),
  reason: z.string(),
  created: z.object({ at: At, role: PersonRole }),
  /** Null: it holds. */
  released: z.object({ at: At, role: PersonRole, reason: z.string() }).nullable(),
});
export type LegalHoldView = z.infer<typeof LegalHoldView>;

export const LegalHoldList = z.object({ holds: z.array(LegalHoldView), serverTime: At });
export type LegalHoldList = z.infer<typeof LegalHoldList>;
