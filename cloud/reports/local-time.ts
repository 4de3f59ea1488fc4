/** A moment as a clock on the wall of a zone shows it, for people: 2026-11-26 05:00. Pure. */
export function localTime(atMs: number, timeZone: string): string {
  // Swedes write dates as ISO 8601 does.
  return new Intl.DateTimeFormat("sv-SE", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(atMs);
}
