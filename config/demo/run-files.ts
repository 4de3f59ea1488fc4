/**
 * Writes what each process of the demo is started with: configurations, and keys that are made here at the first start
 * and never leave this folder. A port offset moves every port, so that two demos can run side by side.
 */
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { stringify } from "yaml";
import * as z from "zod";
import { loadConfig } from "../load.ts";
import { type HospitalWards, WardFile } from "../ward.ts";

export type DemoOptions = {
  readonly directory: string;
  readonly wardFile: string;
  readonly portOffset: number;
  readonly seed: number;
  /** Ward minutes that pass in a real one. */
  readonly speed: number;
};

export type RunFiles = {
  readonly cloud: string;
  readonly gateways: readonly { readonly hospital: string; readonly file: string }[];
  /** The hospitals' own brokers, to which some of the devices report, and the devices. */
  readonly sims: readonly { readonly name: string; readonly file: string }[];
  readonly bedCount: number;
  readonly deviceCount: number;
};

/** Ports as the documentation names them, for gateway n. */
const PORTS = {
  cloud: 8080,
  cloudMetrics: 9180,
  console: 8180,
  mqtt: 1883,
  webSocket: 9001,
  gatewayMetrics: 9181,
  houseBroker: 1983,
} as const;

const Keys = z.strictObject({
  gateways: z.record(z.string(), z.string()),
  devices: z.record(z.string(), z.string()),
  /** By which a gateway signs in at its hospital's own broker. */
  brokers: z.record(z.string(), z.string()).default({}),
});

export function writeRunFiles(options: DemoOptions): RunFiles {
  const { directory, portOffset } = options;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const wards = shiftPorts(loadConfig(WardFile, options.wardFile, "Ward file"), portOffset);
  const path = (name: string) => join(directory, name);
  const write = (name: string, content: string) => {
    writeFileSync(path(name), content, { mode: 0o600 });
    return path(name);
  };
  const yaml = (name: string, content: object) => write(name, stringify(content));

  const keys = keysFor(wards.hospitals, path("keys.json"));
  yaml("ward.yaml", wards);
  const cloud = yaml("cloud.yaml", {
    http: { port: PORTS.cloud + portOffset },
    metrics: { port: PORTS.cloudMetrics + portOffset },
    dataDirectory: "cloud",
    hospitals: wards.hospitals.map(({ id, name }) => ({ id, name })),
    gateways: wards.hospitals.map(({ id }) => ({
      id: `gw-${id}`,
      hospital: id,
      keySha256: sha256(keys.gateways[id] ?? ""),
    })),
  });
  const gateways = wards.hospitals.map((hospital, n) => {
    const { id } = hospital;
    write(`gateway-${id}.key`, keys.gateways[id] ?? "");
    write(`broker-${id}.key`, keys.brokers[id] ?? "");
    const file = yaml(`gateway-${id}.yaml`, {
      gateway: { id: `gw-${id}`, hospital: id },
      wardFile: "ward.yaml",
      dataDirectory: `gateway-${id}`,
      cloud: { url: `http://127.0.0.1:${PORTS.cloud + portOffset}`, keyFile: `gateway-${id}.key` },
      mqtt: {
        port: PORTS.mqtt + n + portOffset,
        deviceKeyHashesFile: "device-key-hashes.json",
        webSocket: { port: PORTS.webSocket + n + portOffset },
      },
      brokers: brokersOf(hospital).map((name, place) => ({
        name,
        url: houseBrokerUrl(n, place, portOffset),
        username: `gw-${id}`,
        passwordFile: `broker-${id}.key`,
      })),
      console: { port: PORTS.console + n + portOffset },
      metrics: { port: PORTS.gatewayMetrics + n + portOffset },
    });
    return { hospital: id, file };
  });
  write("device-keys.json", JSON.stringify(keys.devices));
  write(
    "device-key-hashes.json",
    JSON.stringify(Object.fromEntries(Object.entries(keys.devices).map(([id, key]) => [id, sha256(key)]))),
  );
  const brokers = wards.hospitals.flatMap((hospital, n) =>
    brokersOf(hospital).map((name, place) => {
      const { id, devices } = hospital;
      const reporting = devices.filter((device) => device.mqtt?.broker === name);
      const accounts = reporting.map((device) => [device.id, keys.devices[device.id] ?? ""]);
      write(
        `broker-${id}-${name}-keys.json`,
        JSON.stringify({ ...Object.fromEntries(accounts), [`gw-${id}`]: keys.brokers[id] ?? "" }),
      );
      const file = yaml(`sim-${id}-broker-${name}.yaml`, {
        kind: "house-broker",
        port: Number(new URL(houseBrokerUrl(n, place, portOffset)).port),
        keysFile: `broker-${id}-${name}-keys.json`,
      });
      return { name: `${id} broker ${name}`, file };
    }),
  );
  const devices = wards.hospitals.map((hospital, n) => {
    const { id } = hospital;
    const brokerUrls = brokersOf(hospital).map((name, place) => [name, houseBrokerUrl(n, place, portOffset)]);
    const file = yaml(`sim-${id}-devices.yaml`, {
      kind: "devices",
      ward: relative(directory, path("ward.yaml")),
      hospital: id,
      seed: options.seed + n,
      speed: options.speed,
      truthFile: `truth-${id}.ndjson`,
      mqttUrl: `mqtt://127.0.0.1:${PORTS.mqtt + n + portOffset}`,
      brokers: Object.fromEntries(brokerUrls),
      deviceKeysFile: "device-keys.json",
      faults: "daily",
    });
    return { name: `${id} devices`, file };
  });
  return {
    cloud,
    gateways,
    sims: [...brokers, ...devices],
    bedCount: wards.hospitals.flatMap(bedsOf).length,
    deviceCount: wards.hospitals.flatMap((hospital) => hospital.devices).length,
  };
}

/** The hospital's own brokers, to which some of its devices report instead of to the gateway. */
const brokersOf = ({ devices }: HospitalWards) => [
  ...new Set(devices.flatMap(({ mqtt }) => mqtt?.broker ?? [])),
];
const houseBrokerUrl = (n: number, place: number, portOffset: number) =>
  `mqtt://127.0.0.1:${PORTS.houseBroker + 10 * n + place + portOffset}`;

const bedsOf = ({ wards }: HospitalWards) => wards.flatMap(({ rooms }) => rooms.flatMap(({ beds }) => beds));
const sha256 = (key: string) => createHash("sha256").update(key).digest("hex");

function keysFor(hospitals: readonly HospitalWards[], file: string): z.infer<typeof Keys> {
  const known = existsSync(file)
    ? Keys.parse(JSON.parse(readFileSync(file, "utf8")))
    : { gateways: {}, devices: {}, brokers: {} };
  const keys: z.infer<typeof Keys> = {
    gateways: { ...known.gateways },
    devices: { ...known.devices },
    brokers: { ...known.brokers },
  };
  for (const { id, devices } of hospitals) {
    keys.gateways[id] ??= `hk_gw-${id}_${randomBytes(32).toString("base64url")}`;
    keys.brokers[id] ??= randomBytes(32).toString("base64url");
    for (const device of devices) keys.devices[device.id] ??= randomBytes(32).toString("base64url");
  }
  writeFileSync(file, JSON.stringify(keys), { mode: 0o600 });
  return keys;
}

function shiftPorts(wards: WardFile, offset: number): WardFile {
  const shifted = structuredClone(wards);
  const shift = (address: string) => {
    if (!address.startsWith("tcp://")) return address;
    const { hostname, port } = new URL(address);
    return `tcp://${hostname}:${Number(port) + offset}`;
  };
  for (const hospital of shifted.hospitals) {
    for (const device of hospital.devices) {
      if (device.modbusTcp !== undefined) device.modbusTcp.port += offset;
      if (device.modbusRtu !== undefined) device.modbusRtu.line = shift(device.modbusRtu.line);
      if (device.serial !== undefined) device.serial = shift(device.serial);
    }
  }
  return shifted;
}
