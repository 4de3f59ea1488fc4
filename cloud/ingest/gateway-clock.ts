/** A gateway's clock may be wrong. Its offset is measured on each batch, and large ones are taken out of what is shown. Pure. */

export type GatewayClock = {
  /** The cloud's clock minus the gateway's; the way of the batch is in it. */
  readonly offsetMs: number;
  /** When the batch came, on the cloud's clock. */
  readonly receivedAtMs: number;
};

/** Smaller offsets are the way of the batch and the jitter of good clocks. */
export const CLOCK_TOLERANCE_MS = 2_000;
/** No debounce lasts longer; a due time further away is an error of some clock. */
const DUE_AFTER_MS_MAX = 3_600_000;

export function gatewayClock(sentAtMs: number, receivedAtMs: number): GatewayClock {
  return { offsetMs: receivedAtMs - sentAtMs, receivedAtMs };
}

/** When something happened, on the cloud's clock. Nothing happened after the cloud was told of it. */
export function happenedAtMs(atMs: number, clock: GatewayClock): number {
  return clamp(shifted(atMs, clock), 0, clock.receivedAtMs);
}

/** When something is due, on the cloud's clock. */
export function dueAtMs(atMs: number, clock: GatewayClock): number {
  return clamp(shifted(atMs, clock), 0, clock.receivedAtMs + DUE_AFTER_MS_MAX);
}

function shifted(atMs: number, { offsetMs }: GatewayClock): number {
  return Math.abs(offsetMs) > CLOCK_TOLERANCE_MS ? atMs + offsetMs : atMs;
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
