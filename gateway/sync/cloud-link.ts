import type { Moment } from "../moment.ts";

export type CloudLinkState = {
  readonly state: "connected" | "retrying" | "refused" | "not-yet";
  readonly lastReplyAtMs: number | null;
  readonly lastError: string | null;
  readonly clockOffsetMs: number | null;
};

/** How the link to the cloud stands, by its newest exchange. */
export class CloudLink {
  #now: CloudLinkState = { state: "not-yet", lastReplyAtMs: null, lastError: null, clockOffsetMs: null };

  get state(): CloudLinkState {
    return this.#now;
  }

  /** The cloud's clock is read in the middle of the exchange, as far as anybody here can tell. */
  answered(serverTimeMs: number, sent: Moment, received: Moment): void {
    const roundTripMs = received.monoMs - sent.monoMs;
    const clockOffsetMs = Math.round(serverTimeMs - (received.atMs - roundTripMs / 2));
    this.#now = { state: "connected", lastReplyAtMs: received.atMs, lastError: null, clockOffsetMs };
  }

  failed(kind: "retry" | "refused", reason: string): void {
    this.#now = { ...this.#now, state: kind === "retry" ? "retrying" : "refused", lastError: reason };
  }
}
