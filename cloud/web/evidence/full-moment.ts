const withYear = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
});
/** ECMA-262, "Time Values": later than this no calendar of the browser goes; a file may claim it. */
const CALENDAR_MS_MAX = 8.64e15;

/** A moment as it stands in a paper that is read years later: with its day, year and time zone. */
export function fullMomentWords(atMs: number): string {
  return Math.abs(atMs) > CALENDAR_MS_MAX ? `${atMs} ms after 1970` : withYear.format(atMs);
}
