/** Sends as gateways do, through the service's own address. */
import { gzipSync } from "node:zlib";
import type { Cosignature, LogBatch } from "../../../contracts/wire/log-sync.ts";
import { KEYS, type TestCloud } from "../support.ts";

export type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

export const sendLog = (cloud: TestCloud, batch: LogBatch): Promise<Answer> =>
  post(cloud, "/api/v1/sync/log", batch);

export const sendCosignature = (cloud: TestCloud, cosignature: Cosignature): Promise<Answer> =>
  post(cloud, "/api/v1/sync/cosignatures", cosignature);

async function post(cloud: TestCloud, url: string, body: LogBatch | Cosignature): Promise<Answer> {
  const authorization = `Bearer ${KEYS[body.gatewayId === "gw-south" ? "gw-south" : "gw-north"]}`;
  const reply = await cloud.app.inject({
    method: "POST",
    url,
    headers: { authorization, "content-type": "application/json", "content-encoding": "gzip" },
    payload: gzipSync(JSON.stringify(body)),
  });
  return { status: reply.statusCode, body: reply.json() };
}
