/** The beds of cleaning tasks, those out of service too: who cleaned them may be asked for later. */
import { sql } from "kysely";
import type { BedId } from "../../contracts/wire/ids.ts";
import type { Database } from "../database/schema.ts";
import type { KnownBed } from "../registry/bed.ts";
import { selectBeds } from "../registry/bed-rows.ts";

export async function bedsByIds(
  db: Database,
  bedIds: readonly BedId[],
): Promise<ReadonlyMap<BedId, KnownBed>> {
  if (bedIds.length === 0) return new Map();
  const beds = await selectBeds(db, sql`bed.bed_id = ANY(${bedIds})`);
  return new Map(beds.map((known) => [known.bed.bedId, known]));
}

/** Beds are never removed from the database. */
export function bedOf(beds: ReadonlyMap<BedId, KnownBed>, bedId: BedId): KnownBed {
  const known = beds.get(bedId);
  if (known === undefined) throw new Error(`bed ${bedId} has a cleaning task and is not there`);
  return known;
}
