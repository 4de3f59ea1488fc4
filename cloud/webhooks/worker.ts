/**
 * Tells receivers what is done at the desk: each in order and at least once, all beside each other, so that one that hangs
 * holds up none.
 *
 *   events after the position ─▶ POST ─ 2xx ─▶ the position moves on
 *                                     └ else ─▶ again later: 1 s, 2 s … 15 min; 410: paused until somebody resumes it
 *
 * Of several processes one tells a receiver, by a lease; it ends by itself where a process dies.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Randomness } from "../clock.ts";
import { isPassingTrouble } from "../database/trouble.ts";
import type { DeskDeps } from "../desk/desk-transaction.ts";
import { retryAfterMs, retryDelayMs } from "./back-off.ts";
import { messageOf, type StoredEvent } from "./message.ts";
import { ANSWER_MS_MAX, type Answered, post } from "./post.ts";
import { letGo, nextEvents, type StoredWebhook, storeProgress, takeDue } from "./repository.ts";
import { signedHeaders } from "./signature.ts";

const LOOK_EVERY_MS = 500;
const EVENTS_PER_LOOK_MAX = 100;
/** Longer than an answer may take, and what is done around it. */
const LEASE_MS = 3 * ANSWER_MS_MAX;
const GONE = 410;

export const DELIVERY_OUTCOMES = ["delivered", "retried", "gone"] as const;
export type WebhookMeter = { sent(outcome: (typeof DELIVERY_OUTCOMES)[number]): void };

export type WebhookWorkerDeps = {
  readonly desk: Pick<DeskDeps, "db" | "clock">;
  readonly randomness: Randomness;
  readonly openSecret: (webhook: StoredWebhook) => Promise<Uint8Array>;
  readonly allowPrivate: boolean;
  readonly meter: WebhookMeter;
  readonly log: Logger;
  readonly answerMsMax?: number;
};

export class WebhookWorker {
  readonly #deps: WebhookWorkerDeps;
  readonly #holder: string;
  readonly #running = new Set<Promise<void>>();

  constructor(deps: WebhookWorkerDeps) {
    this.#deps = deps;
    this.#holder = Buffer.from(deps.randomness.bytes(16)).toString("hex");
  }

  /** Until the signal; rejects only by a bug. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.look(signal);
      } catch (error) {
        if (!isPassingTrouble(error)) throw error;
        this.#deps.log.warn({ err: error }, "webhooks wait for the database");
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
    await Promise.all(this.#running);
  }

  /** Begins to tell all who have something to hear; resolves when they are begun. */
  async look(signal: AbortSignal): Promise<void> {
    const { desk, log } = this.#deps;
    const nowMs = await desk.clock.nowMs(desk.db);
    const due = await takeDue(desk.db, this.#holder, { nowMs, heldUntilMs: nowMs + LEASE_MS });
    for (const webhook of due) {
      const task: Promise<void> = this.#tell(webhook, signal)
        .catch((error) => {
          log.warn({ err: error, webhookId: webhook.webhookId }, "a webhook was not told");
        })
        .finally(() => this.#running.delete(task));
      this.#running.add(task);
    }
  }

  /** Until all that was begun is over. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #tell(taken: StoredWebhook, signal: AbortSignal): Promise<void> {
    const { desk, openSecret } = this.#deps;
    let webhook = taken;
    try {
      const secret = await openSecret(webhook);
      while (!signal.aborted) {
        const { events, throughPosition } = await nextEvents(desk.db, webhook, EVENTS_PER_LOOK_MAX);
        for (const event of events) {
          if (signal.aborted || !(await this.#tellOne(webhook, secret, event, signal))) return;
          webhook = { ...webhook, throughPosition: event.position, attempts: 0 };
        }
        // What is not for it is passed over.
        if (!(await storeProgress(desk.db, this.#holder, webhook, { throughPosition }))) return;
        if (events.length < EVENTS_PER_LOOK_MAX) return;
        webhook = { ...webhook, throughPosition };
      }
    } finally {
      await letGo(desk.db, this.#holder, taken.webhookId);
    }
  }

  /** Whether it was taken, and the next may follow. */
  async #tellOne(
    webhook: StoredWebhook,
    secret: Uint8Array,
    event: StoredEvent,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { desk, meter, allowPrivate, answerMsMax = ANSWER_MS_MAX } = this.#deps;
    const message = messageOf(event);
    const sentAtMs = await desk.clock.nowMs(desk.db);
    const headers = signedHeaders(secret, { ...message, sentAtMs });
    const { url } = webhook;
    const answered = await post({ url, body: message.body, headers, allowPrivate, answerMsMax, signal });
    // It was cut short by the service's own end, which says nothing of the receiver.
    if (signal.aborted && answered.status === null) return false;
    const atMs = await desk.clock.nowMs(desk.db);
    const lastAnswer = { atMs, status: answered.status, error: answered.error };
    if (answered.status !== null && answered.status >= 200 && answered.status < 300) {
      meter.sent("delivered");
      return await storeProgress(desk.db, this.#holder, webhook, {
        throughPosition: event.position,
        attempts: 0,
        nextAttemptAtMs: null,
        lastAnswer,
        heldUntilMs: atMs + LEASE_MS,
      });
    }
    const isGone = answered.status === GONE;
    meter.sent(isGone ? "gone" : "retried");
    await storeProgress(desk.db, this.#holder, webhook, {
      paused: isGone,
      attempts: webhook.attempts + 1,
      nextAttemptAtMs: isGone ? null : atMs + this.#delayMs(webhook, answered, atMs),
      lastAnswer,
    });
    return false;
  }

  #delayMs({ attempts }: StoredWebhook, { retryAfter }: Answered, nowMs: number): number {
    const [byte = 0] = this.#deps.randomness.bytes(1);
    return Math.max(retryDelayMs(attempts + 1, byte / 256), retryAfterMs(retryAfter, nowMs) ?? 0);
  }
}
