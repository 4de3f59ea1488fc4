/**
 * Looks whether transfers are where their bookings are, so that a lost destination is told within a second. It compares
 * what is stored and heard nothing: what happened while no process ran is found as well. Several processes may.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { isPassingTrouble } from "../database/trouble.ts";
import type { Transfers } from "./transfers.ts";

const LOOK_EVERY_MS = 500;

export class TransferSweeper {
  readonly #transfers: Pick<Transfers, "settleAll">;
  readonly #log: Logger;

  constructor({
    transfers,
    log,
  }: { readonly transfers: Pick<Transfers, "settleAll">; readonly log: Logger }) {
    this.#transfers = transfers;
    this.#log = log;
  }

  /** Until the signal; rejects only by a bug. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#transfers.settleAll();
      } catch (error) {
        if (!isPassingTrouble(error)) throw error;
        this.#log.warn({ err: error }, "transfers wait for the database");
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
