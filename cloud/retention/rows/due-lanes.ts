/** How far each lane of a hospital may be removed: through what every store has. A slow store loses nothing. */
import { sql } from "kysely";
import type { HospitalId } from "../../../contracts/wire/ids.ts";
import type { Database } from "../../database/schema.ts";
import { type DataClass, laneNumberOf, laneOf } from "../policy.ts";

/** The store that roll-ups are fed to. */
const ROLLUPS = "rollups";

export type DueLane = {
  readonly journalId: number;
  readonly gatewayId: string;
  readonly epoch: string;
  /** As in LANES. */
  readonly lane: number;
  readonly throughSeq: number;
};

/** `fedStores`: those outside of this database that are configured. One that was fed once and is no more counts for nothing. */
export async function dueLanes(
  db: Database,
  dataClass: DataClass,
  hospitalId: HospitalId,
  fedStores: readonly string[],
): Promise<DueLane[]> {
  const lane = laneNumberOf(dataClass);
  const isMeasured = dataClass !== "bed-events";
  const stores = isMeasured ? [ROLLUPS, ...fedStores] : fedStores;
  const { rows } = await sql<DueLane>`
    SELECT lanes.journal_id, lanes.gateway_id, lanes.epoch, ${lane}::int AS lane,
      least(lanes.high_water_mark_seq, fed.through_seq,
        CASE WHEN ${isMeasured} THEN coalesce(mark.through_seq, 0) END) AS through_seq
    FROM lanes JOIN gateways USING (gateway_id)
      LEFT JOIN latest_marks mark ON mark.journal_id = lanes.journal_id AND mark.lane = lanes.lane
      CROSS JOIN LATERAL (
        SELECT min(coalesce(cursor.through_seq, 0)) AS through_seq
        FROM unnest(${`{${stores.join(",")}}`}::text::text[]) AS store(name)
          LEFT JOIN series_cursors cursor ON cursor.store = store.name AND cursor.journal_id = lanes.journal_id
            AND cursor.lane = ${lane}) fed
    WHERE gateways.hospital_id = ${hospitalId} AND lanes.lane = ${laneOf(dataClass)}
    ORDER BY lanes.journal_id`.execute(db);
  return rows;
}
