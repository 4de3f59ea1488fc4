/** Metrics and health on a loopback listener of their own, so that they need no key and are reachable from here alone. */
import { createServer, type ServerResponse } from "node:http";
import { listenOn } from "../transport/listen-on.ts";
import type { HealthDocument } from "./health.ts";
import type { Metrics } from "./metrics.ts";

export type MetricsServer = { readonly port: number; close(): Promise<void> };

export type MetricsServerParts = { readonly metrics: Metrics; readonly health: () => HealthDocument };

export async function startMetricsServer(
  { metrics, health }: MetricsServerParts,
  port: number,
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    if (request.method !== "GET") response.writeHead(405).end();
    else if (request.url === "/metrics") void tellMetrics(metrics, response);
    else if (request.url === "/health") tellHealth(health(), response);
    else response.writeHead(404).end();
  });
  const taken = await listenOn(server, "127.0.0.1", port, "Metrics");
  return {
    port: taken,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function tellMetrics(metrics: Metrics, response: ServerResponse): Promise<void> {
  try {
    const text = await metrics.text();
    response.writeHead(200, { "content-type": metrics.contentType }).end(text);
  } catch {
    // A figure that cannot be read is a mistake of ours; whoever collects sees that the answer is missing.
    response.writeHead(500).end();
  }
}

/** "Warn" is answered with 200: the gateway does its work. */
function tellHealth(health: HealthDocument, response: ServerResponse): void {
  const code = health.status === "fail" ? 503 : 200;
  response.writeHead(code, { "content-type": "application/health+json" }).end(JSON.stringify(health));
}
