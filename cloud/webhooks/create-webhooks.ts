/** Puts together what tells other systems of what is done at the desk. */
import type { Logger } from "pino";
import type { CloudConfig } from "../../config/cloud.ts";
import type { Randomness } from "../clock.ts";
import type { DeskDeps } from "../desk/desk-transaction.ts";
import type { KeyProvider } from "../encounters/key-provider.ts";
import type { Metrics } from "../health/metrics.ts";
import { Webhooks } from "./webhooks.ts";
import { WebhookWorker } from "./worker.ts";

export type CreateWebhooksDeps = {
  readonly desk: DeskDeps;
  readonly keys: KeyProvider;
  readonly randomness: Randomness;
  readonly config: CloudConfig["webhooks"];
  readonly metrics: Pick<Metrics, "webhooks" | "watchWebhooks">;
  readonly log: Logger;
};

export function createWebhooks({ desk, keys, randomness, config, metrics, log }: CreateWebhooksDeps) {
  const { allowPrivate } = config;
  const webhooks = new Webhooks({ desk, keys, randomness, allowPrivate });
  const worker = new WebhookWorker({
    desk,
    randomness,
    openSecret: (webhook) => webhooks.openSecret(webhook),
    allowPrivate,
    meter: metrics.webhooks,
    log,
  });
  metrics.watchWebhooks(() => webhooks.behind());
  return { routes: { webhooks }, worker };
}
