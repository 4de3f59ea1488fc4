/**
 * The cloud's clock minus this gateway's. Each exchange reads it in its middle, give or take half the round trip, so of
 * the last minute's exchanges the quickest knows best. Kept against the monotonic clock: setting the wall clock changes
 * the offset, and not what was measured.
 */
import type { Moment } from "../moment.ts";

const KEPT_MS = 60_000;
/** More exchanges than a minute has where nobody waits for anything. */
const EXCHANGES_MAX = 256;

export type ClockOffset = { readonly offsetMs: number; readonly uncertaintyMs: number };
type Exchange = {
  readonly atMonoMs: number;
  readonly roundTripMs: number;
  readonly serverMinusMonoMs: number;
};

export class ClockOffsetBook {
  #exchanges: Exchange[] = [];

  note(serverTimeMs: number, sent: Moment, received: Moment): void {
    const roundTripMs = received.monoMs - sent.monoMs;
    const serverMinusMonoMs = serverTimeMs - (received.monoMs - roundTripMs / 2);
    this.#exchanges = this.#young(received).slice(1 - EXCHANGES_MAX);
    this.#exchanges.push({ atMonoMs: received.monoMs, roundTripMs, serverMinusMonoMs });
  }

  /** Null: nothing was ever heard. After a long silence, what was heard last. */
  at(now: Moment): ClockOffset | null {
    const young = this.#young(now);
    const known = young.length > 0 ? young : this.#exchanges.slice(-1);
    let best: Exchange | null = null;
    for (const one of known) if (best === null || one.roundTripMs <= best.roundTripMs) best = one;
    if (best === null) return null;
    return {
      offsetMs: Math.round(best.serverMinusMonoMs - (now.atMs - now.monoMs)),
      uncertaintyMs: Math.ceil(best.roundTripMs / 2),
    };
  }

  #young({ monoMs }: Moment): Exchange[] {
    return this.#exchanges.filter(({ atMonoMs }) => monoMs - atMonoMs < KEPT_MS);
  }
}
