/** Records that the cloud could not store, as people see them: what is wrong with each, and not what it says. */
import * as z from "zod";
import { METRIC_NAMES } from "../metrics/catalogue.ts";
import { At } from "./board.ts";
import { BedId, DeviceId, Epoch, GatewayId, Lane, Seq } from "./ids.ts";

export const ParkedRecordKey = z.object({ gatewayId: GatewayId, epoch: Epoch, lane: Lane, seq: Seq });
export type ParkedRecordKey = z.infer<typeof ParkedRecordKey>;

export const ParkedRecord = z.object({
  ...ParkedRecordKey.shape,
  reason: z.string(),
  receivedAt: At,
  /** As far as it can be told. Its values are left out: they may be a patient's. */
  about: z.object({
    kind: z.string().nullable(),
    bedId: BedId.nullable(),
    deviceId: DeviceId.nullable(),
    metric: z.enum(METRIC_NAMES).nullable(),
  }),
});
export type ParkedRecord = z.infer<typeof ParkedRecord>;

export const ParkedRecordPage = z.object({
  records: z.array(ParkedRecord),
  nextCursor: z.string().nullable(),
});
export type ParkedRecordPage = z.infer<typeof ParkedRecordPage>;

/** Records tried again in one request; of all of them, the next request goes on at the cursor. */
export const REPLAYED_RECORDS_MAX = 500;

export const ReplayRequest = z.union([
  z.object({ records: z.array(ParkedRecordKey).min(1).max(REPLAYED_RECORDS_MAX) }),
  z.object({ all: z.literal(true), cursor: z.string().max(256).optional() }),
]);
export type ReplayRequest = z.infer<typeof ReplayRequest>;

export const ReplayReply = z.object({
  storedCount: z.int().nonnegative(),
  stillParked: z.array(z.object({ ...ParkedRecordKey.shape, reason: z.string() })),
  nextCursor: z.string().nullable(),
});
export type ReplayReply = z.infer<typeof ReplayReply>;
