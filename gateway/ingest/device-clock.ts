/**
 * Whether a device's own time can be believed, and whether a reading is late. Its clock may be wrong by any amount, but
 * it runs: the smallest difference seen between receipt and device time is its offset, and what lies behind that is late.
 */

/** A device's time is taken as it is where it agrees with the gateway's to within this. */
export const DEVICE_TIME_AGREES_MS = 2_000;
/** Late by more than this is history: evidence, but no change of live state. */
export const HISTORICAL_AFTER_MS = 2_000;
/** A device whose clock was set back looks late for ever; if it runs on at one second a second for this long, believe it. */
export const NEW_OFFSET_AFTER_MS = 10_000;

export type DeviceClock = {
  /** Receipt minus device time, at its smallest. */
  readonly offsetMs: number;
  /** Something arrived on time by it; until then it is only assumed to be right. */
  readonly isConfirmed: boolean;
  readonly late: { readonly deviceTimeMs: number; readonly receivedAtMs: number } | null;
};

export type Observed = {
  readonly clock: DeviceClock | null;
  readonly observedAtMs: number;
  readonly observedBy: "device" | "gateway";
  readonly isHistorical: boolean;
};

/** Most readings tell their device's clock nothing new: the same one comes back, without anything made for it. */
export function observe(
  clock: DeviceClock | null,
  deviceTimeMs: number | null,
  receivedAtMs: number,
): Observed {
  if (deviceTimeMs === null)
    return { clock, observedAtMs: receivedAtMs, observedBy: "gateway", isHistorical: false };
  const sampleMs = receivedAtMs - deviceTimeMs;
  // A clock not met before is taken for right until it shows otherwise: after a start, what a device kept in its queue
  // meanwhile comes first, and must not pass for news. One that is ahead shows it at once, one behind by running on.
  const known = clock ?? { offsetMs: Math.min(0, sampleMs), isConfirmed: false, late: null };
  const latenessMs = sampleMs - known.offsetMs;
  if (latenessMs <= HISTORICAL_AFTER_MS) {
    const isTold = known.isConfirmed && known.late === null && sampleMs >= known.offsetMs;
    const confirmed = isTold
      ? known
      : { offsetMs: Math.min(known.offsetMs, sampleMs), isConfirmed: true, late: null };
    return timed(confirmed, deviceTimeMs, receivedAtMs, 0, false);
  }
  const late = known.late ?? { deviceTimeMs, receivedAtMs };
  const ranMs = deviceTimeMs - late.deviceTimeMs;
  const passedMs = receivedAtMs - late.receivedAtMs;
  if (passedMs > NEW_OFFSET_AFTER_MS && Math.abs(ranMs - passedMs) < HISTORICAL_AFTER_MS) {
    const setAnew = { offsetMs: sampleMs, isConfirmed: true, late: null };
    return timed(setAnew, deviceTimeMs, receivedAtMs, 0, false);
  }
  const doubted = known.late === null ? { ...known, late } : known;
  // By a clock that nothing confirms, when it was made is not known.
  return known.isConfirmed
    ? timed(doubted, deviceTimeMs, receivedAtMs, latenessMs, true)
    : { clock: doubted, observedAtMs: receivedAtMs, observedBy: "gateway", isHistorical: true };
}

function timed(
  clock: DeviceClock,
  deviceTimeMs: number,
  receivedAtMs: number,
  latenessMs: number,
  isHistorical: boolean,
): Observed {
  if (Math.abs(clock.offsetMs) <= DEVICE_TIME_AGREES_MS)
    return { clock, observedAtMs: deviceTimeMs, observedBy: "device", isHistorical };
  // A clock that was wrong by ages and then set right makes a reading look older than time itself.
  const observedAtMs = Math.max(0, receivedAtMs - latenessMs);
  return { clock, observedAtMs, observedBy: "gateway", isHistorical };
}

/**
 * Whether a device's time tells old from new: only by a clock that was known before, or that agrees with this one. One
 * that is ahead by as long as its message lay in the queue would make it news, and itself right.
 */
export function tellsAge(
  clock: DeviceClock | null,
  deviceTimeMs: number | null,
  receivedAtMs: number,
): boolean {
  if (deviceTimeMs === null) return false;
  return clock?.isConfirmed === true || Math.abs(receivedAtMs - deviceTimeMs) <= DEVICE_TIME_AGREES_MS;
}
