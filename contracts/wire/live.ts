/**
 * The live socket, `/api/v1/live`.
 *
 *   cloud ─▶ snapshot(seq)                     on a first connection, or where ?after is unknown here
 *         ─▶ changes(seq) …                    beds as they are now, newest only; with ?after=seq, first what was missed
 *         ─▶ evidence …                        how fresh each source is; not numbered, sent whole after every connect
 *         ─▶ desk(position) …                  which requests, bookings, tasks changed; a client asks for those it shows,
 *                                              and for all of them after every connect
 *
 * After any interruption, a client that resumes equals one that loads afresh.
 */
import * as z from "zod";
import { At, BedView, GatewayView } from "./board.ts";
import { BedId, DeviceId, HospitalId } from "./ids.ts";

const seq = z.int().nonnegative();

export const LiveSnapshot = z.object({
  kind: z.literal("snapshot"),
  seq,
  serverTime: At,
  hospitals: z.array(z.object({ hospitalId: HospitalId, name: z.string() })),
  gateways: z.array(GatewayView),
  beds: z.array(BedView),
});

export const LiveChanges = z.object({
  kind: z.literal("changes"),
  seq,
  serverTime: At,
  /** Whole beds, each as it is after `seq`. */
  beds: z.array(BedView),
  /** Beds taken out of service by their gateway. */
  removed: z.array(BedId),
});

export const LiveEvidence = z.object({
  kind: z.literal("evidence"),
  serverTime: At,
  gateways: z.array(GatewayView),
  sources: z.array(z.object({ bedId: BedId, deviceId: DeviceId, lastObservedAt: At.nullable() })),
});

/** What people do about beds. */
export const DESK_TOPICS = [
  "requests",
  "bookings",
  "transfers",
  "conflicts",
  "cleaning-tasks",
  "bed-profiles",
  "policies",
  "declarations",
] as const;
export type DeskTopic = (typeof DESK_TOPICS)[number];

export const LiveDesk = z.object({
  kind: z.literal("desk"),
  serverTime: At,
  /** Each once, however often it changed. */
  changed: z.array(z.object({ topic: z.enum(DESK_TOPICS), subjectId: z.string() })),
});

export const LiveMessage = z.discriminatedUnion("kind", [LiveSnapshot, LiveChanges, LiveEvidence, LiveDesk]);
export type LiveMessage = z.infer<typeof LiveMessage>;
