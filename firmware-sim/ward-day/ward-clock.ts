/** Ward time runs `speed` times as fast as real time, from the real moment at which the ward's first day began. */
export type WardClock = {
  wardTimeMs(): number;
  /** Real milliseconds until a moment of ward time; negative once it is past. */
  realMsUntil(wardTimeMs: number): number;
};

export type WardClockSettings = {
  readonly startedAtMs: number;
  readonly speed: number;
  readonly nowMs: () => number;
};

export function createWardClock({ startedAtMs, speed, nowMs }: WardClockSettings): WardClock {
  const wardTimeMs = () => (nowMs() - startedAtMs) * speed;
  return { wardTimeMs, realMsUntil: (atMs) => (atMs - wardTimeMs()) / speed };
}
