/** What people say of beds from the cloud: what a bed is, whether it may be used, its cleaning, and what contradicts it. */
import * as z from "zod";
import { BedProfileBody } from "../booking/bed-profile.ts";
import {
  CLEANING_EVENTS,
  CLEANING_KINDS,
  CLEANING_PRIORITIES,
  CLEANING_STATES,
  DISCREPANCY_KINDS,
} from "../booking/states.ts";
import { At, Problem } from "./board.ts";
import { LATITUDE, LONGITUDE } from "./booking.ts";
import { ZonedAt } from "./exports.ts";
import { BedId, HospitalId, WardId } from "./ids.ts";
import { PersonRole } from "./roles.ts";

const reason = z.string().trim().min(1).max(300);

export { BedProfileBody };

export const BedProfileView = z.object({
  bedId: BedId,
  label: z.string(),
  hospitalId: HospitalId,
  wardId: WardId,
  wardName: z.string(),
  roomName: z.string(),
  /** Null: nobody has said what the bed is. */
  profile: BedProfileBody.nullable(),
  /** 0: none was ever stored. */
  version: z.int(),
});
export type BedProfileView = z.infer<typeof BedProfileView>;
export const BedProfileList = z.object({ beds: z.array(BedProfileView), serverTime: At });
export type BedProfileList = z.infer<typeof BedProfileList>;

/** CSV with a header: bed,level,features,ages,sex,mass_kg_max; lists within a cell are parted by a space. */
export const ProfileImportBody = z.object({
  hospital: HospitalId,
  csv: z.string().max(60_000),
  /** True: only what would happen. */
  dryRun: z.boolean(),
});
export type ProfileImportBody = z.infer<typeof ProfileImportBody>;
export const ProfileImportAnswer = z.object({
  applied: z.boolean(),
  changes: z.array(
    z.object({
      line: z.int(),
      bedId: BedId,
      kind: z.enum(["new", "changed", "same"]),
      /** Field → from and to, in words. */
      fields: z.array(z.object({ field: z.string(), from: z.string(), to: z.string() })),
    }),
  ),
  /** With any of them, nothing is applied. */
  errors: z.array(
    z.object({ line: z.int(), column: z.string().nullable(), expected: z.string(), got: z.string() }),
  ),
});
export type ProfileImportAnswer = z.infer<typeof ProfileImportAnswer>;

/** How a hospital books. Minutes throughout. */
export const HospitalPolicyBody = z.object({
  latitude: LATITUDE.nullable(),
  longitude: LONGITUDE.nullable(),
  /** Verified beds are reserved without anybody being asked. */
  autoAccept: z.boolean(),
  holdMinutes: z.object({
    emergency: z.int().min(1).max(120),
    urgent: z.int().min(1).max(120),
    routine: z.int().min(1).max(240),
  }),
  /** From the reservation; later the arrival is overdue. */
  arrivalMinutes: z.int().min(5).max(10_080),
  cleaningMinutes: z.object({ routine: z.int().min(5).max(1_440), terminal: z.int().min(5).max(1_440) }),
});
export type HospitalPolicyBody = z.infer<typeof HospitalPolicyBody>;
export const HospitalPolicyView = z.object({
  hospitalId: HospitalId,
  name: z.string(),
  policy: HospitalPolicyBody,
  /** 0: these are the defaults. */
  version: z.int(),
});
export type HospitalPolicyView = z.infer<typeof HospitalPolicyView>;

/** A person's word on one axis of a bed. `until`: it lapses then by itself. A "clean" never overrides fresh presence. */
export const DeclarationBody = z.discriminatedUnion("axis", [
  z.object({
    axis: z.literal("service"),
    to: z.enum(["open", "blocked", "closed", "out-of-service"]),
    reason: reason.optional(),
    until: ZonedAt.optional(),
  }),
  z.object({
    axis: z.literal("staffing"),
    to: z.enum(["staffed", "unstaffed"]),
    reason: reason.optional(),
    until: ZonedAt.optional(),
  }),
  z.object({
    axis: z.literal("infection"),
    to: z.enum(["none", "isolated", "contaminated"]),
    reason: reason.optional(),
    until: ZonedAt.optional(),
  }),
  z.object({
    axis: z.literal("readiness"),
    to: z.enum(["clean", "dirty", "inspect"]),
    reason: reason.optional(),
  }),
  /** For a bed without a sensor: a person has looked. */
  z.object({
    axis: z.literal("vacancy"),
    to: z.literal("vacant"),
    until: ZonedAt,
    reason: reason.optional(),
  }),
]);
export type DeclarationBody = z.infer<typeof DeclarationBody>;
export const DeclarationAnswer = z.object({
  declarationId: z.uuid(),
  bedId: BedId,
  undoUntil: At,
  /** A claim that the bed has all the same: it was blocked under it, and people have to settle that. */
  claimUnder: z.object({ bookingId: z.uuid(), state: z.string() }).nullable(),
  serverTime: At,
});
export type DeclarationAnswer = z.infer<typeof DeclarationAnswer>;

export const DeclarationUndone = z.object({ bedId: BedId, serverTime: At });
export const DeclarationEntry = z.object({
  declarationId: z.string(),
  what: z.enum(["said", "taken-back", "lapsed"]),
  /** Null: of what was taken back, `said` tells. */
  axis: z.string().nullable(),
  value: z.string().nullable(),
  until: At.nullable(),
  reason: z.string().nullable(),
  /** Null: the service, by a step of its own. */
  role: PersonRole.nullable(),
  at: At,
});
export type DeclarationEntry = z.infer<typeof DeclarationEntry>;
export const DeclarationList = z.object({ entries: z.array(DeclarationEntry), serverTime: At });
export type DeclarationList = z.infer<typeof DeclarationList>;

export const CleaningTaskView = z.object({
  taskId: z.uuid(),
  bedId: BedId,
  bedLabel: z.string(),
  hospitalId: HospitalId,
  wardName: z.string(),
  kind: z.enum(CLEANING_KINDS),
  priority: z.enum(CLEANING_PRIORITIES),
  state: z.enum(CLEANING_STATES),
  /** What began it: the bed was left, a person asked, an inspection failed, or the bed is said to be dirty. */
  cause: z.enum(["vacated", "asked", "inspection-failed", "bed-used"]),
  openedAt: At,
  startedAt: At.nullable(),
  finishedAt: At.nullable(),
  dueAt: At,
  /** Milliseconds of work, without the suspended time; runs while it is cleaned. */
  workedMs: z.int(),
  /** Somebody is in the bed by its sensor: cleaning it waits, or the cleaner is leaning on it. */
  isPresent: z.boolean(),
  allowed: z.array(z.enum(CLEANING_EVENTS)),
  undoUntil: At.nullable(),
  reason: z.string().nullable(),
  version: z.int(),
});
export type CleaningTaskView = z.infer<typeof CleaningTaskView>;
export const CleaningTaskList = z.object({ tasks: z.array(CleaningTaskView), serverTime: At });
export type CleaningTaskList = z.infer<typeof CleaningTaskList>;
export const CleaningTaskBody = z.object({
  bedId: BedId,
  kind: z.enum(CLEANING_KINDS),
  priority: z.enum(CLEANING_PRIORITIES),
  reason: reason.optional(),
});
export type CleaningTaskBody = z.infer<typeof CleaningTaskBody>;
/** `priority`: of `prioritise`, which needs it. */
export const CleaningEventBody = z.object({
  event: z.enum(CLEANING_EVENTS),
  priority: z.enum(CLEANING_PRIORITIES).optional(),
  reason: reason.optional(),
});
export type CleaningEventBody = z.infer<typeof CleaningEventBody>;
/** `CLEANING_TASK_OPEN` names the task, `CLEANING_BED_OCCUPIED` how old the newest evidence is. */
export const CleaningConflict = Problem.extend({
  taskId: z.uuid().optional(),
  evidenceAgeMs: z.int().optional(),
});

/** The one action that resolves it, named so that a screen can offer it as a button. */
export const CONFLICT_ACTIONS = [
  "confirm-discharge",
  "mark-on-leave",
  "identify-patient",
  "confirm-arrival",
  "clear-bed",
  "cancel-booking",
  "find-other-bed",
] as const;
export const ConflictView = z.object({
  conflictId: z.uuid(),
  kind: z.enum(DISCREPANCY_KINDS),
  bedId: BedId,
  bedLabel: z.string(),
  hospitalId: HospitalId,
  wardName: z.string(),
  bookingId: z.uuid().nullable(),
  /** Since when the two contradict each other. */
  since: At,
  openedAt: At,
  closedAt: At.nullable(),
  owner: z.object({ role: PersonRole, hospitalId: HospitalId.nullable(), since: At }).nullable(),
  isOwn: z.boolean(),
  /** What says what, in words with their ages: "admitted 3 h ago", "empty for 42 min by north-bed-02". */
  says: z.array(z.object({ who: z.string(), what: z.string(), at: At })),
  action: z.enum(CONFLICT_ACTIONS),
  actionText: z.string(),
  allowed: z.array(z.enum(["own", "disown", "resolve"])),
  resolution: z.string().nullable(),
  version: z.int(),
});
export type ConflictView = z.infer<typeof ConflictView>;
export const ConflictList = z.object({ conflicts: z.array(ConflictView), serverTime: At });
export type ConflictList = z.infer<typeof ConflictList>;
export const ConflictEventBody = z.object({
  event: z.enum(["own", "disown", "resolve"]),
  /** How `resolve` resolves it; the service checks that the contradiction is gone, or keeps it open. */
  action: z.enum(CONFLICT_ACTIONS).optional(),
  reason: reason.optional(),
});
export type ConflictEventBody = z.infer<typeof ConflictEventBody>;
