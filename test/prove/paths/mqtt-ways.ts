/** Ways in over MQTT, beside the native one: JSON of two makers, WebSocket, TLS, a hospital's own broker. */
import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import mqtt, { type MqttClient } from "mqtt";
import { tasmotaMessage } from "../../../firmware-sim/devices/tasmota-scale.ts";
import { textBedMessage } from "../../../firmware-sim/devices/text-bed.ts";
import type { Authority } from "../../support/certificates.ts";
import type { Mosquitto } from "../../support/mosquitto.ts";
import { pack } from "./mqtt-path.ts";
import type { Way } from "./way.ts";

const run = promisify(execFile);
/** A load must be seen twice to count, since a pad's first frame may be twenty times too high. */
const FRAMES_APART_MS = 60;
const TEXT_REPEATS_AFTER_MS = 1_050;

const close = async (client: MqttClient | null) => {
  await client?.endAsync();
};

/** mqtt.js, on the maker's own topic. */
export function jsonOnOwnBroker(): Way {
  let client: MqttClient | null = null;
  const publish = (deviceId: string, loadKg: number) =>
    client?.publishAsync(
      `tele/${deviceId}/SENSOR`,
      tasmotaMessage({ loadKg, emptyRaw: 0, localMs: Date.now() }),
      { qos: 1 },
    );
  return {
    name: "mqtt-json-nested",
    device: { profile: "tasmota-hx711" },
    decides: "load",
    speaksFirst: false,
    async connect({ mqttPort }, clientId, password) {
      const url = `mqtt://127.0.0.1:${mqttPort}`;
      client = await mqtt.connectAsync(url, { clientId, username: clientId, password, reconnectPeriod: 0 });
    },
    async say(isOccupied, deviceId) {
      const loadKg = isOccupied ? 71.4 : 0.6;
      await publish(deviceId, loadKg);
      await sleep(FRAMES_APART_MS);
      const atMs = Date.now();
      await publish(deviceId, loadKg);
      return atMs;
    },
    close: () => close(client),
  };
}

const textOf = (isOccupied: boolean) =>
  textBedMessage(
    { occupied: isOccupied, weightKg: isOccupied ? 71.4 : 0.6, heartPerMin: null, breathPerMin: null },
    Date.now(),
  );

/** mqtt.js over the WebSocket listener. */
export function textOnWebSocket(port: number): Way {
  let client: MqttClient | null = null;
  return {
    name: "mqtt-websocket-json-text",
    repeatsAfterMs: TEXT_REPEATS_AFTER_MS,
    device: { profile: "bed-text-json" },
    decides: "occupancy",
    speaksFirst: false,
    async connect(_system, clientId, password) {
      const url = `ws://127.0.0.1:${port}`;
      client = await mqtt.connectAsync(url, { clientId, username: clientId, password, reconnectPeriod: 0 });
    },
    async say(isOccupied, deviceId) {
      const atMs = Date.now();
      await client?.publishAsync(`beds/${deviceId}/state`, textOf(isOccupied), { qos: 1 });
      return atMs;
    },
    close: () => close(client),
  };
}

/** mosquitto_pub with a certificate of its own: another program, and OpenSSL instead of Node's use of it. */
export function senmlOnTls(port: number, devices: Authority): Way {
  let signed: ReturnType<Authority["sign"]> = { certFile: "", keyFile: "" };
  return {
    name: "mqtt-tls-mosquitto",
    device: { profile: "smart-bed-senml" },
    decides: "occupancy",
    speaksFirst: false,
    async connect(_system, deviceId) {
      // Signing holds this process up; it is done before anything is measured.
      signed = devices.sign(deviceId);
    },
    async say(isOccupied, deviceId) {
      const atMs = Date.now();
      await run("mosquitto_pub", [
        ...["-h", "127.0.0.1", "-p", String(port), "-i", deviceId, "-q", "1"],
        ...["--cafile", devices.certFile, "--cert", signed.certFile, "--key", signed.keyFile],
        ...["-t", `devices/${deviceId}/readings`, "-m", pack(deviceId, isOccupied)],
      ]);
      return atMs;
    },
    close: async () => undefined,
  };
}

/** A mosquitto broker of the hospital's, and mosquitto_pub as the bed. */
export function textOnHouseBroker(house: Mosquitto): Way {
  return {
    name: "mqtt-broker-mosquitto",
    repeatsAfterMs: TEXT_REPEATS_AFTER_MS,
    device: { profile: "bed-text-json", mqtt: { broker: "house", name: "4711" } },
    decides: "occupancy",
    speaksFirst: false,
    async say(isOccupied) {
      const atMs = Date.now();
      await run("mosquitto_pub", [
        ...["-h", "127.0.0.1", "-p", String(house.port), "-q", "1"],
        ...["-t", "beds/4711/state", "-m", textOf(isOccupied)],
      ]);
      return atMs;
    },
    close: async () => undefined,
  };
}
