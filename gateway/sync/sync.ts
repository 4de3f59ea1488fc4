/** The whole sync: a loop for each lane, so that no backlog of one delays another, and the heartbeat beside them. */
import { type GatewayId, LANES, type Lane } from "../../contracts/wire/ids.ts";
import type { Journal } from "../journal/journal.ts";
import { pause } from "../transport/pause.ts";
import { LaneSync } from "./lane-sync.ts";
import type { Uplink } from "./uplink.ts";
import { Wake } from "./wake.ts";

/**
 * Bed events go at once. Readings gather for a moment: a request each would cost more than it tells, and what is
 * urgent in them has become a bed event already.
 */
export const GATHER_MS: Readonly<Record<Lane, number>> = { beds: 0, vitals: 1_000, environment: 1_000 };

export type SyncParts = {
  readonly gatewayId: GatewayId;
  readonly journal: Journal;
  readonly uplink: Uplink;
  readonly random: () => number;
  readonly onParked: (lane: Lane, parked: readonly { seq: number; reason: string }[]) => void;
  readonly onRolledBack: (lane: Lane, highWaterMarkSeq: number) => void;
  /** Bed events arrived at the cloud: ages that could not count before now can. */
  readonly onBedsStored: () => void;
};

export class Sync {
  readonly #parts: SyncParts;
  readonly #wakes: Readonly<Record<Lane, Wake>> = {
    beds: new Wake(),
    vitals: new Wake(),
    environment: new Wake(),
  };

  constructor(parts: SyncParts) {
    this.#parts = parts;
  }

  /** Something was appended. */
  wake(): void {
    for (const lane of LANES) this.#wakes[lane].ring();
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(LANES.map((lane) => this.#runLane(lane, signal)));
  }

  async #runLane(lane: Lane, signal: AbortSignal): Promise<void> {
    const { onParked, onBedsStored } = this.#parts;
    const sync = new LaneSync({ ...this.#parts, lane });
    while (!signal.aborted) {
      const step = await sync.step(signal);
      if (signal.aborted) return;
      if (step.kind === "sent") {
        if (step.parked.length > 0) onParked(lane, step.parked);
        if (lane === "beds") onBedsStored();
      } else if (step.kind === "wait") {
        await pause(step.delayMs, signal);
      } else {
        await this.#wakes[lane].wait(signal);
        if (GATHER_MS[lane] > 0) await pause(GATHER_MS[lane], signal);
      }
    }
  }
}
