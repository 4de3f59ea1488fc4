/**
 * Puts the network's log on a chain: when the schedule says so its newest witnessed checkpoint is queued, and what is
 * queued is brought to a final block, step by step. Where it stands is in the database alone, so that it may die at any
 * point: a transaction is stored before it is sent, and the very same bytes are sent again.
 */
import { Transaction, type Wallet } from "ethers";
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { isPassingTrouble } from "../database/trouble.ts";
import { waited } from "../live/every.ts";
import type { Chain, ChainTarget } from "./chain.ts";
import { anchorCall } from "./contract.ts";
import {
  type ChainView,
  decideStep,
  freeNonce,
  type PendingAnchor,
  type Seen,
  type Step,
  type StepLimits,
} from "./decide-step.ts";
import type { PendingAnchors } from "./pending-anchors.ts";
import { AnchorTrouble, type TroubleKind } from "./trouble.ts";
import type { WriterLock } from "./writer-lock.ts";

const LOOK_MS_MAX = 5 * 60_000;
/** Another process writes, or the database is away: that is looked at again then. */
const LOCK_RETRY_MS = 5_000;
/** Steps that follow at once, such as signing, sending; a bound against a bug, not a plan. */
const ROUNDS_MAX = 10;

export type AnchorMeter = { troubled(kind: TroubleKind): void };
export type Schedule = (onDue: () => void) => { stop(): void };

export type AnchorWorkerDeps = {
  readonly target: ChainTarget;
  readonly chain: Chain;
  readonly anchors: PendingAnchors;
  readonly wallet: Wallet;
  readonly limits: StepLimits;
  readonly witnessesMin: number;
  /** Between two looks at a chain that is reached, while something is under way. */
  readonly lookEveryMs: number;
  readonly schedule: Schedule;
  readonly lock: WriterLock;
  readonly clock: Clock;
  readonly meter: AnchorMeter;
  readonly log: Logger;
};

export class AnchorWorker {
  readonly #deps: AnchorWorkerDeps;
  #isDue = true;
  #wake = new AbortController();
  #failures = 0;
  /** As it is told in the database; null: another process may have left something there. */
  #isTroubled: boolean | null = null;

  constructor(deps: AnchorWorkerDeps) {
    this.#deps = deps;
  }

  /** Until the signal; rejects only by a bug. */
  async run(signal: AbortSignal): Promise<void> {
    const { schedule, lock, log } = this.#deps;
    const task = schedule(() => {
      this.#isDue = true;
      this.#wake.abort();
    });
    try {
      while (!signal.aborted) {
        try {
          await lock.whileOurs(signal, (isStillOurs) => this.#work(signal, isStillOurs));
        } catch (error) {
          if (signal.aborted) return;
          if (!isPassingTrouble(error)) throw error;
          log.warn({ err: error }, "anchoring waits for the database");
        }
        await waited(LOCK_RETRY_MS, signal);
      }
    } finally {
      task.stop();
      this.close();
    }
  }

  /** For one that was never run. */
  close(): void {
    this.#deps.chain.close();
  }

  /** Queues where it is due, then does all that can be done now; whether something is left under way. */
  async work(): Promise<boolean> {
    const { anchors, witnessesMin, clock } = this.#deps;
    if (this.#isDue) {
      await anchors.queueNewest(witnessesMin, clock.nowMs());
      this.#isDue = false;
    }
    try {
      const isUnderWay = await this.#advance();
      if (this.#isTroubled !== false) await anchors.noteTrouble(null, clock.nowMs());
      [this.#isTroubled, this.#failures] = [false, 0];
      return isUnderWay;
    } catch (error) {
      if (!(error instanceof AnchorTrouble)) throw error;
      await this.#noteTrouble(error);
      return true;
    }
  }

  async #work(signal: AbortSignal, isStillOurs: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      await isStillOurs();
      this.#wake = new AbortController();
      const isUnderWay = await this.work();
      const backOffMs = Math.min(LOOK_MS_MAX, this.#deps.lookEveryMs * 2 ** Math.min(this.#failures, 20));
      const waitMs = isUnderWay ? backOffMs : LOOK_MS_MAX;
      const enough = AbortSignal.any([signal, this.#wake.signal]);
      if (!this.#isDue) await waited(waitMs, enough);
    }
  }

  async #advance(): Promise<boolean> {
    const { chain, anchors, wallet } = this.#deps;
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const unfinished = await anchors.unfinished();
      if (unfinished.length === 0) return false;
      const view = await chain.look(wallet.address);
      if (!(await this.#round(unfinished, view))) return true;
    }
    return true;
  }

  /** Whether something changed, so that it is worth while to look again at once. */
  async #round(unfinished: readonly PendingAnchor[], view: ChainView): Promise<boolean> {
    const { limits } = this.#deps;
    let hasChanged = false;
    const waitingNonces: number[] = [];
    for (const anchor of unfinished) {
      const seen = await this.#see(anchor, view, waitingNonces);
      const step = decideStep(anchor, seen, limits);
      const newest = anchor.transactions.at(-1);
      if (newest !== undefined) waitingNonces.push(newest.nonce);
      // What comes behind it takes the number after the one that it is about to take.
      if (step.do === "sign") return (await this.#take(anchor, seen, step)) || hasChanged;
      if (await this.#take(anchor, seen, step)) hasChanged = true;
    }
    return hasChanged;
  }

  async #see(anchor: PendingAnchor, view: ChainView, waitingNonces: readonly number[]): Promise<Seen> {
    const { chain, wallet } = this.#deps;
    const hashes = anchor.transactions.map(({ hash }) => hash);
    const inclusion = await chain.inclusionOf(anchor, hashes, view);
    const newest = hashes.at(-1);
    const isAnchored = inclusion?.hasEvent ?? false;
    const isPooled = !isAnchored && newest !== undefined && (await chain.isPooled(newest));
    const refusal =
      !isAnchored && view.finalSize < anchor.size ? await chain.refusalOf(wallet.address, anchor) : null;
    return { ...view, inclusion, isPooled, refusal, freeNonce: freeNonce(view.nextNonce, waitingNonces) };
  }

  async #take(anchor: PendingAnchor, seen: Seen, step: Step): Promise<boolean> {
    const { anchors, chain, clock, log } = this.#deps;
    switch (step.do) {
      case "wait":
        if (step.for === "contract")
          throw new AnchorTrouble("contract", `the contract refuses: ${seen.refusal}`);
        if (step.for === "fee")
          throw new AnchorTrouble(
            "fee",
            `gas costs more than feeCapGwei allows (base fee ${seen.market.baseFeeWei} wei)`,
          );
        return false;
      case "sign":
        return await this.#sign(anchor, seen, step);
      case "send": {
        await chain.send(await anchors.rawTransaction(step.hash));
        // Sent before, it is not known to be there until a look says so.
        return (await anchors.sent(anchor, step.hash, clock.nowMs())) && anchor.state !== "sent";
      }
      case "note":
        return await anchors.inBlock(anchor, step.state, step.inclusion);
      case "forget-block":
        log.warn({ size: anchor.size }, "the block of an anchor is no more; its transaction is sent again");
        return await anchors.blockLost(anchor, seen.newestBlock);
      case "supersede":
        log.warn({ size: anchor.size }, "the contract holds a larger tree, and no event of this one");
        return await anchors.superseded(anchor);
      case "finalize": {
        const proof = await chain.prove(anchor, step.inclusion);
        if (!(await anchors.finalized(anchor, proof, clock.nowMs()))) return false;
        log.info({ size: anchor.size, blockNumber: proof.blockNumber, gasUsed: proof.gasUsed }, "anchored");
        return true;
      }
    }
  }

  async #sign(
    anchor: PendingAnchor,
    { newestBlock }: Seen,
    { nonce, fees }: Extract<Step, { do: "sign" }>,
  ): Promise<boolean> {
    const { target, chain, anchors, wallet, clock } = this.#deps;
    const rawTransaction = await wallet.signTransaction({
      type: 2,
      chainId: target.chainId,
      to: target.contract,
      data: anchorCall(anchor),
      value: 0n,
      nonce,
      gasLimit: await chain.gasLimit(wallet.address, anchor),
      maxFeePerGas: fees.maxFeeWei,
      maxPriorityFeePerGas: fees.tipWei,
    });
    const { hash } = Transaction.from(rawTransaction);
    if (hash === null) throw new Error("a signed transaction has a hash");
    const transaction = { ...fees, hash, nonce, rawTransaction, waitingSinceBlock: newestBlock };
    return await anchors.signed(anchor, transaction, clock.nowMs());
  }

  async #noteTrouble(trouble: AnchorTrouble): Promise<void> {
    const { anchors, clock, meter, log } = this.#deps;
    meter.troubled(trouble.kind);
    if (this.#isTroubled !== true) log.warn({ kind: trouble.kind }, `anchoring: ${trouble.message}`);
    this.#failures += 1;
    await anchors.noteTrouble(trouble, clock.nowMs());
    this.#isTroubled = true;
  }
}
