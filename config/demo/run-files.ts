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
  readonly sims: readonly { readonly hospital: string; readonly kind: SimKind; readonly file: string }[];
  readonly bedCount: number;
};

const SIM_KINDS = ["smart-bed", "room-sensor", "monitor"] as const;
export type SimKind = (typeof SIM_KINDS)[number];

/** Ports as the documentation names them, for gateway n. */
const PORTS = { cloud: 8080, cloudMetrics: 9180, console: 8180, mqtt: 1883, gatewayMetrics: 9181 } as const;

const Keys = z.strictObject({
  gateways: z.record(z.string(), z.string()),
  devices: z.record(z.string(), z.string()),
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
  const gateways = wards.hospitals.map(({ id }, n) => {
    write(`gateway-${id}.key`, keys.gateways[id] ?? "");
    const file = yaml(`gateway-${id}.yaml`, {
      gateway: { id: `gw-${id}`, hospital: id },
      wardFile: "ward.yaml",
      dataDirectory: `gateway-${id}`,
      cloud: { url: `http://127.0.0.1:${PORTS.cloud + portOffset}`, keyFile: `gateway-${id}.key` },
      mqtt: { port: PORTS.mqtt + n + portOffset, deviceKeyHashesFile: "device-key-hashes.json" },
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
  const sims = wards.hospitals.flatMap(({ id }, n) =>
    SIM_KINDS.map((kind) => {
      const file = yaml(`sim-${id}-${kind}.yaml`, {
        kind,
        ward: relative(directory, path("ward.yaml")),
        hospital: id,
        seed: options.seed + n,
        speed: options.speed,
        startedAtMs: Date.now() + SIMS_START_IN_MS,
        truthFile: `truth-${id}.ndjson`,
        ...(kind === "smart-bed"
          ? { mqttUrl: `mqtt://127.0.0.1:${PORTS.mqtt + n + portOffset}`, deviceKeysFile: "device-keys.json" }
          : {}),
      });
      return { hospital: id, kind, file };
    }),
  );
  const bedCount = wards.hospitals.flatMap(bedsOf).length;
  return { cloud, gateways, sims, bedCount };
}

/** The three programs of a hospital share one day; it begins when all of them are surely up. */
const SIMS_START_IN_MS = 6_000;

const bedsOf = ({ wards }: HospitalWards) => wards.flatMap(({ rooms }) => rooms.flatMap(({ beds }) => beds));
const sha256 = (key: string) => createHash("sha256").update(key).digest("hex");

function keysFor(hospitals: readonly HospitalWards[], file: string): z.infer<typeof Keys> {
  const known = existsSync(file)
    ? Keys.parse(JSON.parse(readFileSync(file, "utf8")))
    : { gateways: {}, devices: {} };
  const keys: z.infer<typeof Keys> = { gateways: { ...known.gateways }, devices: { ...known.devices } };
  for (const { id, devices } of hospitals) {
    keys.gateways[id] ??= `hk_gw-${id}_${randomBytes(32).toString("base64url")}`;
    for (const device of devices) keys.devices[device.id] ??= randomBytes(32).toString("base64url");
  }
  writeFileSync(file, JSON.stringify(keys), { mode: 0o600 });
  return keys;
}

function shiftPorts(wards: WardFile, offset: number): WardFile {
  const shifted = structuredClone(wards);
  for (const hospital of shifted.hospitals) {
    for (const device of hospital.devices) {
      if (device.modbusTcp !== undefined) device.modbusTcp.port += offset;
      if (device.serial !== undefined) {
        const url = new URL(device.serial);
        device.serial = `tcp://${url.hostname}:${Number(url.port) + offset}`;
      }
    }
  }
  return shifted;
}
