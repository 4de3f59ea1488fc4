/** Stores readings, and of each source's metric the newest one beside. */
import { sql } from "kysely";
import type * as z from "zod";
import type { Reading } from "../../contracts/wire/reading.ts";
import type { DatabaseTransaction } from "../database/schema.ts";
import { Bed } from "../registry/bed.ts";
import type { Fitting } from "./fit-records.ts";
import { type GatewayClock, happenedAtMs } from "./gateway-clock.ts";
import type { LaneKey } from "./lane-rows.ts";

const Owner = Bed.pick({ bedId: true, hospitalId: true, gatewayId: true, removed: true });
type Owner = z.infer<typeof Owner>;

/** Bed id → who speaks for it, for the beds that these readings name and that are known. */
export async function ownersOfBeds(
  trx: DatabaseTransaction,
  readings: readonly Fitting<Reading>[],
): Promise<ReadonlyMap<string, Owner>> {
  const named = new Set(readings.map(({ record }) => record.bedId).filter((bedId) => bedId !== null));
  if (named.size === 0) return new Map();
  const rows = await trx
    .selectFrom("beds")
    .select(["bedId", "hospitalId", "gatewayId", "removed"])
    .where("bedId", "in", [...named])
    .execute();
  return new Map(
    Owner.array()
      .parse(rows)
      .map((owner) => [owner.bedId, owner]),
  );
}

export async function storeReadings(
  trx: DatabaseTransaction,
  { gatewayId, epoch, lane }: LaneKey,
  readings: readonly Fitting<Reading>[],
  clock: GatewayClock,
): Promise<void> {
  if (readings.length === 0) return;
  const rows = JSON.stringify(readings.map((reading) => readingRow(reading, clock)));
  await sql`
    WITH reading AS (
      SELECT * FROM jsonb_to_recordset(${rows}::jsonb) AS reading(
        seq bigint, device_id text, bed_id text, room_id text, metric text,
        value_number double precision, value_boolean boolean, unit text, quality text, bad_reason text,
        observed_at_ms bigint, observed_by text, gateway_received_at_ms bigint, happened_at_ms bigint)
    ), stored AS (
      INSERT INTO readings
        (gateway_id, epoch, lane, seq, device_id, bed_id, room_id, metric, value_number, value_boolean, unit,
          quality, bad_reason, observed_at_ms, observed_by, gateway_received_at_ms, received_at_ms, clock_offset_ms)
      SELECT ${gatewayId}, ${epoch}, ${lane}, seq, device_id, bed_id, room_id, metric, value_number, value_boolean,
        unit, quality, bad_reason, observed_at_ms, observed_by, gateway_received_at_ms,
        ${clock.receivedAtMs}::bigint, ${clock.offsetMs}::bigint
      FROM reading
    )
    INSERT INTO latest_values
      (gateway_id, device_id, metric, bed_id, room_id, value_number, value_boolean, unit, quality, bad_reason,
        observed_at_ms, received_at_ms)
    SELECT DISTINCT ON (device_id, metric) ${gatewayId}, device_id, metric, bed_id, room_id, value_number,
      value_boolean, unit, quality, bad_reason, happened_at_ms, ${clock.receivedAtMs}::bigint
    FROM reading ORDER BY device_id, metric, happened_at_ms DESC, seq DESC
    ON CONFLICT (gateway_id, device_id, metric) DO UPDATE SET
      bed_id = excluded.bed_id, room_id = excluded.room_id, value_number = excluded.value_number,
      value_boolean = excluded.value_boolean, unit = excluded.unit, quality = excluded.quality,
      bad_reason = excluded.bad_reason, observed_at_ms = excluded.observed_at_ms,
      received_at_ms = excluded.received_at_ms
    -- A backlog brings history, and history is not the newest value.
    WHERE excluded.observed_at_ms >= latest_values.observed_at_ms`.execute(trx);
}

function readingRow({ seq, record }: Fitting<Reading>, clock: GatewayClock) {
  return {
    seq,
    device_id: record.deviceId,
    bed_id: record.bedId,
    room_id: record.roomId,
    metric: record.metric,
    value_number: typeof record.value === "number" ? record.value : null,
    value_boolean: typeof record.value === "boolean" ? record.value : null,
    unit: record.unit,
    quality: record.quality,
    bad_reason: record.badReason,
    observed_at_ms: record.observedAtMs,
    observed_by: record.observedBy,
    gateway_received_at_ms: record.receivedAtMs,
    happened_at_ms: happenedAtMs(record.observedAtMs, clock),
  };
}
