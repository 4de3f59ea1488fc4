import { AtMs } from "../../contracts/wire/ids.ts";
import type { JsonTime } from "../profile.ts";
import { wholeNumber } from "./whole-number.ts";

const DAY_MONTH_YEAR_UTC = /^(\d{2})\.(\d{2})\.(\d{4}) (\d{2}:\d{2}:\d{2}) UTC$/;
const RFC3339 = /^(\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/**
 * A device's own time as milliseconds since 1970 UTC. Null where it is not written in the profile's way, where it names no
 * zone, or where no calendar has it: then the device's readings have no time of their own. A time that is wrong by years is
 * none of this file's matter: the gateway knows by how much each clock is off.
 */
export function timeOf(written: unknown, format: JsonTime["format"]): number | null {
  return AtMs.safeParse(msOf(written, format)).data ?? null;
}

function msOf(written: unknown, format: JsonTime["format"]): number | null {
  if (format === "unix-s" || format === "unix-ms") {
    const number = typeof written === "string" ? wholeNumber(written) : written;
    return typeof number === "number" ? Math.round(format === "unix-s" ? number * 1_000 : number) : null;
  }
  if (typeof written !== "string") return null;
  if (format === "rfc3339")
    return calendarMs(RFC3339.exec(written)?.[1], written.replace(" ", "T").toUpperCase());
  const parts = DAY_MONTH_YEAR_UTC.exec(written);
  if (parts === null) return null;
  const [, day, month, year, time] = parts;
  return calendarMs(`${year}-${month}-${day}T${time}`, `${year}-${month}-${day}T${time}Z`);
}

/** JavaScript reads 31 February as 2 or 3 March; such a time is refused. */
function calendarMs(clock: string | undefined, iso: string): number | null {
  if (clock === undefined) return null;
  const asUtc = clock.replace(" ", "T").toUpperCase();
  const ms = Date.parse(`${asUtc}Z`);
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 19) !== asUtc) return null;
  return Date.parse(iso);
}
