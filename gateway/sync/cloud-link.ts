/**
 * The link to the cloud as all channels share it: whose turn it is, how it stands, how far the two clocks are apart. A
 * lane that is refused stays in sight while heartbeats go on as if nothing were wrong.
 */
import type { Clock, Moment } from "../moment.ts";
import { ClockOffsetBook } from "./clock-offset.ts";
import { CHANNELS, type Channel, LinkPace } from "./link-pace.ts";
import { type Pause, Wake } from "./wake.ts";

export type CloudLinkState = {
  readonly state: "connected" | "retrying" | "refused" | "not-yet";
  readonly lastReplyAtMs: number | null;
  readonly lastError: string | null;
  readonly clockOffsetMs: number | null;
  readonly clockUncertaintyMs: number | null;
};

type Trouble = { readonly kind: "retry" | "refused"; readonly reason: string };
export type CloudLinkParts = { readonly clock: Clock; readonly random: () => number; readonly pause: Pause };

export class CloudLink {
  readonly #parts: CloudLinkParts;
  readonly #pace = new LinkPace();
  readonly #offset = new ClockOffsetBook();
  readonly #troubles = new Map<Channel, Trouble>();
  readonly #waiting = new Set<Channel>();
  readonly #wakes: Readonly<Record<Channel, Wake>> = {
    beds: new Wake(),
    heartbeat: new Wake(),
    vitals: new Wake(),
    environment: new Wake(),
    log: new Wake(),
  };
  #lastReplyAtMs: number | null = null;

  constructor(parts: CloudLinkParts) {
    this.#parts = parts;
  }

  get state(): CloudLinkState {
    const troubles = [...this.#troubles];
    const [worst] = [...troubles.filter(([, { kind }]) => kind === "refused"), ...troubles];
    const offset = this.#offset.at(this.#parts.clock.now());
    const common = {
      lastReplyAtMs: this.#lastReplyAtMs,
      clockOffsetMs: offset?.offsetMs ?? null,
      clockUncertaintyMs: offset?.uncertaintyMs ?? null,
    };
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

  /** True where a channel needs nobody's leave to send. */
  get isOpen(): boolean {
    return this.#pace.standing === "open";
  }

  /** Waits until this channel may send; afterwards one of the calls below says what came of it. */
  async turn(channel: Channel, signal: AbortSignal): Promise<void> {
    this.#waiting.add(channel);
    while (!signal.aborted) {
      const waitMs = this.#waitMs(channel);
      if (waitMs === 0) break;
      if (waitMs === Number.POSITIVE_INFINITY) await this.#wakes[channel].wait(signal);
      else await this.#wakes[channel].waitAtMost(waitMs, this.#parts.pause, signal);
    }
    this.#waiting.delete(channel);
    if (!signal.aborted) this.#pace.begin(channel, this.#parts.clock.now().monoMs);
  }

  mayGo(channel: Channel): boolean {
    return this.#waitMs(channel) === 0;
  }

  /** Had its turn, and sends nothing. */
  passes(channel: Channel): void {
    this.#pace.release(channel);
    this.#ringAll();
  }

  answered(channel: Channel, serverTimeMs: number, sent: Moment, received: Moment): void {
    this.#troubles.delete(channel);
    this.#lastReplyAtMs = received.atMs;
    this.#offset.note(serverTimeMs, sent, received);
    this.#pace.succeeded(channel);
    this.#ringAll();
  }

  /** The cloud answered with something else than a reply, and it is no trouble of the link. */
  understood(channel: Channel): void {
    this.#troubles.delete(channel);
    this.#pace.succeeded(channel);
    this.#ringAll();
  }

  failed(channel: Channel, reason: string, afterMs: number | null): void {
    this.#troubles.set(channel, { kind: "retry", reason });
    this.#pace.failed(channel, afterMs, this.#parts.clock.now().monoMs, this.#parts.random());
    this.#ringAll();
  }

  /** `alone`: this request cannot be used. `all`: nobody of this gateway may go on before somebody has done something. */
  refused(channel: Channel, reason: string, scope: "alone" | "all"): void {
    const { clock, random } = this.#parts;
    // Of the log alone the log itself tells: beds and readings are as well as before.
    if (channel !== "log" || scope === "all") this.#troubles.set(channel, { kind: "refused", reason });
    else this.#troubles.delete(channel);
    if (scope === "alone") this.#pace.refusedAlone(channel, clock.now().monoMs, random());
    else this.#pace.refused(channel, clock.now().monoMs, random());
    this.#ringAll();
  }

  /** Nothing more is sent on any channel for as long as this process lives. */
  stop(channel: Channel, reason: string): void {
    this.#troubles.set(channel, { kind: "refused", reason });
    this.#pace.stop(channel);
    this.#ringAll();
  }

  #waitMs(channel: Channel): number {
    return this.#pace.waitMs(channel, this.#waiting, this.#parts.clock.now().monoMs);
  }

  #ringAll(): void {
    for (const channel of CHANNELS) this.#wakes[channel].ring();
  }
}
