/** The broker's process: started, killed without warning, started again on the same files and ports. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Authority } from "../../support/certificates.ts";
import { textOf } from "../../support/certificates.ts";
import { freePort } from "../../support/free-port.ts";
import type { BrokerProcessParts } from "./broker-process.ts";

const PROGRAM = fileURLToPath(new URL("broker-process.ts", import.meta.url));

export class ProvingBroker {
  readonly ports: { readonly tcp: number; readonly tls: number; readonly webSocket: number };
  readonly #parts: BrokerProcessParts;
  #process: ChildProcess | null = null;

  static async start(
    directory: string,
    devices: Authority,
    house: Authority,
    { isForgetful = false } = {},
  ): Promise<ProvingBroker> {
    const { certFile, keyFile } = house.sign("gateway");
    const broker = new ProvingBroker({
      directory,
      isForgetful,
      tcpPort: await freePort(),
      tlsPort: await freePort(),
      webSocketPort: await freePort(),
      tls: { cert: textOf(certFile), key: textOf(keyFile), clientCa: textOf(devices.certFile) },
    });
    await broker.start();
    return broker;
  }

  private constructor(parts: BrokerProcessParts) {
    this.#parts = parts;
    this.ports = { tcp: parts.tcpPort, tls: parts.tlsPort, webSocket: parts.webSocketPort };
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [PROGRAM, JSON.stringify(this.#parts)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#process = child;
    const ended = once(child, "exit").then(([code]) => {
      throw new Error(`the broker ended with code ${code} before it listened`);
    });
    await Promise.race([once(child.stdout, "data"), ended]);
    ended.catch(() => undefined);
  }

  /** As a power cut would, as far as the process can tell. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }
}
