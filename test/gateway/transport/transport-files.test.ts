import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { GatewayConfig } from "../../../config/gateway.ts";
import { ConfigError } from "../../../config/load.ts";
import { loadTransportFiles } from "../../../gateway/transport/transport-files.ts";
import { tempDir } from "../../support/temp-dir.ts";

function configOf(parts: { mqtt?: object; brokers?: readonly object[] }): GatewayConfig {
  return GatewayConfig.parse({
    gateway: { id: "gw-north", hospital: "north" },
    wardFile: "ward.yaml",
    dataDirectory: "data",
    cloud: { url: "http://127.0.0.1:1", keyFile: "gateway.key" },
    ...(parts.mqtt === undefined ? {} : { mqtt: { deviceKeyHashesFile: "keys.json", ...parts.mqtt } }),
    ...(parts.brokers === undefined ? {} : { brokers: parts.brokers }),
  });
}
const house = { name: "house", url: "mqtt://127.0.0.1", passwordFile: "house.password" };
const tls = { certFile: "cert.pem", keyFile: "key.pem", clientCaFile: "ca.pem" };

test("a gateway without TLS and brokers reads no file", () => {
  expect(loadTransportFiles(configOf({}), (path) => `/nowhere/${path}`)).toEqual({
    mqttTls: null,
    brokers: new Map(),
  });
});

test("a broker's password is what stands in its file, without the line end", () => {
  const directory = tempDir();
  writeFileSync(join(directory, "house.password"), "correct horse\n");
  const { brokers } = loadTransportFiles(configOf({ brokers: [house] }), (path) => join(directory, path));
  expect(brokers.get("house")).toEqual({ password: "correct horse", ca: null });
});

test("a file that is not there is named, with what it was for", () => {
  const load = () => loadTransportFiles(configOf({ brokers: [house] }), (path) => `/nowhere/${path}`);
  expect(load).toThrow(ConfigError);
  expect(load).toThrow("The password of broker house, /nowhere/house.password, cannot be read (ENOENT)");
});

test("certificates that cannot be used are refused at the start, and none of them is printed", () => {
  const directory = tempDir();
  for (const file of Object.values(tls)) writeFileSync(join(directory, file), "-----BEGIN SECRET-----\n");
  const load = () => loadTransportFiles(configOf({ mqtt: { tls } }), (path) => join(directory, path));
  expect(load).toThrow(ConfigError);
  expect(load).toThrow("MQTT over TLS: certFile, keyFile and clientCaFile cannot be used together");
  expect(load).not.toThrow("SECRET");
});
