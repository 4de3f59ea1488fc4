import { createHash } from "node:crypto";
import type { DecodedValue } from "../../devices/decoded.ts";
import type { RawMessage } from "./raw-message.ts";

/** A reading that comes again within this is counted once; one that comes later than this counts as new. */
export const IDENTITY_KEPT_MS = 10 * 60_000;

/**
 * A value that carries its device's time is itself, however often it is sent. Two different values of one millisecond
 * are two readings: a report on change may meet the periodic one.
 */
export function valueIdentity(
  deviceId: string,
  { metric, deviceTimeMs, value }: DecodedValue,
): string | null {
  return deviceTimeMs === null ? null : `${deviceId} ${metric} ${deviceTimeMs} ${value}`;
}

/** Without a time, only the broker's packet id tells a repetition from the same value measured again. */
export function messageIdentity({ deviceId, body }: RawMessage): string | null {
  if (body.kind !== "mqtt" || body.packetId === null) return null;
  return `${deviceId} #${body.packetId} ${createHash("sha256").update(body.payload).digest("base64url")}`;
}
