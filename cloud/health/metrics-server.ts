/** `/metrics`, on a listener of its own that only this machine reaches. */
import { createServer, type Server } from "node:http";
import type { Logger } from "pino";
import type { Metrics } from "./metrics.ts";

export const METRICS_HOST = "127.0.0.1";

export function createMetricsServer({ metrics, log }: { metrics: Metrics; log: Logger }): Server {
  return createServer(async (request, response) => {
    if (request.method !== "GET" || request.url !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    try {
      const text = await metrics.text();
      response.writeHead(200, { "content-type": metrics.contentType }).end(text);
    } catch (error) {
      log.warn({ err: error }, "the metrics could not be collected");
      response.writeHead(503).end();
    }
  });
}
