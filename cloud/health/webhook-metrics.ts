/** How the telling of other systems goes. Every label set is there from the start, at zero. */
import { Counter, Gauge, type Registry } from "prom-client";
import { DELIVERY_OUTCOMES, type WebhookMeter } from "../webhooks/worker.ts";

export function createWebhookMeter(registers: Registry[]): WebhookMeter {
  const sent = new Counter({
    name: "hospitell_webhook_messages_total",
    help: "Messages to other systems: taken, to be sent again, or paused because the receiver is gone",
    labelNames: ["outcome"],
    registers,
  });
  for (const outcome of DELIVERY_OUTCOMES) sent.inc({ outcome }, 0);
  return { sent: (outcome) => sent.inc({ outcome }) };
}

export function watchWebhooks(behind: () => Promise<number>, registers: Registry[]): void {
  new Gauge({
    name: "hospitell_webhooks_behind_events",
    help: "Events that receivers which are not paused have not taken, summed",
    registers,
    async collect() {
      this.set(await behind());
    },
  });
}
