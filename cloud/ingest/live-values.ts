/** Newest values that a heartbeat brings ahead of its lane's backlog: shown at once, and kept when their lane brings them. */
import { sql } from "kysely";
import type { GatewayId } from "../../contracts/wire/ids.ts";
import { flagsOf, numberOf } from "../../contracts/wire/reading-columns.ts";
import type { LiveValue } from "../../contracts/wire/sync.ts";
import type { Database } from "../database/schema.ts";
import { type GatewayClock, happenedAtMs } from "./gateway-clock.ts";
import { NEWER } from "./latest-values.ts";

export async function storeLiveValues(
  db: Database,
  gatewayId: GatewayId,
  live: readonly LiveValue[],
  clock: GatewayClock,
): Promise<void> {
  // A unit may hold a character that no database stores; its lane will bring it, and it is parked there.
  const storable = live.filter(({ unit }) => unit?.includes("\0") !== true);
  if (storable.length === 0) return;
  const rows = storable.map((value) => ({
    device_id: value.deviceId,
    metric: value.metric,
    bed_id: value.bedId,
    room_id: value.roomId,
    unit: value.unit,
    value: numberOf(value.value),
    flags: flagsOf(value),
    happened_at_ms: happenedAtMs(value.observedAtMs, clock),
  }));
  await sql`
    INSERT INTO latest_values
      (gateway_id, device_id, metric, bed_id, room_id, unit, value, flags, observed_at_ms, received_at_ms)
    SELECT DISTINCT ON (device_id, metric) ${gatewayId}, device_id, metric, bed_id, room_id, unit, value, flags,
      happened_at_ms, ${clock.receivedAtMs}::bigint
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS live(device_id text, metric text, bed_id text, room_id text, unit text,
      value double precision, flags smallint, happened_at_ms bigint)
    ORDER BY device_id, metric, happened_at_ms DESC
    ON CONFLICT (gateway_id, device_id, metric) DO UPDATE SET ${NEWER}`.execute(db);
}
