/** Says of lapsed holds that they have lapsed, within a second, so that every screen shows it. No claim depends on it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { isPassingTrouble } from "../database/trouble.ts";
import { type DeskDeps, inDeskTransaction } from "../desk/desk-transaction.ts";
import { forgetKeys } from "../desk/idempotent.ts";
import { LAPSED_AT_ONCE_MAX, lapseAllHolds } from "./lapse.ts";

const LOOK_EVERY_MS = 500;
const FORGET_EVERY_MS = 3_600_000;

export class HoldSweeper {
  readonly #desk: DeskDeps;
  readonly #log: Logger;
  #forgotAtMs = 0;

  constructor({ desk, log }: { readonly desk: DeskDeps; readonly log: Logger }) {
    this.#desk = desk;
    this.#log = log;
  }

  /** Until the signal; rejects only by a bug. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.sweep();
      } catch (error) {
        if (!isPassingTrouble(error)) throw error;
        this.#log.warn({ err: error }, "lapsed holds wait for the database");
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Keys of requests that nobody will repeat any more. */
  async #forget(nowMs: number): Promise<void> {
    if (nowMs - this.#forgotAtMs < FORGET_EVERY_MS) return;
    this.#forgotAtMs = nowMs;
    await forgetKeys(this.#desk.db, nowMs);
  }

  /** All that has lapsed by now. Several processes may; each takes what no other has in hand. */
  async sweep(): Promise<void> {
    for (;;) {
      const { db, clock } = this.#desk;
      const nowMs = await clock.nowMs(db);
      await this.#forget(nowMs);
      // Looked at without a transaction first: there is nothing to do nearly always.
      const due = await db
        .selectFrom("bookings")
        .select("bookingId")
        .where("isLive", "=", true)
        .where("expiresAtMs", "<=", nowMs)
        .limit(1)
        .execute();
      if (due.length === 0) return;
      const count = await inDeskTransaction(this.#desk, "service", lapseAllHolds);
      if (count < LAPSED_AT_ONCE_MAX) return;
    }
  }
}
