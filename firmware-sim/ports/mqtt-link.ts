import { connect, type MqttClient } from "mqtt";
import type { Logger } from "pino";
import { pause } from "../pause.ts";
import { createNewestQueue } from "./newest-queue.ts";

export type Publication = { readonly topic: string; readonly payload: Buffer | string };

export type MqttLink = {
  /** Resolves at the first connection. */
  readonly connected: Promise<void>;
  /** Sent as soon as there is a connection; of what waits, the newest thousand are kept. */
  publish(publication: Publication): void;
  close(): Promise<void>;
};

export type MqttLinkWanted = {
  /** Client id and user name. */
  readonly deviceId: string;
  readonly url: string;
  readonly key: string;
  /** Where it says `online`, and has `offline` said for it when it is cut off. Third-party devices have none of ours. */
  readonly statusTopic?: string;
  readonly log?: Logger;
};

const waitingMax = 1000;
const reconnectEveryMs = 1000;
const goodbyeMsMax = 1000;

/** One device on an MQTT broker: a client of its own, MQTT 3.1.1, QoS 1. */
export function connectMqtt({ deviceId, url, key, statusTopic, log }: MqttLinkWanted): MqttLink {
  const waiting = createNewestQueue<Publication>(waitingMax);

  const client = connect(url, {
    clientId: deviceId,
    username: deviceId,
    password: key,
    protocolVersion: 4,
    keepalive: 10,
    connectTimeout: 5000,
    reconnectPeriod: reconnectEveryMs,
    // Without this mqtt.js gives up for good when a broker that is still starting refuses the key.
    reconnectOnConnackError: true,
    ...(statusTopic !== undefined && {
      will: { topic: statusTopic, payload: Buffer.from("offline"), qos: 1 as const, retain: true },
    }),
  });

  // One message at a time keeps their order, and leaves the bound on what waits to us instead of mqtt.js.
  let sending = false;
  const sendWaiting = async () => {
    if (sending) return;
    sending = true;
    while (client.connected) {
      const next = waiting.take();
      if (next === undefined) break;
      // Across a lost connection mqtt.js keeps this one and sends it again; only closing the client rejects it.
      await client.publishAsync(next.topic, next.payload, { qos: 1 }).catch(() => undefined);
    }
    sending = false;
  };

  client.on("connect", () => {
    if (statusTopic !== undefined) client.publish(statusTopic, "online", { qos: 1, retain: true });
    void sendWaiting();
  });
  if (log !== undefined) logOutages(client, deviceId, log);
  // A broker that is away is tried again every second; the outage is in the log once.
  client.on("error", () => undefined);

  return {
    connected: new Promise((resolve) => client.once("connect", () => resolve())),
    publish: (publication) => {
      waiting.add(publication);
      void sendWaiting();
    },
    close: () => sayGoodbye(client, statusTopic),
  };
}

/** A broker that is still starting, or starts again, is no outage yet. */
const outageAfterMs = 5_000;

function logOutages(client: MqttClient, deviceId: string, log: Logger): void {
  let lastReason = "the broker cannot be reached";
  let isLogged = false;
  let patience: NodeJS.Timeout | undefined;
  const lost = (reason: string) => {
    lastReason = reason;
    if (patience !== undefined || isLogged || client.disconnecting) return;
    patience = setTimeout(() => {
      patience = undefined;
      isLogged = true;
      log.warn({ deviceId, reason: lastReason }, "no connection to the broker, trying again");
    }, outageAfterMs);
  };
  client.on("error", (error) => lost(error.message || lastReason));
  client.on("close", () => lost("the connection closed"));
  client.on("connect", () => {
    clearTimeout(patience);
    patience = undefined;
    if (isLogged) log.info({ deviceId }, "connected to the broker");
    isLogged = false;
  });
  client.on("end", () => clearTimeout(patience));
}

/** A device that is switched off says so itself: a proper disconnect would otherwise leave `online` behind. */
async function sayGoodbye(client: MqttClient, statusTopic: string | undefined): Promise<void> {
  const properly = async () => {
    if (statusTopic !== undefined)
      await client.publishAsync(statusTopic, "offline", { qos: 1, retain: true });
    await client.endAsync();
    return true;
  };
  // mqtt.js settles neither of the two once the broker is gone or mute, so patience has an end.
  const patience = new AbortController();
  const saidInTime =
    client.connected &&
    (await Promise.race([
      properly().catch(() => false),
      pause(goodbyeMsMax, patience.signal).then(() => false),
    ]));
  patience.abort();
  if (saidInTime) return;
  client.end(true);
  client.stream.destroy();
}
