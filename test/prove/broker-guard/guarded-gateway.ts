/** What is attacked: the gateway's own program with all its doors, or a bare aedes behind one. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { Child, GATEWAY_NODE_OPTIONS } from "../../../config/demo/child.ts";
import { loadDeviceId, loadDeviceKey } from "../../load/load-device.ts";
import { Authority } from "../../support/certificates.ts";
import { Forked } from "../../support/forked.ts";
import { freePort } from "../../support/free-port.ts";
import type { BareSaid } from "./bare-aedes.ts";

export type Target = {
  readonly name: string;
  /** Whether it must hold; the control must not. */
  readonly isGuarded: boolean;
  readonly pid: number;
  readonly tcpPort: number;
  /** Null where it has no such door. */
  readonly tlsPort: number | null;
  readonly webSocketPort: number | null;
  stop(): Promise<void>;
};

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** The gateway's program as it is delivered; its cloud is away, which is nothing to its devices. */
export async function startGuarded(directory: string, devices: number): Promise<Target> {
  mkdirSync(directory, { recursive: true });
  const write = (name: string, content: string) => {
    writeFileSync(join(directory, name), content, { mode: 0o600 });
    return join(directory, name);
  };
  const ids = Array.from({ length: devices }, (_, n) => loadDeviceId(n));
  const authority = new Authority("Devices", directory);
  const { certFile, keyFile } = authority.sign("gateway");
  const [tcpPort, tlsPort, webSocketPort] = [await freePort(), await freePort(), await freePort()];
  write("cloud.key", `hk_gw-guard_${"x".repeat(43)}`);
  write("keys.json", JSON.stringify(Object.fromEntries(ids.map((id) => [id, sha256(loadDeviceKey(id))]))));
  write("ward.yaml", stringify(wardOf(ids)));
  const configFile = write(
    "gateway.yaml",
    stringify({
      gateway: { id: "gw-guard", hospital: "prove" },
      wardFile: "ward.yaml",
      dataDirectory: "data",
      cloud: { url: `http://127.0.0.1:${await freePort()}`, keyFile: "cloud.key" },
      mqtt: {
        port: tcpPort,
        deviceKeyHashesFile: "keys.json",
        // The attack comes from one address here, and must get as far as the other limits.
        connectionsPerAddressMax: 2_000,
        tls: { port: tlsPort, certFile, keyFile, clientCaFile: authority.certFile },
        webSocket: { port: webSocketPort },
      },
      console: { port: 0 },
      metrics: { port: 0 },
    }),
  );
  const child = new Child({
    name: "gateway",
    program: "gateway/main.ts",
    configFile,
    nodeOptions: GATEWAY_NODE_OPTIONS,
    logFile: join(directory, "gateway.log"),
    onTrouble: (sentence) => process.stderr.write(`${sentence}\n`),
  });
  await child.start();
  return {
    name: "gateway",
    isGuarded: true,
    pid: child.pid ?? 0,
    tcpPort,
    tlsPort,
    webSocketPort,
    stop: () => child.stop(),
  };
}

export async function startBare(): Promise<Target> {
  const bare = new Forked<BareSaid>({ file: "test/prove/broker-guard/bare-aedes.ts" });
  const { port } = await bare.said("ready");
  return {
    name: "bare aedes",
    isGuarded: false,
    pid: bare.pid,
    tcpPort: port,
    tlsPort: null,
    webSocketPort: null,
    stop: () => bare.end("SIGKILL"),
  };
}

function wardOf(ids: readonly string[]): object {
  const bedOf = (id: string) => `bed-of-${id}`;
  const beds = ids.map((id) => ({ id: bedOf(id), label: id, occupancyFrom: { device: id, metric: "load" } }));
  const ward = {
    id: "ward",
    name: "Ward",
    assignmentSource: "none",
    declared: { service: "open", staffing: "staffed", infection: "none" },
    rooms: [{ id: "room", name: "Room", beds }],
  };
  const devices = ids.map((id) => ({ id, profile: "smart-bed-senml", bed: bedOf(id) }));
  return { hospitals: [{ id: "prove", name: "Proving ground", wards: [ward], devices }] };
}
