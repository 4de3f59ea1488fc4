/**
 * Brings the gateway's log to the cloud, one request in flight: at once when a checkpoint was signed, else every few
 * seconds, to hear of the network's log. Its troubles are its own: beds and readings go on whatever becomes of it.
 */
import type { BootId, GatewayId } from "../../contracts/wire/ids.ts";
import type { KeyRotation, LogReply } from "../../contracts/wire/log-sync.ts";
import type { JournalLog } from "../journal/log-port.ts";
import type { Witness } from "../log-book/witness.ts";
import type { Clock } from "../moment.ts";
import { type RetryPolicy, retryDelayMs } from "../transport/retry-delay.ts";
import { BatchSize } from "./batch-size.ts";
import type { CloudLink } from "./cloud-link.ts";
import type { LogSendResult, Uplink } from "./uplink.ts";
import { type Pause, Wake } from "./wake.ts";

/** Without news of its own. */
const ASK_EVERY_MS = 5_000;
/** An administrator may have taken the key meanwhile. */
const KEY_UNKNOWN_WAIT_MS = 600_000;
const STANDSTILL: RetryPolicy = { firstDelayMs: 500, delayMsMax: 30_000, jitter: 0.5 };

export type LogSyncParts = {
  readonly gatewayId: GatewayId;
  readonly bootId: BootId;
  readonly log: JournalLog;
  /** Base64. */
  readonly publicKey: string;
  readonly witness: Pick<Witness, "cosignedSize" | "pending" | "look" | "told">;
  /** What the cloud has still to be told of this key; null: nothing. */
  readonly rotation: KeyRotation | null;
  readonly onRotationStored: () => void;
  readonly uplink: Pick<Uplink, "sendLog" | "sendCosignature">;
  readonly link: Pick<CloudLink, "turn" | "passes" | "mayGo">;
  /** Runs `send` when no bed event waits for the same link. */
  readonly afterBeds: <Result>(send: () => Promise<Result>, signal: AbortSignal) => Promise<Result>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly pause: Pause;
  /** Nothing more of the log is sent, or not for a while. */
  readonly onHalted: (reason: string) => void;
};

export class LogSync {
  readonly #parts: LogSyncParts;
  readonly #size = new BatchSize();
  readonly #wake = new Wake();
  #cursor: number;
  /** Of the newest batch. */
  #sentAtMs = 0;
  #rotation: KeyRotation | null;
  #askedMonoMs = Number.NEGATIVE_INFINITY;
  #standstills = 0;
  #trouble: string | null = null;
  #isOver = false;
  /** The cloud has taken something of this process, so that it knows its key. */
  #isKnown = false;

  constructor(parts: LogSyncParts) {
    this.#parts = parts;
    this.#cursor = parts.log.facts.storedSize;
    this.#rotation = parts.rotation;
    parts.log.onCheckpoint = () => this.#wake.ring();
  }

  /** Why it does not go on, and what to do; null: it does. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** True: not before the process is started anew. */
  get isOver(): boolean {
    return this.#isOver;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { link, pause } = this.#parts;
    while (!signal.aborted && !this.#isOver) {
      const dueInMs = this.#dueInMs();
      if (dueInMs > 0) {
        await this.#wake.waitAtMost(dueInMs, pause, signal);
        continue;
      }
      await link.turn("log", signal);
      if (signal.aborted) return;
      const delayMs = await this.#parts.afterBeds(() => this.#step(signal), signal);
      if (delayMs > 0) await pause(delayMs, signal);
    }
  }

  #dueInMs(): number {
    const { log, witness, clock } = this.#parts;
    if ((log.facts.checkpoint?.size ?? 0) > this.#cursor || (this.#isKnown && witness.pending !== null))
      return 0;
    return Math.max(0, this.#askedMonoMs + ASK_EVERY_MS - clock.now().monoMs);
  }

  /** How long to wait before the next. */
  async #step(signal: AbortSignal): Promise<number> {
    const { link, witness } = this.#parts;
    // What was waited for may have taken the link down meanwhile.
    if (!link.mayGo("log")) return 0;
    const isCosigned = this.#isKnown && witness.pending !== null;
    return isCosigned ? await this.#sendCosignature(signal) : await this.#sendLeaves(signal);
  }

  async #sendLeaves(signal: AbortSignal): Promise<number> {
    const { log, gatewayId, bootId, witness, uplink, clock, link } = this.#parts;
    const { atMs, monoMs } = clock.now();
    const cosignedSize = witness.cosignedSize;
    // A clock that steps back must not make the batch after look like the one before.
    this.#sentAtMs = Math.max(atMs, this.#sentAtMs + 1);
    const envelope = { gatewayId, bootId, sentAtMs: this.#sentAtMs, rotation: this.#rotation, cosignedSize };
    const batch = await log.encodeBatch(this.#cursor, this.#size.records, envelope);
    if (signal.aborted) return 0;
    this.#askedMonoMs = monoMs;
    if (batch === "not-kept") {
      link.passes("log");
      return this.#halt(notKeptWords(this.#cursor));
    }
    if (batch === "not-signed") {
      link.passes("log");
      return this.#standStill();
    }
    const result = await uplink.sendLog(batch.body, signal);
    if (signal.aborted) return 0;
    if (result.kind === "stored")
      this.#size.took(clock.now().monoMs - monoMs, batch.endIndex - batch.firstIndex);
    else if (result.kind === "retry") this.#size.failed();
    return await this.#after(result);
  }

  async #after(result: LogSendResult): Promise<number> {
    switch (result.kind) {
      case "stored":
        return await this.#afterStored(result.reply);
      case "log-gap":
        if (result.expectedIndex === this.#cursor) return this.#standStill();
        this.#cursor = result.expectedIndex;
        return this.#standStill();
      case "too-large":
        this.#trouble = result.reason;
        return this.#size.tooLarge() ? 0 : this.#standStill();
      case "key-unknown":
        this.#tell(result.reason);
        return KEY_UNKNOWN_WAIT_MS;
      case "fork":
        return this.#halt(result.reason);
      case "gap":
      case "refused":
        this.#tell(result.kind === "refused" ? result.reason : "the cloud answered what is asked of a lane");
        return this.#standStill();
      case "retry":
        return 0;
    }
  }

  async #afterStored({ logSize, network }: LogReply): Promise<number> {
    const { log, witness, onRotationStored } = this.#parts;
    const { size } = log.facts;
    if (logSize > size) return this.#halt(oldCopyWords(logSize, size));
    this.#trouble = null;
    this.#isKnown = true;
    if (this.#rotation !== null) onRotationStored();
    this.#rotation = null;
    this.#standstills = 0;
    this.#cursor = logSize;
    log.stored(logSize);
    if (network !== null) await witness.look(network);
    return 0;
  }

  async #sendCosignature(signal: AbortSignal): Promise<number> {
    const { gatewayId, publicKey, witness, uplink } = this.#parts;
    const { pending } = witness;
    if (pending === null) return 0;
    const result = await uplink.sendCosignature({ gatewayId, publicKey, ...pending }, signal);
    if (result.kind === "retry") return 0;
    witness.told(pending);
    if (result.kind !== "stored" && "reason" in result)
      this.#tell(`a cosignature was not taken: ${result.reason}`);
    return 0;
  }

  #standStill(): number {
    const delayMs = retryDelayMs(STANDSTILL, this.#standstills, this.#parts.random());
    this.#standstills += 1;
    return delayMs;
  }

  #tell(reason: string): void {
    if (this.#trouble !== reason) this.#parts.onHalted(reason);
    this.#trouble = reason;
  }

  #halt(reason: string): number {
    this.#tell(reason);
    this.#isOver = true;
    return 0;
  }
}

const oldCopyWords = (stored: number, size: number) =>
  `the cloud has ${stored} leaves of this gateway's log, which ends at ${size}: its journal is an old copy. Nothing more of the log is sent.`;

const notKeptWords = (index: number) =>
  `the cloud asks for leaf ${index} of this gateway's log, which is not kept any more: it was put back to an older copy. ` +
  "Start this gateway once with --new-epoch: it then begins a log of its own.";
