/** What gives way when many or large exports are asked for. */

/** Over all hospitals; one more is refused. */
export const EXPORTS_WAITING_MAX = 32;
/** Of one session. */
export const EXPORTS_WAITING_OF_ONE_MAX = 4;
/** A file is fetched by then, or made again. */
export const EXPORT_LASTS_MS = 24 * 3_600_000;
/** Of one file; past it the export fails and says so. */
export const EXPORT_BYTES_MAX = 4 * 2 ** 30;
/** Of all files that are kept; the oldest go first. */
export const EXPORT_BYTES_IN_ALL_MAX = 16 * 2 ** 30;
/** How often an export is begun, restarts of the service included. */
export const EXPORT_ATTEMPTS_MAX = 3;
/** Exports that a list shows, the newest. */
export const EXPORTS_LISTED_MAX = 100;
/** How often progress is written down. */
export const PROGRESS_EVERY_MS = 500;
