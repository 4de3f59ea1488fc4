/** A VictoriaMetrics of our own: Debian's victoria-metrics on a loopback port, with its own directory. */
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { SpawnedServer } from "./spawned-server.ts";
import { hasTool } from "./tools.ts";

export const hasVictoriaMetrics = () => hasTool("victoria-metrics", ["-version"], "victoria-metrics");

/** What docs/history.md asks of a VictoriaMetrics that is fed by us. */
export const VICTORIA_METRICS_FLAGS = ["-retentionPeriod=100y", "-dedup.minScrapeInterval=1ms"];

type Exported = {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly number[];
  readonly timestamps: readonly number[];
};

export class VictoriaMetrics extends SpawnedServer {
  readonly url: string;

  private constructor(port: number, directory: string, flags: readonly string[]) {
    const url = `http://127.0.0.1:${port}`;
    const args = [
      `-storageDataPath=${join(directory, "victoria-metrics")}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      "-loggerLevel=ERROR",
      ...flags,
    ];
    super({ file: "victoria-metrics", args, readyUrl: `${url}/health` });
    this.url = url;
  }

  static async in(directory: string, flags: readonly string[] = VICTORIA_METRICS_FLAGS) {
    const server = new VictoriaMetrics(await freePort(), directory, flags);
    await server.start();
    return server;
  }

  /** Every sample that a PromQL selector finds, of all times, read after what was written lately can be seen. */
  async export(selector: string): Promise<Exported[]> {
    await (await fetch(`${this.url}/internal/force_flush`)).arrayBuffer();
    const query = new URLSearchParams({ "match[]": selector, start: "0", reduce_mem_usage: "0" });
    const answer = await fetch(`${this.url}/api/v1/export?${query}`);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`export of ${selector}: ${answer.status} ${text}`);
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Exported);
  }
}
