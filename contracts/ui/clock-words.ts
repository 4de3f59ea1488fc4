/** Moments as a person on the ward writes them: 24 hours, the browser's own time zone, no more than is needed. */
const timeOfDay = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const timeWithSeconds = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const dayOfYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

export function clockWords(atMs: number): string {
  return timeWithSeconds.format(atMs);
}

/** "09:41" today, "23 Nov 09:41" on any other day. */
export function momentWords(atMs: number, nowMs: number): string {
  return withDay(timeOfDay.format(atMs), atMs, nowMs);
}

/** "09:41" today, "23 Nov" on any other day: for where there is room for one of the two. */
export function briefMomentWords(atMs: number, nowMs: number): string {
  const day = dayOfYear.format(atMs);
  return day === dayOfYear.format(nowMs) ? timeOfDay.format(atMs) : day;
}

/** With its day like `momentWords`, but to the second, for lists in which the order of events matters. */
export function exactMomentWords(atMs: number, nowMs: number): string {
  return withDay(timeWithSeconds.format(atMs), atMs, nowMs);
}

function withDay(time: string, atMs: number, nowMs: number): string {
  const day = dayOfYear.format(atMs);
  return day === dayOfYear.format(nowMs) ? time : `${day} ${time}`;
}
