/** An instant on both clocks: the wall's, to be told to people, and the monotonic one, which durations are measured on. */
export type Moment = { readonly atMs: number; readonly monoMs: number };

export type Clock = { now(): Moment };

export const systemClock: Clock = {
  now: () => ({ atMs: Date.now(), monoMs: Math.floor(performance.now()) }),
};
