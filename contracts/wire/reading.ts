import * as z from "zod";
import { METRIC_NAMES } from "../metrics/catalogue.ts";
import { BAD_REASONS } from "./bad-reasons.ts";
import { AtMs, BedId, DeviceId, RoomId } from "./ids.ts";

export const BadReason = z.enum(BAD_REASONS);
export type BadReason = z.infer<typeof BadReason>;

export const ReadingValue = z.union([z.number(), z.boolean()]);

/**
 * One value of one metric from one source. Value, quality, time and where the time comes from travel together.
 * `value` null: the device answered and said that it has no value (a probe without a finger).
 */
export const Reading = z.object({
  kind: z.literal("reading"),
  deviceId: DeviceId,
  bedId: BedId.nullable(),
  roomId: RoomId.nullable(),
  metric: z.enum(METRIC_NAMES),
  value: ReadingValue.nullable(),
  /** UCUM; as it came where the quality is bad for its unit; null for booleans. */
  unit: z.string().max(32).nullable(),
  quality: z.enum(["good", "bad"]),
  badReason: BadReason.nullable(),
  /** The device's own time where it is within 2 s of the gateway's, else the gateway's at receipt. */
  observedAtMs: AtMs,
  observedBy: z.enum(["device", "gateway"]),
  receivedAtMs: AtMs,
});
export type Reading = z.infer<typeof Reading>;
