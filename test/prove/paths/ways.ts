/**
 * Every other way in, a bed each: JSON of two makers, TLS, WebSocket, a hospital's own broker, Modbus RTU on a
 * pseudo-terminal and over TCP, discrete inputs, float registers, binary frames and lines. What the device side is, is
 * said with each; `say` resolves with the moment at which the deciding sample was on its way.
 */
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import mqtt, { type MqttClient } from "mqtt";
import { tasmotaMessage } from "../../../firmware-sim/devices/tasmota-scale.ts";
import { textBedMessage } from "../../../firmware-sim/devices/text-bed.ts";
import { readFrom, type UnitMap } from "../../../firmware-sim/modbus/answer.ts";
import { float32Words } from "../../../firmware-sim/modbus/float32.ts";
import { contecFrame, contecFramesPerS } from "../../../firmware-sim/monitor/contec-frame.ts";
import { noninLine } from "../../../firmware-sim/monitor/nonin-line.ts";
import { NO_VALUES } from "../../../firmware-sim/monitor/oximeter-values.ts";
import { openLine } from "../../../firmware-sim/ports/open-line.ts";
import { serveModbusTcp } from "../../../firmware-sim/ports/serve-modbus-tcp.ts";
import { serveRtuLine } from "../../../firmware-sim/ports/serve-rtu-line.ts";
import { Authority } from "../../support/certificates.ts";
import { freePort } from "../../support/free-port.ts";
import { HOSPITAL_PASSWORD, Mosquitto } from "../../support/mosquitto.ts";
import { PtyPair } from "../../support/pty-pair.ts";
import type { RunningSystem } from "../../support/running-system.ts";
import { pack, showsOccupied, showsVacated } from "./mqtt-path.ts";
import type { Change, Tile } from "./tiles.ts";

const run = promisify(execFile);
const POLL_EVERY_MS = 200;
const WORN = { spo2Pct: 97, pulsePerMin: 72, perfusionIndex: 1.5 };
const SERIAL_8N1 = { dataBits: 8, parity: "none", stopBits: 1 } as const;
/** A load must be seen twice to count, since a pad's first frame may be twenty times too high. */
const FRAMES_APART_MS = 60;

export type Way = {
  readonly name: string;
  /** Of the ward file, without id and bed. */
  readonly device: Record<string, unknown> & { readonly profile: string };
  readonly decides: "occupancy" | "load" | "pulse-rate";
  connect?(system: RunningSystem, deviceId: string, key: string): Promise<void>;
  say(isOccupied: boolean, deviceId: string): Promise<number>;
  close(): Promise<void>;
};

export type Ways = {
  readonly ways: readonly Way[];
  /** What the gateway's configuration needs for them. */
  readonly gateway: { readonly mqtt: object; readonly brokers: readonly object[] };
  close(): Promise<void>;
};

export async function openWays(directory: string): Promise<Ways> {
  const certificates = join(directory, "certificates");
  mkdirSync(certificates);
  const devices = new Authority("Devices", certificates);
  const gatewayCert = devices.sign("gateway");
  const tlsPort = await freePort();
  const webSocketPort = await freePort();
  const house = await Mosquitto.in(directory);
  const ways = [
    jsonOnOwnBroker(),
    textOnWebSocket(webSocketPort),
    senmlOnTls(tlsPort, devices),
    textOnHouseBroker(house),
    await contactsOnTcp(),
    await contactsOnRtuPty(directory),
    await padOnRtuTcp(),
    await noninOnPty(directory),
    await contecOnTcp(),
  ];
  return {
    ways,
    gateway: {
      mqtt: {
        tls: { port: tlsPort, clientCaFile: devices.certFile, ...gatewayCert },
        webSocket: { port: webSocketPort },
      },
      brokers: [
        {
          name: "house",
          url: `mqtt://127.0.0.1:${house.port}`,
          username: "gateway",
          passwordFile: "house.password",
        },
      ],
    },
    async close() {
      await Promise.all(ways.map((way) => way.close()));
      await house.stop();
    },
  };
}

export const HOUSE_PASSWORD_FILE = { name: "house.password", content: HOSPITAL_PASSWORD };

const showsUnknown = (tile: Tile) => tile.display === "unknown";
const shows = ({ decides }: Way, isOccupied: boolean) => {
  if (isOccupied) return showsOccupied;
  return decides === "pulse-rate" ? showsUnknown : showsVacated;
};

export async function driveWay(way: Way, bedId: string, deviceId: string, count: number): Promise<Change[]> {
  const changes: Change[] = [];
  for (let n = 0; n < count; n++) {
    const isOccupied = n % 2 === 0;
    const atMs = await way.say(isOccupied, deviceId);
    changes.push({ bedId, atMs, shows: shows(way, isOccupied) });
    // Pauses differ, so that changes do not keep step with polls and reports.
    await sleep(1_100 + ((n * 37) % 200));
  }
  return changes;
}

const close = async (client: MqttClient | null) => {
  await client?.endAsync();
};

/** mqtt.js, on the maker's own topic. */
function jsonOnOwnBroker(): Way {
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
function textOnWebSocket(port: number): Way {
  let client: MqttClient | null = null;
  return {
    name: "mqtt-websocket-json-text",
    device: { profile: "bed-text-json" },
    decides: "occupancy",
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
function senmlOnTls(port: number, devices: Authority): Way {
  const certificates = new Map<string, ReturnType<Authority["sign"]>>();
  return {
    name: "mqtt-tls-mosquitto",
    device: { profile: "smart-bed-senml" },
    decides: "occupancy",
    async say(isOccupied, deviceId) {
      const signed = certificates.get(deviceId) ?? devices.sign(deviceId);
      certificates.set(deviceId, signed);
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
function textOnHouseBroker(house: Mosquitto): Way {
  return {
    name: "mqtt-broker-mosquitto",
    device: { profile: "bed-text-json", mqtt: { broker: "house", name: "4711" } },
    decides: "occupancy",
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

/** Our simulator's Modbus TCP server, discrete inputs. */
async function contactsOnTcp(): Promise<Way> {
  const contacts = new Contacts();
  const server = await serveModbusTcp({ host: "127.0.0.1", port: 0 }, (_unit, ...read) =>
    readFrom(contacts.map(), ...read),
  );
  return {
    name: "modbus-tcp-contacts",
    device: {
      profile: "dry-contacts",
      modbusTcp: { host: "127.0.0.1", port: server.port, unit: 1 },
      expectedIntervalMs: POLL_EVERY_MS,
    },
    decides: "occupancy",
    say: contacts.say,
    close: () => server.close(),
  };
}

/** Our simulator's units on a real pseudo-terminal made by socat. */
async function contactsOnRtuPty(directory: string): Promise<Way> {
  const contacts = new Contacts();
  const pty = await plugged(join(directory, "rtu"));
  const line = await serveRtuLine({
    address: pty.deviceEnd,
    settings: { baudRate: 9_600, ...SERIAL_8N1 },
    answer: (unit, ...read) => (unit === 7 ? readFrom(contacts.map(), ...read) : null),
  });
  return {
    name: "modbus-rtu-pty",
    device: {
      profile: "dry-contacts",
      modbusRtu: { line: pty.gatewayEnd, unit: 7 },
      expectedIntervalMs: POLL_EVERY_MS,
    },
    decides: "occupancy",
    say: contacts.say,
    async close() {
      await line.close();
      await pty.pull();
    },
  };
}

/** A pseudo-terminal of socat, its two ends in a directory of their own. */
export async function plugged(directory: string): Promise<PtyPair> {
  mkdirSync(directory);
  const pty = new PtyPair(directory);
  await pty.plug();
  return pty;
}

class Contacts {
  #isOnMat = false;

  map(): UnitMap {
    return {
      discreteInputs: new Map([
        [0, this.#isOnMat ? 1 : 0],
        [1, 0],
      ]),
    };
  }

  readonly say = async (isOccupied: boolean): Promise<number> => {
    this.#isOnMat = isOccupied;
    return Date.now();
  };
}

/** Four float32 cells in another word order, on RTU behind a serial device server. */
async function padOnRtuTcp(): Promise<Way> {
  let cellKg = 0.15;
  const map = (): UnitMap => ({
    inputRegisters: new Map([0, 1, 2, 3].flatMap(() => float32Words(cellKg, "cdab")).entries()),
  });
  const line = await serveRtuLine({
    address: "tcp://127.0.0.1:0",
    settings: { baudRate: 9_600, ...SERIAL_8N1 },
    answer: (unit, ...read) => (unit === 9 ? readFrom(map(), ...read) : null),
  });
  return {
    name: "modbus-rtu-tcp-float32",
    device: {
      profile: "load-pad-4",
      modbusRtu: { line: `tcp://127.0.0.1:${line.port}`, unit: 9 },
      wordOrder: "cdab",
      expectedIntervalMs: POLL_EVERY_MS,
    },
    decides: "load",
    async say(isOccupied) {
      cellKg = isOccupied ? 17.85 : 0.15;
      return Date.now();
    },
    close: () => line.close(),
  };
}

/** Lines on a real pseudo-terminal: one a second, and at once when the clip goes on or comes off. */
async function noninOnPty(directory: string): Promise<Way> {
  const pty = await plugged(join(directory, "nonin"));
  const line = await openLine({
    address: pty.deviceEnd,
    settings: { baudRate: 9_600, ...SERIAL_8N1 },
    onBytes: () => undefined,
  });
  let isOn = false;
  const speak = () =>
    line.write(Buffer.from(`${noninLine(isOn ? WORN : NO_VALUES, isOn ? "on" : "off")}\r\n`));
  const every = setInterval(speak, 1_000);
  return {
    name: "serial-pty-nonin",
    device: { profile: "nonin-ascii", serial: pty.gatewayEnd },
    decides: "pulse-rate",
    async say(isOccupied) {
      isOn = isOccupied;
      const atMs = Date.now();
      speak();
      return atMs;
    },
    async close() {
      clearInterval(every);
      await line.close();
      await pty.pull();
    },
  };
}

/** Sixty binary frames a second behind a serial device server; the gateway takes one of each second. */
async function contecOnTcp(): Promise<Way> {
  const line = await openLine({
    address: "tcp://127.0.0.1:0",
    settings: { baudRate: 19_200, dataBits: 8, parity: "odd", stopBits: 1 },
    onBytes: () => undefined,
  });
  let isOn = false;
  const startedMs = performance.now();
  const speak = () =>
    line.write(
      contecFrame(isOn ? WORN : NO_VALUES, isOn ? "on" : "off", (performance.now() - startedMs) / 1_000),
    );
  const every = setInterval(speak, 1_000 / contecFramesPerS);
  return {
    name: "serial-tcp-contec",
    device: { profile: "contec-cms50d-plus", serial: `tcp://127.0.0.1:${line.port}` },
    decides: "pulse-rate",
    async say(isOccupied) {
      isOn = isOccupied;
      return Date.now();
    },
    async close() {
      clearInterval(every);
      await line.close();
    },
  };
}
