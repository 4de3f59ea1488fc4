/** Which beds a list is asked for. Ward and hospital are decided by the database, the rest at the server's time. */
import * as z from "zod";
import { type Derived, DISPLAY_STATES, VERIFICATIONS } from "../../contracts/bed/derive.ts";
import { BedId, HospitalId, WardId } from "../../contracts/wire/ids.ts";
import { cursorOf } from "./cursor.ts";

const BEDS_PER_PAGE_MAX = 500;

export const BedQuery = z.object({
  hospital: HospitalId.optional(),
  ward: WardId.optional(),
  state: z.enum(DISPLAY_STATES).optional(),
  bookable: z.stringbool({ truthy: ["true"], falsy: ["false"] }).optional(),
  verification: z.enum(VERIFICATIONS).optional(),
  limit: z.coerce.number().int().min(1).max(BEDS_PER_PAGE_MAX).default(100),
  cursor: cursorOf(BedId).optional(),
});
export type BedQuery = z.infer<typeof BedQuery>;

export function matches(derived: Derived, { state, bookable, verification }: BedQuery): boolean {
  return (
    (state === undefined || derived.display === state) &&
    (bookable === undefined || derived.bookable.ok === bookable) &&
    (verification === undefined || derived.verification === verification)
  );
}

/** Whether the list leaves out beds by what is derived, so that a page takes more rows than it shows. */
export function filtersByState({ state, bookable, verification }: BedQuery): boolean {
  return state !== undefined || bookable !== undefined || verification !== undefined;
}
