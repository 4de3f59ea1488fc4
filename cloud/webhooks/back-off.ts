/** When a message that was not taken is sent again. Pure. */
const FIRST_MS = 1_000;
const LAST_MS = 15 * 60_000;
/** However long a receiver asks to be left alone. */
const RETRY_AFTER_MS_MAX = 60 * 60_000;

/** `random`: from 0 up to 1; half of the time is by chance, so that many do not come back at once. */
export function retryDelayMs(attempts: number, random: number): number {
  const fullMs = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(attempts - 1, 20));
  return Math.round(fullMs / 2 + (fullMs / 2) * random);
}

/** Of a Retry-After header, in seconds or as a date (RFC 9110); null: it says nothing. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const ms = /^\d{1,9}$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, RETRY_AFTER_MS_MAX) : null;
}
