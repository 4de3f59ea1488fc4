/**
 * Tells the cloud every few seconds that this gateway lives and how old each source's newest evidence is. Ages are
 * durations, so the two clocks need not agree.
 *
 *   look at every source, note the newest bed event ─▶ wait until the cloud has that event ─▶ send how old it all is now
 *
 * Evidence makes a status look fresh, so it must not arrive before the bed events that it caused, and the cloud takes
 * no notice of ages that do. While events come without a pause, the newest of them is always on its way: what was seen
 * is therefore kept and sent once the events of that moment, not of this one, are there.
 */
import type { BootId, GatewayId } from "../../contracts/wire/ids.ts";
import { SYNC_VERSION } from "../../contracts/wire/sync.ts";
import type { Topology } from "../commissioning/topology.ts";
import type { DeviceBook } from "../ingest/device-book.ts";
import type { Journal } from "../journal/journal-port.ts";
import type { Clock } from "../moment.ts";
import type { CloudLink } from "./cloud-link.ts";
import { type LiveParts, LiveValues } from "./live-values.ts";
import { agesOf, lookAtSources, type SourcesSeen } from "./source-ages.ts";
import type { Uplink } from "./uplink.ts";
import { type Pause, Wake } from "./wake.ts";

export const HEARTBEAT_EVERY_MS = 5_000;
/** However much happens, not more often than this. */
const HEARTBEAT_GAP_MS_MIN = 100;
/** All beds are told again: a cloud that was put back to an older copy may show some that are gone. */
export const BEDS_TOLD_EVERY_MS = 3_600_000;
/** Then the cloud hears at least that this gateway lives; the ages follow once its events are there. */
export const EVENTS_WAIT_MS_MAX = 2_000;

export type HeartbeatParts = {
  readonly gatewayId: GatewayId;
  readonly bootId: BootId;
  readonly journal: Pick<Journal, "epoch" | "marks"> & LiveParts["journal"];
  readonly topology: Topology;
  readonly book: DeviceBook;
  /** The newest number given to a bed event, on disk yet or not: what the book says may have caused it. */
  readonly bedsHeadSeq: () => number;
  readonly clock: Clock;
  readonly pause: Pause;
  readonly uplink: Pick<Uplink, "sendHeartbeat">;
  readonly link: Pick<CloudLink, "turn" | "isOpen" | "mayGo">;
  /** Rung where ages should be told sooner: a source came back. */
  readonly wake: Wake;
  /** The cloud has lost bed events that it had: it was put back to an older copy of itself. */
  readonly onEventsForgotten: () => void;
};

/** Ages of one instant, and the newest bed event of that instant. */
type Seen = { readonly bedsHeadSeq: number; readonly sources: SourcesSeen };

export class HeartbeatLoop {
  readonly #parts: HeartbeatParts;
  readonly #bedsStored = new Wake();
  readonly #live: LiveValues;
  /** When the beds were told and counted; null: not since the start. */
  #bedsToldMonoMs: number | null = null;

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
    this.#live = new LiveValues(parts);
  }

  /** Bed events arrived at the cloud. */
  bedsStored(): void {
    this.#bedsStored.ring();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { pause, wake, link } = this.#parts;
    /** Seen, and not at the cloud yet. */
    let early: Seen | null = null;
    while (!signal.aborted) {
      await link.turn("heartbeat", signal);
      const seen: Seen = early ?? this.#look();
      const waitMsMax = early === null ? EVENTS_WAIT_MS_MAX : HEARTBEAT_EVERY_MS;
      // No event gets there while this heartbeat is what finds out whether the cloud is back.
      if (link.isOpen) await this.#untilStored(seen, waitMsMax, signal);
      if (signal.aborted) return;
      early = seen;
      if (!link.mayGo("heartbeat")) continue;
      const end = await this.#send(seen, signal);
      if (end !== "early") early = null;
      if (end === "failed") continue;
      await pause(HEARTBEAT_GAP_MS_MIN, signal);
      if (end === "counts") await wake.waitAtMost(HEARTBEAT_EVERY_MS - HEARTBEAT_GAP_MS_MIN, pause, signal);
    }
  }

  /** Both in one go: nothing may be appended between the two. */
  #look(): Seen {
    return { bedsHeadSeq: this.#parts.bedsHeadSeq(), sources: lookAtSources(this.#parts) };
  }

  async #untilStored(seen: Seen, waitMsMax: number, signal: AbortSignal): Promise<void> {
    const { clock, pause } = this.#parts;
    const deadlineMonoMs = clock.now().monoMs + waitMsMax;
    while (!this.#isStored(seen) && !signal.aborted) {
      const leftMs = deadlineMonoMs - clock.now().monoMs;
      if (leftMs <= 0) return;
      await this.#bedsStored.waitAtMost(leftMs, pause, signal);
    }
  }

  #isStored({ bedsHeadSeq }: Seen): boolean {
    return this.#parts.journal.marks("beds").acknowledgedSeq >= bedsHeadSeq;
  }

  /** `early`: heard, but its ages do not count yet. `failed`: the link says when to try again. */
  async #send(seen: Seen, signal: AbortSignal): Promise<"counts" | "early" | "failed"> {
    const { uplink, gatewayId, bootId, journal, topology, clock, onEventsForgotten } = this.#parts;
    const isStored = this.#isStored(seen);
    const now = clock.now();
    const live = this.#live.take(now.atMs);
    const beds = isStored && this.#bedsAreDue(now.monoMs) ? [...topology.beds.keys()] : null;
    const result = await uplink.sendHeartbeat(
      {
        version: SYNC_VERSION,
        gatewayId,
        epoch: journal.epoch,
        bootId,
        bedsHeadSeq: seen.bedsHeadSeq,
        sources: agesOf(seen.sources, now.monoMs),
        ...(live.length === 0 ? {} : { live }),
        ...(beds === null ? {} : { beds }),
      },
      signal,
    );
    if (result.kind === "retry" || result.kind === "refused") return "failed";
    if (result.kind !== "stored") return "counts";
    this.#live.told();
    if (isStored && result.reply.bedsBehind) onEventsForgotten();
    else if (beds !== null) this.#bedsToldMonoMs = now.monoMs;
    return isStored ? "counts" : "early";
  }

  #bedsAreDue(nowMonoMs: number): boolean {
    return this.#bedsToldMonoMs === null || nowMonoMs - this.#bedsToldMonoMs >= BEDS_TOLD_EVERY_MS;
  }
}
