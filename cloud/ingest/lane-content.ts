/** What a batch brings into its lane, whatever kind it is. Places count from 0 in the batch. */
import type { DatabaseTransaction } from "../database/schema.ts";
import type { Parked } from "./fit-records.ts";
import type { LaneRow } from "./lane-rows.ts";

export type Places = { readonly from: number; readonly to: number };

export type LaneContent = {
  /** The first of the places before `knownCount` that says something else than what is stored; null: none. */
  differsAt(trx: DatabaseTransaction, lane: LaneRow, knownCount: number): Promise<number | null>;
  /** Stores from `from` up to before `to`; the ones that cannot be, in any order. */
  store(trx: DatabaseTransaction, lane: LaneRow, places: Places): Promise<readonly Parked[]>;
  /** As it is kept where it is parked. */
  raw(place: number): unknown;
};
