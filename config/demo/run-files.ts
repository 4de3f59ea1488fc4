/**
 * Writes what each process of the demo is started with: configurations, and keys that are made here at the first start
 * and never leave this folder. A port offset moves every port, so that two demos can run side by side.
 */
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
  /** What the cloud's configuration says of its chain; left out: nothing is anchored. */
  readonly anchor?: Readonly<Record<string, unknown>> | undefined;
};

type NamedFile = { readonly name: string; readonly file: string };

export type RunFiles = {
  readonly cloud: string;
  readonly gateways: readonly { readonly hospital: string; readonly file: string }[];
  /** The hospitals' own brokers, to which some of the devices report, and the devices. */
  readonly sims: readonly NamedFile[];
  readonly bedCount: number;
  /** Hospital → how many of them are its. */
  readonly bedCounts: Readonly<Record<string, number>>;
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
  const keys = keysFor(wards.hospitals, join(directory, "keys.json"));
  const run: Run = {
    ...options,
    keys,
    write: (name, content) => {
      const file = join(directory, name);
      writeFileSync(file, typeof content === "string" ? content : stringify(content), { mode: 0o600 });
      return file;
    },
  };
  run.write("ward.yaml", wards);
  run.write("device-keys.json", JSON.stringify(keys.devices));
  const hashes = Object.entries(keys.devices).map(([id, key]) => [id, sha256(key)]);
  run.write("device-key-hashes.json", JSON.stringify(Object.fromEntries(hashes)));
  const numbered = [...wards.hospitals.entries()];
  return {
    cloud: writeCloud(run, wards.hospitals),
    gateways: numbered.map(([n, hospital]) => ({
      hospital: hospital.id,
      file: writeGateway(run, hospital, n),
    })),
    sims: [
      ...numbered.flatMap(([n, hospital]) => writeHouseBrokers(run, hospital, n)),
      ...numbered.map(([n, hospital]) => ({
        name: `${hospital.id} devices`,
        file: writeDevices(run, hospital, n),
      })),
    ],
    bedCount: wards.hospitals.flatMap(bedsOf).length,
    bedCounts: Object.fromEntries(wards.hospitals.map((hospital) => [hospital.id, bedsOf(hospital).length])),
    deviceCount: wards.hospitals.flatMap(({ devices }) => devices).length,
  };
}

type Run = DemoOptions & {
  readonly keys: z.infer<typeof Keys>;
  /** Text as it is, anything else as YAML; returns the file's path. */
  readonly write: (name: string, content: string | object) => string;
};

function writeCloud({ keys, portOffset, anchor, write }: Run, hospitals: readonly HospitalWards[]): string {
  return write("cloud.yaml", {
    http: { port: PORTS.cloud + portOffset },
    metrics: { port: PORTS.cloudMetrics + portOffset },
    dataDirectory: "cloud",
    ...(anchor === undefined ? {} : { anchor }),
    hospitals: hospitals.map(({ id, name }) => ({ id, name })),
    gateways: hospitals.map(({ id }) => ({
      id: `gw-${id}`,
      hospital: id,
      keySha256: sha256(keys.gateways[id] ?? ""),
    })),
  });
}

function writeGateway({ keys, portOffset, write }: Run, hospital: HospitalWards, n: number): string {
  const { id } = hospital;
  write(`gateway-${id}.key`, keys.gateways[id] ?? "");
  write(`broker-${id}.key`, keys.brokers[id] ?? "");
  return write(`gateway-${id}.yaml`, {
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
}

/** Its devices have accounts there, and its gateway. */
function writeHouseBrokers(
  { keys, portOffset, write }: Run,
  hospital: HospitalWards,
  n: number,
): NamedFile[] {
  const { id, devices } = hospital;
  return brokersOf(hospital).map((name, place) => {
    const reporting = devices.filter((device) => device.mqtt?.broker === name);
    const accounts = reporting.map((device) => [device.id, keys.devices[device.id] ?? ""]);
    const keysFile = `broker-${id}-${name}-keys.json`;
    write(
      keysFile,
      JSON.stringify({ ...Object.fromEntries(accounts), [`gw-${id}`]: keys.brokers[id] ?? "" }),
    );
    const port = Number(new URL(houseBrokerUrl(n, place, portOffset)).port);
    const file = write(`sim-${id}-broker-${name}.yaml`, { kind: "house-broker", port, keysFile });
    return { name: `${id} broker ${name}`, file };
  });
}

function writeDevices({ seed, speed, portOffset, write }: Run, hospital: HospitalWards, n: number): string {
  const { id } = hospital;
  const brokers = brokersOf(hospital).map((name, place) => [name, houseBrokerUrl(n, place, portOffset)]);
  return write(`sim-${id}-devices.yaml`, {
    kind: "devices",
    ward: "ward.yaml",
    hospital: id,
    seed: seed + n,
    speed,
    truthFile: `truth-${id}.ndjson`,
    mqttUrl: `mqtt://127.0.0.1:${PORTS.mqtt + n + portOffset}`,
    brokers: Object.fromEntries(brokers),
    deviceKeysFile: "device-keys.json",
    faults: "daily",
  });
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
