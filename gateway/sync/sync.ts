/** The whole sync: a loop for each lane, bed events before everything else, and the heartbeat beside them. */
import type { BootId, Epoch, GatewayId, Lane } from "../../contracts/wire/ids.ts";
import { LANES } from "../../contracts/wire/lanes.ts";
import type { SyncReply } from "../../contracts/wire/sync.ts";
import type { Journal } from "../journal/journal-port.ts";
import type { Clock } from "../moment.ts";
import { BedsFirst } from "./beds-first.ts";
import type { CloudLink } from "./cloud-link.ts";
import { LaneSync } from "./lane-sync.ts";
import type { Uplink } from "./uplink.ts";
import { type Pause, Wake } from "./wake.ts";

/**
 * Bed events go at once. Readings gather for a moment: a request each would cost more than it tells, and what is
 * urgent in them has become a bed event already.
 */
export const GATHER_MS: Readonly<Record<Lane, number>> = { beds: 0, vitals: 1_000, environment: 1_000 };

export type SyncParts = {
  readonly gatewayId: GatewayId;
  readonly bootId: BootId;
  readonly journal: Pick<Journal, "epoch" | "marks" | "encodeBatch" | "acknowledge">;
  readonly uplink: Pick<Uplink, "sendBatch">;
  readonly link: Pick<CloudLink, "turn" | "passes" | "mayGo" | "isOpen" | "refused" | "stop">;
  readonly clock: Clock;
  readonly random: () => number;
  readonly pause: Pause;
  readonly onParked: (lane: Lane, parked: SyncReply["parked"]) => void;
  /** The cloud has more of this lane than the journal: nothing is sent any more. `reason` says what to do. */
  readonly onRolledBack: (lane: Lane, reason: string) => void;
  /** Bed events arrived at the cloud: ages that could not count before now can. */
  readonly onBedsStored: () => void;
};

type Way = { readonly lane: Lane; readonly sync: LaneSync; readonly wake: Wake; isResting: boolean };

export class Sync {
  readonly #parts: SyncParts;
  readonly #ways: Readonly<Record<Lane, Way>>;
  readonly #bedsFirst: BedsFirst;

  constructor(parts: SyncParts) {
    this.#parts = parts;
    const way = (lane: Lane): Way => ({
      lane,
      sync: new LaneSync({ ...parts, lane }),
      wake: new Wake(),
      isResting: false,
    });
    this.#ways = { beds: way("beds"), vitals: way("vitals"), environment: way("environment") };
    const { beds } = this.#ways;
    const bedsWait = () => beds.sync.hasMore && !beds.isResting && parts.link.mayGo("beds");
    this.#bedsFirst = new BedsFirst({ ...parts, bedsWait });
  }

  /** Something was appended. */
  wake(): void {
    for (const lane of LANES) this.#ways[lane].wake.ring();
  }

  /** The cloud was put back to an older copy of itself: the beds lane finds out how much it has lost. */
  askBedsAgain(): void {
    this.#ways.beds.sync.askAgain();
    this.#ways.beds.wake.ring();
  }

  /** Sends something else over the same link, as a batch of readings goes: when no bed event waits. */
  afterBeds<Result>(send: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    return this.#bedsFirst.run(send, signal);
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(LANES.map((lane) => this.#runLane(this.#ways[lane], signal)));
  }

  async #runLane(way: Way, signal: AbortSignal): Promise<void> {
    const { lane, sync, wake } = way;
    const { pause, link } = this.#parts;
    while (!signal.aborted) {
      if (!sync.hasMore) {
        this.#bedsFirst.bedsRest();
        await wake.wait(signal);
        if (GATHER_MS[lane] > 0) await pause(GATHER_MS[lane], signal);
        continue;
      }
      await link.turn(lane, signal);
      if (signal.aborted) return;
      const delayMs = await this.#takeStep(way, signal);
      if (delayMs === 0) continue;
      way.isResting = true;
      this.#bedsFirst.bedsRest();
      await pause(delayMs, signal);
      way.isResting = false;
    }
  }

  /** How long to wait before the next. */
  async #takeStep({ lane, sync }: Way, signal: AbortSignal): Promise<number> {
    const { onParked, onRolledBack, onBedsStored, link, journal } = this.#parts;
    const send = async () => {
      // What was waited for may have taken the link down meanwhile.
      if (link.mayGo(lane)) return sync.step(signal);
      return { kind: "again" } as const;
    };
    const step = lane === "beds" ? await send() : await this.#bedsFirst.run(send, signal);
    if (signal.aborted) return 0;
    switch (step.kind) {
      case "sent":
        if (step.parked.length > 0) onParked(lane, step.parked);
        if (lane === "beds") onBedsStored();
        return 0;
      case "idle":
        link.passes(lane);
        return 0;
      case "again":
        return 0;
      case "wait":
        link.passes(lane);
        return step.delayMs;
      case "wanted-back":
        link.refused(lane, wantedBackWords(lane, step.fromSeq, journal.epoch), "alone");
        return 0;
      case "rolled-back": {
        const reason = rolledBackWords(lane, step.highWaterMarkSeq, journal);
        link.stop(lane, reason);
        onRolledBack(lane, reason);
        return 0;
      }
    }
  }
}

const wantedBackWords = (lane: Lane, fromSeq: number, epoch: Epoch) =>
  `the cloud was put back to an older copy, or begun anew, and wants ${lane} again from ${fromSeq} on, which this journal ` +
  `no longer has. Start this gateway once with --new-epoch ${epoch}: its beds are then told anew.`;

const rolledBackWords = (lane: Lane, markSeq: number, journal: Pick<Journal, "marks" | "epoch">) =>
  `the cloud has ${lane} up to ${markSeq}, this journal ends at ${journal.marks(lane).headSeq}: it is an old copy. Nothing more is sent, ` +
  "since it would be taken for what the cloud already has. Make sure that no other gateway runs on the same journal, " +
  `then start this one once with --new-epoch ${journal.epoch}: what it has not sent goes under a numbering of its own.`;
