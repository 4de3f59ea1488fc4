/** Time as tests tell it: seconds from one beginning, on both clocks, moved by hand. */
import type { Clock, Moment } from "../../gateway/moment.ts";

/** 2024-11-23T22:13:20Z; the two clocks begin apart, so that one cannot pass for the other. */
export const BEGIN_MS = 1_732_400_000_000;
const BEGIN_MONO_MS = 50_000;

/** The moment so many seconds after the beginning. */
export function at(seconds: number): Moment {
  const passedMs = Math.round(seconds * 1_000);
  return { atMs: BEGIN_MS + passedMs, monoMs: BEGIN_MONO_MS + passedMs };
}

export class HandClock implements Clock {
  #now: Moment;

  constructor(seconds = 0) {
    this.#now = at(seconds);
  }

  now(): Moment {
    return this.#now;
  }

  pass(seconds: number): Moment {
    const passedMs = Math.round(seconds * 1_000);
    this.#now = { atMs: this.#now.atMs + passedMs, monoMs: this.#now.monoMs + passedMs };
    return this.#now;
  }
}
