/** Which bookings and requests a list is asked for. */
import * as z from "zod";
import { REQUEST_STATES } from "../../contracts/booking/states.ts";
import { BedId, HospitalId } from "../../contracts/wire/ids.ts";
import { cursorOf } from "../registry/cursor.ts";

export const BOOKINGS_PER_PAGE = 200;
/** Of those that wait, all are ranked; so many are shown. Of the others, the newest. */
export const REQUESTS_SHOWN_MAX = 500;

const flag = z.stringbool({ truthy: ["true"], falsy: ["false"] });

export const BookingQuery = z.object({
  request: z.uuid().optional(),
  bed: BedId.optional(),
  /** Of the bed. */
  hospital: HospitalId.optional(),
  live: flag.optional(),
  cursor: cursorOf(z.tuple([z.int(), z.uuid()])).optional(),
});
export type BookingQuery = z.infer<typeof BookingQuery>;

export const RequestQuery = z.object({
  state: z.enum(REQUEST_STATES).optional(),
  /** The one that asked. */
  hospital: HospitalId.optional(),
});
export type RequestQuery = z.infer<typeof RequestQuery>;
