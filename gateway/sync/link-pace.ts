/**
 * Who may ask the cloud, and when. One policy for all that speak to it, since they share its trouble:
 *
 *            a request fails                      one channel's probe succeeds
 *   open ───────────────────────▶ down ──────────────────────────────────────▶ open
 *     │                            │ one request at a time, further and further apart
 *     └── the cloud says stop ─────┴───▶ refused ── the very channel asks again, slowly ──▶ open
 *
 * A channel that goes on failing while others succeed has a trouble of its own and waits alone. Pure: the time and
 * chance are arguments.
 */
import type { Lane } from "../../contracts/wire/ids.ts";

/** What speaks to the cloud, each at its own pace. Where several may, the first of these does. */
export const CHANNELS = ["beds", "heartbeat", "vitals", "environment", "log"] as const satisfies (
  | Lane
  | "heartbeat"
  | "log"
)[];
export type Channel = (typeof CHANNELS)[number];

/** While the cloud is down, a gateway asks once a second at most. */
const DELAY_MS_MIN = 1_000;
const FIRST_SPAN_MS = 2_000;
const SPAN_MS_MAX = 60_000;
/** A cloud that asks for more has a wrong clock, or means something that a person should look at. */
const RETRY_AFTER_MS_MAX = 600_000;
const REFUSED_MS_MIN = 30_000;

/**
 * Full jitter: anywhere in a span that doubles. What the cloud asks for is waited for first; all whom it asked for the
 * same would otherwise come back together, so the span is then at least as long as that.
 */
export function backOffMs(attempts: number, afterMs: number | null, random: number): number {
  const askedMs = Math.min(afterMs ?? 0, RETRY_AFTER_MS_MAX);
  const spanMs = Math.min(SPAN_MS_MAX, Math.max(FIRST_SPAN_MS * 2 ** Math.min(attempts, 10), askedMs));
  const floorMs = Math.max(DELAY_MS_MIN, askedMs);
  return Math.round(floorMs + random * (askedMs > 0 ? spanMs : spanMs - DELAY_MS_MIN));
}

type Standing =
  | { readonly kind: "open" }
  | { readonly kind: "down"; readonly attempts: number; readonly notBeforeMonoMs: number }
  /** `notBeforeMonoMs` infinite: not before the process is started anew. */
  | { readonly kind: "refused"; readonly by: Channel; readonly notBeforeMonoMs: number };

type Own = {
  /** Failures in a row. */
  attempts: number;
  notBeforeMonoMs: number;
  /** Another channel succeeded since this one failed. */
  othersSucceed: boolean;
  probedAtMonoMs: number;
};

const newOwn = (): Own => ({
  attempts: 0,
  notBeforeMonoMs: 0,
  othersSucceed: false,
  probedAtMonoMs: Number.NEGATIVE_INFINITY,
});

export class LinkPace {
  #standing: Standing = { kind: "open" };
  /** Whose request finds out whether the cloud is back. */
  #probe: Channel | null = null;
  readonly #own: Readonly<Record<Channel, Own>> = {
    beds: newOwn(),
    heartbeat: newOwn(),
    vitals: newOwn(),
    environment: newOwn(),
    log: newOwn(),
  };

  get standing(): Standing["kind"] {
    return this.#standing.kind;
  }

  /** 0: now; infinite: not before something changes. `waiting` are all channels that have something to send. */
  waitMs(channel: Channel, waiting: ReadonlySet<Channel>, nowMonoMs: number): number {
    if (this.#probe === channel) return 0;
    const own = this.#own[channel];
    const ownWaitMs = Math.max(0, own.notBeforeMonoMs - nowMonoMs);
    const standing = this.#standing;
    if (standing.kind === "open") return ownWaitMs;
    if (this.#probe !== null) return Number.POSITIVE_INFINITY;
    const linkWaitMs = Math.max(0, standing.notBeforeMonoMs - nowMonoMs);
    if (standing.kind === "refused") return standing.by === channel ? linkWaitMs : Number.POSITIVE_INFINITY;
    return this.#probesNext(channel, waiting, nowMonoMs)
      ? Math.max(linkWaitMs, ownWaitMs)
      : Number.POSITIVE_INFINITY;
  }

  /** The one that has not probed for longest, so that no channel with a trouble of its own keeps the others out. */
  #probesNext(channel: Channel, waiting: ReadonlySet<Channel>, nowMonoMs: number): boolean {
    const isFree = (one: Channel) => this.#own[one].notBeforeMonoMs <= nowMonoMs;
    let next: Channel | null = null;
    for (const one of CHANNELS) {
      if (one !== channel && !(waiting.has(one) && isFree(one))) continue;
      if (next === null || this.#own[one].probedAtMonoMs < this.#own[next].probedAtMonoMs) next = one;
    }
    return next === channel;
  }

  /** This channel sends now. */
  begin(channel: Channel, nowMonoMs: number): void {
    if (this.#standing.kind === "open" || this.#probe !== null) return;
    this.#probe = channel;
    this.#own[channel].probedAtMonoMs = nowMonoMs;
  }

  /** It had nothing to send after all. */
  release(channel: Channel): void {
    if (this.#probe === channel) this.#probe = null;
  }

  succeeded(channel: Channel): void {
    Object.assign(this.#own[channel], { attempts: 0, notBeforeMonoMs: 0, othersSucceed: false });
    for (const other of CHANNELS) if (other !== channel) this.#own[other].othersSucceed = true;
    this.#reached(channel);
  }

  failed(channel: Channel, afterMs: number | null, nowMonoMs: number, random: number): void {
    const own = this.#own[channel];
    const isProbe = this.#probe === channel;
    this.release(channel);
    own.attempts += 1;
    const isOwnTrouble = channel === "log" || (own.attempts > 1 && own.othersSucceed);
    own.othersSucceed = false;
    if (isOwnTrouble) {
      own.notBeforeMonoMs = nowMonoMs + backOffMs(own.attempts - 1, afterMs, random);
      if (!isProbe) return;
    }
    const standing = this.#standing;
    if (standing.kind === "refused" && !isProbe) return;
    // Several requests that were under way fail together; that is one failure.
    const attempts = standing.kind === "down" ? standing.attempts + (isProbe ? 1 : 0) : 0;
    const notBeforeMonoMs = nowMonoMs + backOffMs(attempts, afterMs, random);
    this.#standing =
      standing.kind === "down" && !isProbe
        ? { ...standing, notBeforeMonoMs: Math.max(standing.notBeforeMonoMs, notBeforeMonoMs) }
        : { kind: "down", attempts, notBeforeMonoMs };
  }

  /** The cloud cannot use this one request, whatever the others do. */
  refusedAlone(channel: Channel, nowMonoMs: number, random: number): void {
    this.#own[channel].notBeforeMonoMs = nowMonoMs + REFUSED_MS_MIN * (1 + random);
    this.#reached(channel);
  }

  /** Nobody of this gateway may go on until somebody has done something. */
  refused(channel: Channel, nowMonoMs: number, random: number): void {
    this.release(channel);
    if (this.#standing.kind === "refused" && this.#standing.by !== channel) return;
    this.#standing = {
      kind: "refused",
      by: channel,
      notBeforeMonoMs: nowMonoMs + REFUSED_MS_MIN * (1 + random),
    };
  }

  /** For as long as this process lives. */
  stop(channel: Channel): void {
    this.release(channel);
    this.#standing = { kind: "refused", by: channel, notBeforeMonoMs: Number.POSITIVE_INFINITY };
  }

  #reached(channel: Channel): void {
    const isProbe = this.#probe === channel;
    this.release(channel);
    const { kind } = this.#standing;
    // A reply to what was sent before the trouble began does not end a refusal.
    if (kind === "down" || (kind === "refused" && isProbe)) this.#standing = { kind: "open" };
  }
}
