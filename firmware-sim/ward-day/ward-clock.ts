/** Ward time runs `speed` times as fast as real time, from the real moment at which the ward's first day began. */
export type WardPace = {
  readonly startedAtMs: number;
  readonly speed: number;
};

export function wardTimeAt({ startedAtMs, speed }: WardPace, realMs: number): number {
  return (realMs - startedAtMs) * speed;
}

/** Devices live in real time at any speed: their clocks show it, and their periods are counted in it. */
export function realTimeAt({ startedAtMs, speed }: WardPace, wardTimeMs: number): number {
  return startedAtMs + wardTimeMs / speed;
}
