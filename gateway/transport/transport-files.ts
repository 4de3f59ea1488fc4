/** What transports need from files: certificates, passwords, authorities. Read once at the start; never printed. */
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import type { GatewayConfig } from "../../config/gateway.ts";
import { ConfigError } from "../../config/load.ts";
import type { TlsFiles } from "./mqtt/listeners.ts";

export type BrokerSecrets = { readonly password: string | null; readonly ca: string | null };

export type TransportFiles = {
  /** Null: the own broker has no TLS. */
  readonly mqttTls: TlsFiles | null;
  /** By the broker's name. */
  readonly brokers: ReadonlyMap<string, BrokerSecrets>;
};

/** `at` turns a path of the configuration into one of this machine. */
export function loadTransportFiles(config: GatewayConfig, at: (path: string) => string): TransportFiles {
  const tls = config.mqtt?.tls;
  const read = (path: string | undefined, what: string) =>
    path === undefined ? null : readText(at(path), what);
  return {
    mqttTls:
      tls === undefined
        ? null
        : readTls({
            cert: readText(at(tls.certFile), "The certificate of MQTT over TLS"),
            key: readText(at(tls.keyFile), "The private key of MQTT over TLS"),
            clientCa: readText(at(tls.clientCaFile), "The devices' certificate authority"),
          }),
    brokers: new Map(
      config.brokers.map(({ name, passwordFile, caFile }) => [
        name,
        {
          password: read(passwordFile, `The password of broker ${name}`)?.trim() ?? null,
          ca: read(caFile, `The certificate authority of broker ${name}`),
        },
      ]),
    ),
  };
}

/** Tried at once: a pair that does not match would otherwise be noticed by the first device that connects. */
function readTls(files: TlsFiles): TlsFiles {
  try {
    createSecureContext({ cert: files.cert, key: files.key, ca: files.clientCa });
    return files;
  } catch (error) {
    const code = (error as { code?: string }).code ?? "unreadable";
    throw new ConfigError(
      `MQTT over TLS: certFile, keyFile and clientCaFile cannot be used together (${code}). Expected PEM files, the key belonging to the certificate.`,
      { cause: error },
    );
  }
}

function readText(file: string, what: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new ConfigError(`${what}, ${file}, cannot be read (${code}). Check the path and who may read it.`, {
      cause: error,
    });
  }
}
