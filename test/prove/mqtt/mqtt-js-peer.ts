/** mqtt.js, for the door that Debian's mosquitto clients do not know: WebSocket. */
import { connect, connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import type { Peer } from "./peer.ts";

type QoS = 0 | 1 | 2;
const ANSWER_MS_MAX = 8_000;

export function mqttJsPeer(deviceId: string, key: string, url: string): Peer {
  const topic = `devices/${deviceId}/status`;
  const own = { clientId: deviceId, username: deviceId, password: key, reconnectPeriod: 0 };
  const open = (more: IClientOptions = {}) => connectAsync(url, { ...own, ...more });
  /** Listens before it is connected, since what waits for a session comes at once. */
  const firstMessage = (client: MqttClient) =>
    new Promise<string>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("no message came")), ANSWER_MS_MAX);
      client.once("message", (_topic, payload) => {
        clearTimeout(late);
        resolve(payload.toString());
      });
    });
  return {
    async roundTrip(text, qos) {
      const client = await open();
      const heard = firstMessage(client);
      await client.subscribeAsync(topic, { qos: qos as QoS });
      await client.publishAsync(topic, text, { qos: qos as QoS });
      const first = await heard;
      await client.endAsync();
      return first;
    },
    async retain(text, qos) {
      const client = await open();
      await client.publishAsync(topic, text, { qos: qos as QoS, retain: true });
      await client.endAsync();
    },
    async hear(qos, isClean) {
      const client = connect(url, { ...own, clean: isClean });
      const heard = firstMessage(client);
      await client.subscribeAsync(topic, { qos: qos as QoS });
      const first = await heard;
      await client.endAsync();
      return first;
    },
    async breakOff({ text, qos, isRetained }, isClean) {
      const will = { topic, payload: Buffer.from(text), qos: qos as QoS, retain: isRetained };
      const client = await open({ clean: isClean, will });
      await client.subscribeAsync(topic, { qos: qos as QoS });
      const closed = new Promise((resolve) => client.once("close", () => resolve(null)));
      client.stream.destroy();
      await closed;
      await client.endAsync(true);
    },
  };
}
