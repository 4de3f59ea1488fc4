/**
 * Brings one lane to the cloud, oldest first, one request in flight. A record leaves only after the cloud said that it
 * is stored; after a lost reply it is sent again, and its number makes that harmless.
 */
import type { BootId, GatewayId, Lane } from "../../contracts/wire/ids.ts";
import type { SyncReply } from "../../contracts/wire/sync.ts";
import type { Journal } from "../journal/journal-port.ts";
import type { Clock } from "../moment.ts";
import { type RetryPolicy, retryDelayMs } from "../transport/retry-delay.ts";
import { BatchSize } from "./batch-size.ts";
import type { SendResult, Uplink } from "./uplink.ts";

/** Where the cloud answers, and yet nothing moves. Where it does not answer, the link says when to go on. */
const STANDSTILL: RetryPolicy = { firstDelayMs: 500, delayMsMax: 30_000, jitter: 0.5 };

export type LaneParts = {
  readonly lane: Lane;
  readonly gatewayId: GatewayId;
  readonly bootId: BootId;
  readonly journal: Pick<Journal, "marks" | "encodeBatch" | "acknowledge">;
  readonly uplink: Pick<Uplink, "sendBatch">;
  readonly clock: Clock;
  readonly random: () => number;
};

/** What to do next. */
export type LaneStep =
  | { readonly kind: "sent"; readonly parked: SyncReply["parked"] }
  /** Nothing to send. */
  | { readonly kind: "idle" }
  /** Again as soon as the link allows it. */
  | { readonly kind: "again" }
  | { readonly kind: "wait"; readonly delayMs: number }
  /** The cloud has lost what it had, wants it again, and takes no tombstone for it: somebody has to do something. */
  | { readonly kind: "wanted-back"; readonly fromSeq: number }
  /** The cloud has records of this journal that the journal itself does not have: it must send nothing more. */
  | { readonly kind: "rolled-back"; readonly highWaterMarkSeq: number };

export class LaneSync {
  readonly #parts: LaneParts;
  readonly #size = new BatchSize();
  /** Everything up to here was sent; behind the cloud's mark only where it lost something. */
  #cursor: number;
  #standstills = 0;
  /** The cloud's mark where it lies beyond this journal's end: this process sends nothing more, however far it gets. */
  #foreignMarkSeq: number | null = null;

  constructor(parts: LaneParts) {
    this.#parts = parts;
    this.#cursor = parts.journal.marks(parts.lane).acknowledgedSeq;
  }

  get hasMore(): boolean {
    return this.#parts.journal.marks(this.#parts.lane).headSeq > this.#cursor;
  }

  /** Sends its last record again: a cloud that has lost it then says from where it wants the rest. */
  askAgain(): void {
    this.#cursor = Math.max(0, this.#cursor - 1);
  }

  async step(signal: AbortSignal): Promise<LaneStep> {
    const { journal, lane, uplink, gatewayId, bootId, clock } = this.#parts;
    if (this.#foreignMarkSeq !== null) return { kind: "rolled-back", highWaterMarkSeq: this.#foreignMarkSeq };
    if (!this.hasMore) return { kind: "idle" };
    const envelope = { gatewayId, bootId, sentAtMs: clock.now().atMs };
    const batch = await journal.encodeBatch(lane, this.#cursor, this.#size.records, envelope);
    if (batch === null || signal.aborted) return this.#standStill();
    const sentMonoMs = clock.now().monoMs;
    const result = await uplink.sendBatch(lane, batch.body, signal);
    if (result.kind === "stored")
      this.#size.took(clock.now().monoMs - sentMonoMs, batch.lastSeq - batch.firstSeq + 1);
    else if (result.kind === "retry") this.#size.failed();
    return this.#after(result);
  }

  #after(result: SendResult<SyncReply>): LaneStep {
    switch (result.kind) {
      case "stored":
        return this.#afterStored(result.reply);
      case "gap":
        // It was sent just that: nothing but the tombstone of what it once had, which is no bed event.
        if (result.expectedSeq === this.#cursor + 1)
          return { kind: "wanted-back", fromSeq: result.expectedSeq };
        this.#cursor = result.expectedSeq - 1;
        return this.#standStill();
      case "too-large":
        return this.#size.tooLarge() ? { kind: "again" } : this.#standStill();
      case "retry":
      case "refused":
        return { kind: "again" };
    }
  }

  #afterStored({ highWaterMarkSeq, parked }: SyncReply): LaneStep {
    const { journal, lane } = this.#parts;
    if (highWaterMarkSeq > journal.marks(lane).headSeq) {
      // Going on would reuse numbers that the cloud already has for other records.
      this.#foreignMarkSeq = highWaterMarkSeq;
      return { kind: "rolled-back", highWaterMarkSeq };
    }
    const hasMoved = highWaterMarkSeq > this.#cursor;
    this.#cursor = highWaterMarkSeq;
    journal.acknowledge(lane, highWaterMarkSeq);
    // "Stored", and yet the mark stands still: asked at once, it would be said again and again.
    if (!hasMoved) return this.#standStill();
    this.#standstills = 0;
    return { kind: "sent", parked };
  }

  #standStill(): LaneStep {
    const delayMs = retryDelayMs(STANDSTILL, this.#standstills, this.#parts.random());
    this.#standstills += 1;
    return { kind: "wait", delayMs };
  }
}
