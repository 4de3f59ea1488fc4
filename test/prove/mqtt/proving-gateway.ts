/** A gateway with a ward of beds that speak MQTT, and no cloud: its broker does without. */
import { createHash, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { GATEWAY_NODE_OPTIONS } from "../../../config/demo/child.ts";
import type { Authority } from "../../support/certificates.ts";
import { freePort } from "../../support/free-port.ts";
import { BEDS_MAX, bedId, keyOf } from "./bench.ts";
import { Killable } from "./killable.ts";

const BEDS_A_ROOM = 20;

export async function startGateway(
  directory: string,
  devices: Authority,
  house: Authority,
): Promise<Killable> {
  const write = (name: string, content: string) => {
    writeFileSync(join(directory, name), content, { mode: 0o600 });
    return join(directory, name);
  };
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const deviceIds = Array.from({ length: BEDS_MAX }, (_, n) => bedId(n + 1));
  write("ward.yaml", stringify(wardOf(deviceIds)));
  write("gateway.key", `hk_gw-prove_${randomBytes(32).toString("base64url")}`);
  write("keys.json", JSON.stringify(Object.fromEntries(deviceIds.map((id) => [id, sha256(keyOf(id))]))));
  const { certFile, keyFile } = house.sign("gateway");
  const ports = { tcp: await freePort(), tls: await freePort(), webSocket: await freePort() };
  const configFile = write(
    "gateway.yaml",
    stringify({
      gateway: { id: "gw-prove", hospital: "prove" },
      wardFile: "ward.yaml",
      dataDirectory: "data",
      cloud: { url: `http://127.0.0.1:${await freePort()}`, keyFile: "gateway.key" },
      mqtt: {
        port: ports.tcp,
        deviceKeyHashesFile: "keys.json",
        tls: { port: ports.tls, certFile, keyFile, clientCaFile: devices.certFile },
        webSocket: { port: ports.webSocket },
        connectionsPerAddressMax: 2_000,
      },
      console: { port: 0 },
      metrics: { port: 0 },
    }),
  );
  const program = {
    file: "gateway/main.ts",
    args: ["--config", configFile],
    nodeOptions: GATEWAY_NODE_OPTIONS,
  };
  return new Killable(program, ports).start();
}

function wardOf(deviceIds: readonly string[]): object {
  const rooms = Array.from({ length: Math.ceil(deviceIds.length / BEDS_A_ROOM) }, (_, n) => ({
    id: `room-${n}`,
    name: `Room ${n}`,
    beds: deviceIds.slice(n * BEDS_A_ROOM, (n + 1) * BEDS_A_ROOM).map((id) => ({
      id: `place-of-${id}`,
      label: id,
      occupancyFrom: { device: id, metric: "occupancy" },
    })),
  }));
  const ward = {
    id: "ward",
    name: "Ward",
    assignmentSource: "none",
    declared: { service: "open", staffing: "staffed", infection: "none" },
    rooms,
  };
  const devices = deviceIds.map((id) => ({ id, profile: "smart-bed-senml", bed: `place-of-${id}` }));
  return { hospitals: [{ id: "prove", name: "Proving ground", wards: [ward], devices }] };
}
