/** What gives way when reports are many, large, slow or do not succeed. */

/** Of each name; the oldest go, with their files. */
export const REPORTS_KEPT_MAX = 60;
/** Of one file; past it the report fails and says so. */
export const REPORT_FILE_BYTES_MAX = 16 * 2 ** 20;
/** Of one making; whoever takes longer has given up. */
export const REPORT_MS_MAX = 10 * 60_000;
/** Longer than any making, so that no two are at it: after it another process may begin. */
export const LEASE_MS = REPORT_MS_MAX + 5 * 60_000;
/** Then it has failed. */
export const REPORT_ATTEMPTS_MAX = 5;
const RETRY_MS_FIRST = 60_000;
const RETRY_MS_MAX = 3_600_000;
/** Reports that a list shows, the newest. */
export const REPORTS_LISTED_MAX = 100;

/** After so many attempts. */
export const retryAfterMs = (attempts: number): number =>
  Math.min(RETRY_MS_FIRST * 4 ** (attempts - 1), RETRY_MS_MAX);
