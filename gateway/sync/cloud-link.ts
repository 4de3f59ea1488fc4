import type { Lane } from "../../contracts/wire/ids.ts";
import type { Moment } from "../moment.ts";

export type CloudLinkState = {
  readonly state: "connected" | "retrying" | "refused" | "not-yet";
  readonly lastReplyAtMs: number | null;
  readonly lastError: string | null;
  readonly clockOffsetMs: number | null;
};

/** What speaks to the cloud, each at its own pace. */
export type Channel = Lane | "heartbeat";
type Trouble = { readonly kind: "retry" | "refused"; readonly reason: string };

/** How the link to the cloud stands. A lane that is refused stays in sight while heartbeats go on as if nothing were wrong. */
export class CloudLink {
  readonly #troubles = new Map<Channel, Trouble>();
  #lastReplyAtMs: number | null = null;
  #clockOffsetMs: number | null = null;

  get state(): CloudLinkState {
    const troubles = [...this.#troubles];
    const [worst] = [...troubles.filter(([, { kind }]) => kind === "refused"), ...troubles];
    const common = { lastReplyAtMs: this.#lastReplyAtMs, clockOffsetMs: this.#clockOffsetMs };
    if (worst === undefined) {
      return { state: this.#lastReplyAtMs === null ? "not-yet" : "connected", lastError: null, ...common };
    }
    const [channel, { kind, reason }] = worst;
    return {
      state: kind === "retry" ? "retrying" : "refused",
      lastError: `${channel}: ${reason}`,
      ...common,
    };
  }

  /** The cloud's clock is read in the middle of the exchange, as far as anybody here can tell. */
  answered(channel: Channel, serverTimeMs: number, sent: Moment, received: Moment): void {
    const roundTripMs = received.monoMs - sent.monoMs;
    this.#troubles.delete(channel);
    this.#lastReplyAtMs = received.atMs;
    this.#clockOffsetMs = Math.round(serverTimeMs - (received.atMs - roundTripMs / 2));
  }

  failed(channel: Channel, kind: Trouble["kind"], reason: string): void {
    this.#troubles.set(channel, { kind, reason });
  }
}
