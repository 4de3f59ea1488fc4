/** The bed that a caller asks about, also one that is out of service: what it said stays provable. */
import { sql } from "kysely";
import type { BedId } from "../../../contracts/wire/ids.ts";
import type { Scope } from "../../access/scope.ts";
import type { Database } from "../../database/schema.ts";
import { CloudError } from "../../http/problem.ts";

export type ScopedBed = {
  readonly bedId: BedId;
  readonly hospitalId: string;
  readonly gatewayId: string;
  /** Of the journal that made its current status. */
  readonly epoch: string;
};

/** Refuses with BED_NOT_FOUND, the same for a bed of another hospital. */
export async function scopedBed(db: Database, scope: Scope, bedId: BedId): Promise<ScopedBed> {
  const inScope = scope.kind === "network" ? sql`true` : sql`hospital_id = ${scope.hospitalId}`;
  const { rows } = await sql<ScopedBed>`
    SELECT bed_id, hospital_id, gateway_id, epoch FROM beds WHERE bed_id = ${bedId} AND ${inScope}`.execute(
    db,
  );
  const [bed] = rows;
  if (bed === undefined)
    throw new CloudError("BED_NOT_FOUND", "There is no such bed among those you may see.");
  return bed;
}
