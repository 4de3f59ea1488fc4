/** `/metrics` and `/health`, on a listener of its own that only this machine reaches. */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { HealthDocument } from "./health.ts";
import type { Metrics } from "./metrics.ts";

export const METRICS_HOST = "127.0.0.1";

export type MetricsServerParts = {
  readonly metrics: Metrics;
  readonly health: () => Promise<HealthDocument>;
  readonly log: Logger;
};

export function createMetricsServer({ metrics, health, log }: MetricsServerParts): Server {
  return createServer((request, response) => {
    if (request.method !== "GET") response.writeHead(405).end();
    else if (request.url === "/metrics") void tellMetrics(metrics, log, response);
    else if (request.url === "/health") void tellHealth(health, response);
    else response.writeHead(404).end();
  });
}

async function tellMetrics(metrics: Metrics, log: Logger, response: ServerResponse): Promise<void> {
  try {
    const text = await metrics.text();
    response.writeHead(200, { "content-type": metrics.contentType }).end(text);
  } catch (error) {
    log.warn({ err: error }, "the metrics could not be collected");
    response.writeHead(503).end();
  }
}

/** "Warn" is answered with 200: the service does its work. */
async function tellHealth(health: () => Promise<HealthDocument>, response: ServerResponse): Promise<void> {
  const document = await health();
  const code = document.status === "fail" ? 503 : 200;
  response.writeHead(code, { "content-type": "application/health+json" }).end(JSON.stringify(document));
}
