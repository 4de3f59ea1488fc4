/** Devices that behave: each reports ten times a second, and listens to its own status. */
import { setTimeout as sleep } from "node:timers/promises";
import { connectAsync, type MqttClient } from "mqtt";
import { loadDeviceId, loadDeviceKey, readingsTopic } from "../../load/load-device.ts";
import { percentile } from "../../support/percentile.ts";

const REPORT_EVERY_MS = 100;
const PAYLOAD = '[{"n":"load","u":"kg","v":71.4}]';

/** How long they go on; told how long the oldest of what is not answered has waited. */
export type IsOver = (oldestWaitMs: number) => boolean;

export type Waited = {
  readonly answers: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
};

export async function connectHealthy(port: number, devices: readonly number[]): Promise<MqttClient[]> {
  return Promise.all(
    devices.map((n) => {
      const clientId = loadDeviceId(n);
      const password = loadDeviceKey(clientId);
      return connectAsync(`mqtt://127.0.0.1:${port}`, {
        clientId,
        username: clientId,
        password,
        reconnectPeriod: 0,
      });
    }),
  );
}

/** How long each PUBACK took, while this lasts; what is not answered by its end has taken until then. */
export async function waitForAnswers(clients: readonly MqttClient[], isOver: IsOver): Promise<Waited> {
  const waits: number[] = [];
  const open = new Set<number>();
  await Promise.all(
    clients.map(async (client) => {
      const topic = readingsTopic(client.options.clientId ?? "");
      while (!isOver(oldestOf(open))) {
        const sentMs = performance.now();
        open.add(sentMs);
        const answered = client.publishAsync(topic, PAYLOAD, { qos: 1 }).then(() => {
          open.delete(sentMs);
          waits.push(performance.now() - sentMs);
        });
        answered.catch(() => undefined);
        await sleep(REPORT_EVERY_MS);
      }
    }),
  );
  return waitedOf(waits, open);
}

/** How long it took until each heard its own status, while this lasts. */
export async function waitForOwnWord(clients: readonly MqttClient[], isOver: IsOver): Promise<Waited> {
  const waits: number[] = [];
  const open = new Set<number>();
  await Promise.all(
    clients.map(async (client) => {
      const topic = `devices/${client.options.clientId}/status`;
      const hear = (_topic: string, payload: Buffer) => {
        const sentMs = Number(payload.toString());
        if (open.delete(sentMs)) waits.push(performance.now() - sentMs);
      };
      client.on("message", hear);
      await client.subscribeAsync(topic);
      while (!isOver(oldestOf(open))) {
        const sentMs = performance.now();
        open.add(sentMs);
        client.publish(topic, String(sentMs));
        await sleep(REPORT_EVERY_MS / 4);
      }
      // The last of them is on its way.
      await sleep(REPORT_EVERY_MS);
      client.off("message", hear);
    }),
  );
  return waitedOf(waits, open);
}

/** What was asked first stands first. */
function oldestOf(open: ReadonlySet<number>): number {
  for (const sentMs of open) return performance.now() - sentMs;
  return 0;
}

function waitedOf(waits: readonly number[], open: ReadonlySet<number>): Waited {
  const nowMs = performance.now();
  const all = [...waits, ...[...open].map((sentMs) => nowMs - sentMs)];
  const rounded = (ms: number) => Number(ms.toFixed(1));
  return {
    answers: waits.length,
    p50Ms: rounded(percentile(all, 0.5)),
    p99Ms: rounded(percentile(all, 0.99)),
    maxMs: rounded(Math.max(...all)),
  };
}
