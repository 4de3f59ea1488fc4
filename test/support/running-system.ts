/** A cloud and one gateway as processes of their own, for proofs and flows: real files, real sockets, ports of their own. */
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { Child, GATEWAY_NODE_OPTIONS } from "../../config/demo/child.ts";
import { layEmptyPglite } from "./empty-pglite.ts";
import { freePort } from "./free-port.ts";
import { sharedEvidence } from "./network-key-file.ts";

export type SystemParts = {
  readonly directory: string;
  /** The content of the ward file: one hospital, `prove`. */
  readonly ward: object;
  readonly deviceKeys: ReadonlyMap<string, string>;
  /** A store of series beside the cloud's database. */
  readonly timeSeries?: object;
  /** Further doors of the gateway's broker, the hospital's own brokers, and how much of the disk its journal may use. */
  readonly gateway?: {
    readonly mqtt?: object;
    readonly brokers?: readonly object[];
    readonly journal?: object;
  };
  /** Others than the two services' own: a proof may set their clocks. */
  readonly programs?: { readonly cloud: string; readonly gateway: string };
};

export type RunningSystem = {
  readonly cloudUrl: string;
  readonly mqttPort: number;
  readonly cloud: Child;
  readonly gateway: Child;
  /** The gateway's status page's address and a sign-in link for it. */
  readonly consoleUrl: string;
  stop(): Promise<void>;
};

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

export type SystemFiles = {
  readonly cloudFile: string;
  readonly gatewayFile: string;
  readonly mqttPort: number;
};

/** What a cloud and a gateway are started with. Without its cloud the gateway runs all the same. */
export async function writeSystemFiles({
  directory,
  ward,
  deviceKeys,
  timeSeries,
  gateway: further = {},
}: SystemParts): Promise<SystemFiles> {
  mkdirSync(directory, { recursive: true });
  const write = (name: string, content: string) => {
    writeFileSync(join(directory, name), content, { mode: 0o600 });
    return join(directory, name);
  };
  const gatewayKey = `hk_gw-prove_${randomBytes(32).toString("base64url")}`;
  // Ports are chosen once, so that a process that was killed comes back where its peers look for it.
  const [cloudPort, mqttPort, consolePort] = [await freePort(), await freePort(), await freePort()];
  write("ward.yaml", stringify(ward, { aliasDuplicateObjects: false }));
  write("gateway.key", gatewayKey);
  write(
    "device-key-hashes.json",
    JSON.stringify(Object.fromEntries([...deviceKeys].map(([id, key]) => [id, sha256(key)]))),
  );
  const cloudFile = write(
    "cloud.yaml",
    stringify({
      http: { port: cloudPort },
      metrics: { port: 0 },
      dataDirectory: "cloud",
      hospitals: [{ id: "prove", name: "Proving ground" }],
      gateways: [{ id: "gw-prove", hospital: "prove", keySha256: sha256(gatewayKey) }],
      ...sharedEvidence(),
      ...(timeSeries === undefined ? {} : { timeSeries }),
    }),
  );
  const gatewayFile = write(
    "gateway.yaml",
    stringify({
      gateway: { id: "gw-prove", hospital: "prove" },
      wardFile: "ward.yaml",
      dataDirectory: "gateway",
      cloud: { url: `http://127.0.0.1:${cloudPort}`, keyFile: "gateway.key" },
      mqtt: {
        port: mqttPort,
        deviceKeyHashesFile: "device-key-hashes.json",
        // All devices of a proof come from this machine.
        connectionsPerAddressMax: 2_000,
        ...further.mqtt,
      },
      ...(further.brokers === undefined ? {} : { brokers: further.brokers }),
      ...(further.journal === undefined ? {} : { journal: further.journal }),
      console: { port: consolePort },
      metrics: { port: 0 },
    }),
  );
  return { cloudFile, gatewayFile, mqttPort };
}

export async function startSystem(parts: SystemParts): Promise<RunningSystem> {
  const { directory } = parts;
  const { cloudFile, gatewayFile, mqttPort } = await writeSystemFiles(parts);
  await layEmptyPglite(join(directory, "cloud"));
  const child = (name: string, program: string, configFile: string) =>
    new Child({
      name,
      program,
      configFile,
      nodeOptions: name === "gateway" ? GATEWAY_NODE_OPTIONS : [],
      logFile: join(directory, `${name}.log`),
      onTrouble: (sentence) => process.stderr.write(`${sentence}\n`),
    });
  const { programs = { cloud: "cloud/main.ts", gateway: "gateway/main.ts" } } = parts;
  const cloud = child("cloud", programs.cloud, cloudFile);
  const gateway = child("gateway", programs.gateway, gatewayFile);
  const stop = async () => {
    await gateway.stop();
    await cloud.stop();
  };
  try {
    // A gateway that is up before its cloud tries again later, and the beds come later still.
    const cloudReady = await cloud.start();
    const gatewayReady = await gateway.start();
    return {
      cloudUrl: cloudReady.url ?? "",
      consoleUrl: gatewayReady.url ?? "",
      mqttPort,
      cloud,
      gateway,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
