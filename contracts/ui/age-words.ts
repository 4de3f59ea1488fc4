const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A length of time in its largest whole unit: "14 s", "3 min". Two days are still told in hours: "yesterday" is vague. */
export function durationWords(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < 2 * DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return `${Math.floor(ms / DAY_MS)} d`;
}

export function agoWords(ageMs: number): string {
  return `${durationWords(ageMs)} ago`;
}

/** An expected interval or an offset, where a part of a second matters: "0.5 s", "250 ms". */
export function intervalWords(intervalMs: number): string {
  if (Math.abs(intervalMs) < 500) return `${intervalMs} ms`;
  if (Math.abs(intervalMs) < MINUTE_MS) return `${Number((intervalMs / SECOND_MS).toFixed(1))} s`;
  return durationWords(intervalMs);
}
