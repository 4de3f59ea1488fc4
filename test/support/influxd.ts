/** An InfluxDB 1.x of our own: Debian's influxd on loopback ports, with its own directory. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { freePort } from "./free-port.ts";
import { SpawnedServer } from "./spawned-server.ts";
import { hasTool } from "./tools.ts";

export const hasInfluxd = () => hasTool("influxd", ["version"], "influxdb");

export type InfluxdOptions = {
  /** Its files stand there, and are found again by the next start. */
  readonly directory: string;
  readonly authenticated?: boolean;
};

const Answer = z.object({
  results: z.array(
    z.object({
      error: z.string().optional(),
      series: z
        .array(z.object({ name: z.string().optional(), values: z.array(z.array(z.unknown())).default([]) }))
        .default([]),
    }),
  ),
});

export class Influxd extends SpawnedServer {
  readonly url: string;

  private constructor(port: number, configFile: string) {
    const url = `http://127.0.0.1:${port}`;
    super({ file: "influxd", args: ["-config", configFile], readyUrl: `${url}/ping` });
    this.url = url;
  }

  static async in({ directory, authenticated = false }: InfluxdOptions): Promise<Influxd> {
    mkdirSync(directory, { recursive: true });
    const [port, backupPort] = [await freePort(), await freePort()];
    const configFile = join(directory, "influxd.toml");
    writeFileSync(configFile, configText({ directory, port, backupPort, authenticated }));
    const server = new Influxd(port, configFile);
    await server.start();
    return server;
  }

  /** The rows of all series of one InfluxQL statement; times in milliseconds. Throws where it answers an error. */
  async rows(database: string, statement: string): Promise<unknown[][]> {
    const query = new URLSearchParams({ db: database, q: statement, epoch: "ms" });
    const answer = await fetch(`${this.url}/query`, { method: "POST", body: query });
    const [result] = Answer.parse(await answer.json()).results;
    if (result?.error !== undefined) throw new Error(`${statement}: ${result.error}`);
    return result?.series.flatMap(({ values }) => values) ?? [];
  }
}

type Ports = { directory: string; port: number; backupPort: number; authenticated: boolean };

const configText = ({ directory, port, backupPort, authenticated }: Ports) => `
reporting-disabled = true
bind-address = "127.0.0.1:${backupPort}"
[meta]
  dir = "${join(directory, "meta")}"
[data]
  dir = "${join(directory, "data")}"
  wal-dir = "${join(directory, "wal")}"
  index-version = "tsi1"
  query-log-enabled = false
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${port}"
  auth-enabled = ${authenticated}
  log-enabled = false
[continuous_queries]
  enabled = false
[logging]
  level = "error"
`;
