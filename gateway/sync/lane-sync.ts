/**
 * Brings one lane to the cloud, oldest first, one request in flight. A record leaves only after the cloud said that it
 * is stored; after a lost reply it is sent again, and its number makes that harmless.
 */
import type { GatewayId, Lane } from "../../contracts/wire/ids.ts";
import { BATCH_RECORDS_MAX, SYNC_VERSION, type SyncReply } from "../../contracts/wire/sync.ts";
import type { Journal } from "../journal/journal.ts";
import { type RetryPolicy, retryDelayMs } from "../transport/retry-delay.ts";
import type { SendResult, Uplink } from "./uplink.ts";

const RETRY: RetryPolicy = { firstDelayMs: 500, delayMsMax: 30_000, jitter: 0.5 };

export type LaneParts = {
  readonly lane: Lane;
  readonly gatewayId: GatewayId;
  readonly journal: Journal;
  readonly uplink: Uplink;
  readonly random: () => number;
  /** The cloud has records of this journal that the journal itself does not have. */
  readonly onRolledBack: (lane: Lane, highWaterMarkSeq: number) => void;
};

/** What to do next: send on at once, wait for new records, or wait so long. */
export type LaneStep =
  | { readonly kind: "sent"; readonly parked: SyncReply["parked"] }
  | { readonly kind: "idle" }
  | { readonly kind: "wait"; readonly delayMs: number };

export class LaneSync {
  readonly #parts: LaneParts;
  /** Everything up to here was sent; behind the cloud's mark only where it lost something. */
  #cursor: number;
  #attempts = 0;
  /** The cloud's mark where it lies beyond this journal's end: this process sends nothing more, however far it gets. */
  #foreignMarkSeq: number | null = null;

  constructor(parts: LaneParts) {
    this.#parts = parts;
    this.#cursor = parts.journal.marks(parts.lane).acknowledgedSeq;
  }

  async step(signal: AbortSignal): Promise<LaneStep> {
    const { journal, lane, uplink, gatewayId } = this.#parts;
    if (this.#foreignMarkSeq !== null) return this.#afterRollback(this.#foreignMarkSeq);
    const batch = journal.read(lane, this.#cursor, BATCH_RECORDS_MAX);
    if (batch === null) return { kind: "idle" };
    const missing =
      batch.firstSeq > this.#cursor + 1
        ? { fromSeq: this.#cursor + 1, throughSeq: batch.firstSeq - 1 }
        : null;
    const envelope = {
      version: SYNC_VERSION,
      gatewayId,
      epoch: journal.epoch,
      lane,
      firstSeq: batch.firstSeq,
      missing,
    } as const;
    return this.#after(await uplink.sendBatch(envelope, batch.bodies, signal));
  }

  #after(result: SendResult<SyncReply>): LaneStep {
    const { journal, lane, random } = this.#parts;
    switch (result.kind) {
      case "stored": {
        const { highWaterMarkSeq, parked } = result.reply;
        if (highWaterMarkSeq > journal.marks(lane).headSeq) {
          this.#foreignMarkSeq = highWaterMarkSeq;
          return this.#afterRollback(highWaterMarkSeq);
        }
        const hasMoved = highWaterMarkSeq > this.#cursor;
        this.#cursor = highWaterMarkSeq;
        journal.acknowledge(lane, highWaterMarkSeq);
        // "Stored", and yet the mark stands still: asked at once, it would be said again and again.
        if (!hasMoved) return { kind: "wait", delayMs: this.#nextDelayMs(random()) };
        this.#attempts = 0;
        return { kind: "sent", parked };
      }
      case "gap":
        this.#cursor = result.expectedSeq - 1;
        return { kind: "wait", delayMs: this.#nextDelayMs(random()) };
      case "retry":
        return { kind: "wait", delayMs: Math.max(result.afterMs ?? 0, this.#nextDelayMs(random())) };
      case "refused":
        return this.#afterRefusal();
    }
  }

  /** Going on would reuse numbers that the cloud already has, and it would take new records for known ones. */
  #afterRollback(highWaterMarkSeq: number): LaneStep {
    this.#parts.onRolledBack(this.#parts.lane, highWaterMarkSeq);
    return this.#afterRefusal();
  }

  #afterRefusal(): LaneStep {
    this.#attempts = Math.max(this.#attempts, REFUSED_ATTEMPTS);
    return { kind: "wait", delayMs: this.#nextDelayMs(this.#parts.random()) };
  }

  #nextDelayMs(random: number): number {
    const delayMs = retryDelayMs(RETRY, this.#attempts, random);
    this.#attempts += 1;
    return delayMs;
  }
}

/** A refusal waits as long as the sixth failure in a row: somebody has to do something first. */
const REFUSED_ATTEMPTS = 6;
