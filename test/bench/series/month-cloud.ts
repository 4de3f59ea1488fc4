/** The cloud's process on the database of a month, with or without a store that it feeds. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { InfluxConfig } from "../../../config/history.ts";
import { Forked } from "../../support/forked.ts";
import { freePort } from "../../support/free-port.ts";

type CloudMessage =
  | { readonly kind: "ready"; readonly url: string }
  | { readonly kind: "sign-in-link"; readonly role: string; readonly url: string };

export type MonthCloudParts = {
  readonly directory: string;
  readonly databaseUrl: string;
  readonly influxdb?: InfluxConfig;
};

export class MonthCloud {
  readonly url: string;
  readonly #process: Forked<CloudMessage>;

  private constructor(process: Forked<CloudMessage>, url: string) {
    this.#process = process;
    this.url = url;
  }

  static async start({ directory, databaseUrl, influxdb }: MonthCloudParts): Promise<MonthCloud> {
    mkdirSync(directory, { recursive: true });
    const file = join(directory, "cloud.yaml");
    const keySha256 = "0".repeat(64);
    const config = {
      http: { port: await freePort() },
      metrics: { port: 0 },
      dataDirectory: "cloud",
      hospitals: [{ id: "north", name: "Northside General" }],
      gateways: ["gw-north", "gw-further"].map((id) => ({ id, hospital: "north", keySha256 })),
      ...(influxdb === undefined ? {} : { timeSeries: { influxdb } }),
    };
    writeFileSync(file, stringify(config), { mode: 0o600 });
    const started = new Forked<CloudMessage>({
      file: "cloud/main.ts",
      args: ["--config", file],
      env: { DATABASE_URL: databaseUrl },
    });
    return new MonthCloud(started, (await started.said("ready")).url);
  }

  get pid(): number {
    return this.#process.pid;
  }

  async signInLink(role: "doctor" | "facility-engineer"): Promise<string> {
    this.#process.child.send({ kind: "sign-in-link", role, hospitalId: "north" });
    return (await this.#process.said("sign-in-link")).url;
  }

  async stop(): Promise<void> {
    await this.#process.end();
  }
}
