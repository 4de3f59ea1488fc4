/** One gateway's process on a data directory of its own, which can be copied while it is stopped. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { parse, stringify } from "yaml";
import { GATEWAY_NODE_OPTIONS } from "../../../config/demo/child.ts";
import { GatewayStatus } from "../../../contracts/wire/gateway-status.ts";
import type { GatewayMessage } from "../../../gateway/run-main.ts";
import { Forked } from "../../support/forked.ts";
import { type SignedIn, signIn } from "../../support/sign-in.ts";
import { until } from "../../support/until.ts";
import { SCALE } from "./clone-ward.ts";

const NOTICED_WITHIN_MS = 60_000;

export type OneGatewayParts = {
  /** Holds gateway.yaml and what it names. */
  readonly directory: string;
  /** Its data directory and its configuration's name. */
  readonly name: string;
  readonly key: string;
  /** Where it is another cloud than the configuration's. */
  readonly cloudUrl?: string;
};

export class OneGateway {
  readonly name: string;
  /** Values that its device was told are kept, oldest first. */
  readonly acknowledged: number[] = [];
  readonly #parts: OneGatewayParts;
  #process: Forked<GatewayMessage> | null = null;
  #mqttPort = 0;
  #signedIn: SignedIn | null = null;

  constructor(parts: OneGatewayParts) {
    this.#parts = parts;
    this.name = parts.name;
    const config = parse(readFileSync(join(parts.directory, "gateway.yaml"), "utf8"));
    config.dataDirectory = parts.name;
    config.mqtt.port = 0;
    config.console.port = 0;
    if (parts.cloudUrl !== undefined) config.cloud.url = parts.cloudUrl;
    writeFileSync(this.#configFile, stringify(config));
  }

  /** Another one on a copy of this one's files, as they are now. */
  copy(name: string): OneGateway {
    const { directory } = this.#parts;
    cpSync(join(directory, this.name), join(directory, name), { recursive: true });
    const copy = new OneGateway({ ...this.#parts, name });
    copy.acknowledged.push(...this.acknowledged);
    return copy;
  }

  async start(...args: readonly string[]): Promise<void> {
    const gateway = new Forked<GatewayMessage>({
      file: "gateway/main.ts",
      args: ["--config", this.#configFile, ...args],
      nodeOptions: GATEWAY_NODE_OPTIONS,
    });
    this.#process = gateway;
    this.#mqttPort = (await gateway.said("ready")).mqttPort ?? 0;
    gateway.child.send({ kind: "sign-in-link" });
    this.#signedIn = await signIn((await gateway.said("sign-in-link")).url);
  }

  /** Sends these values one after the other, each once the one before was acknowledged. */
  async weigh(...values: readonly number[]): Promise<void> {
    const device = await connectAsync({
      host: "127.0.0.1",
      port: this.#mqttPort,
      clientId: SCALE,
      username: SCALE,
      password: this.#parts.key,
      // A busy machine may be too slow for the broker's patience; what was not acknowledged is sent again.
      reconnectPeriod: 200,
    });
    for (const v of values) {
      const pack = [{ bn: `urn:dev:ops:32473-${SCALE}:`, n: "load", u: "kg", v }];
      await device.publishAsync(`devices/${SCALE}/readings`, JSON.stringify(pack), { qos: 1 });
      this.acknowledged.push(v);
    }
    await device.endAsync();
  }

  async status(): Promise<GatewayStatus> {
    if (this.#signedIn === null) throw new Error(`${this.name} is not running`);
    const response = await this.#signedIn.get("/api/v1/status");
    return GatewayStatus.parse(await response.json());
  }

  /** Everything that it has is at the cloud, or the cloud wants nothing more of it. */
  settled(): Promise<GatewayStatus> {
    return until(
      `${this.name} has sent everything, or is refused`,
      async () => {
        const status = await this.status();
        const isSent = status.journal.lanes.every(({ queued }) => queued === 0);
        return status.cloud.state === "refused" || (isSent && status.cloud.state === "connected")
          ? status
          : undefined;
      },
      NOTICED_WITHIN_MS,
    );
  }

  async stop(): Promise<void> {
    await this.#process?.end();
    this.#process = null;
    this.#signedIn = null;
  }

  get #configFile(): string {
    return join(this.#parts.directory, `${this.#parts.name}.yaml`);
  }
}
