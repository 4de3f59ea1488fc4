import type { QuarantineList } from "../../contracts/wire/gateway-status.ts";
import { DeviceId } from "../../contracts/wire/ids.ts";
import { type Journal, QUARANTINE_ROWS_MAX } from "../journal/journal-port.ts";

/** Of 4 KiB at most each, so that an answer stays below 600 KB. What is older is counted, not shown. */
export const QUARANTINE_SHOWN_MAX = 100;

/** What could not be read, for the engineer's page alone: the bytes may hold a patient's data. */
export async function readQuarantine(
  journal: Pick<Journal, "facts" | "quarantine">,
): Promise<QuarantineList> {
  const rows = await journal.quarantine(QUARANTINE_SHOWN_MAX);
  return {
    entries: rows.map(({ deviceId, receivedAtMs, raw, ...entry }) => ({
      ...entry,
      deviceId: DeviceId.parse(deviceId),
      receivedAt: new Date(receivedAtMs).toISOString(),
      raw: Buffer.from(raw).toString("base64"),
    })),
    kept: journal.facts.quarantinedCount,
    keptMax: QUARANTINE_ROWS_MAX,
  };
}
