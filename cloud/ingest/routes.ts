/** The sync with gateways. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { Heartbeat, HeartbeatReply, SyncBatch, SyncConflict, SyncReply } from "../../contracts/wire/sync.ts";
import { type GatewayCaller, gatewayOf } from "../access/scope.ts";
import type { Clock } from "../clock.ts";
import { PROBLEM_TYPE } from "../http/errors.ts";
import { CloudError } from "../http/problem.ts";
import type { Ingest } from "./ingest.ts";

/** Of a batch or heartbeat, as sent and as decompressed. */
export const SYNC_BODY_BYTES_MAX = 16 * 1024 * 1024;

export type IngestRoutes = { readonly ingest: Ingest; readonly clock: Clock };

const conflict = {
  description: "`SYNC_GAP`: send the batch that begins with expectedSeq. `SYNC_EPOCH_SUPERSEDED`: stop.",
  content: { [PROBLEM_TYPE]: { schema: SyncConflict } },
};

export const ingestRoutes: FastifyPluginAsyncZod<IngestRoutes> = async (app, { ingest, clock }) => {
  const limits = { bodyLimit: SYNC_BODY_BYTES_MAX, decompress: { requestEncodings: ["gzip" as const] } };

  app.post(
    "/api/v1/sync/batches",
    {
      ...limits,
      schema: {
        summary: "A batch of records of one lane",
        body: SyncBatch,
        response: { 200: SyncReply, 409: conflict },
      },
    },
    async (request) => {
      const gateway = ownGateway(gatewayOf(request.caller), request.body);
      const result = await ingest.takeBatch(gateway, request.body);
      if (result.kind === "superseded") throw superseded();
      if (result.kind === "gap") {
        const { expectedSeq } = result;
        throw new CloudError("SYNC_GAP", `Record ${expectedSeq} is expected next.`, { expectedSeq });
      }
      const { highWaterMarkSeq, storedCount, duplicateCount, parked } = result;
      return { highWaterMarkSeq, storedCount, duplicateCount, parked, serverTimeMs: clock.nowMs() };
    },
  );

  app.post(
    "/api/v1/sync/heartbeats",
    {
      ...limits,
      schema: {
        summary: "The gateway lives, and how old its evidence is",
        body: Heartbeat,
        response: { 200: HeartbeatReply, 409: conflict },
      },
    },
    async (request) => {
      const gateway = ownGateway(gatewayOf(request.caller), request.body);
      const result = await ingest.takeHeartbeat(gateway, request.body);
      if (result.kind === "superseded") throw superseded();
      return { serverTimeMs: clock.nowMs(), bedsBehind: result.bedsBehind };
    },
  );
};

function ownGateway(gateway: GatewayCaller, body: { readonly gatewayId: string }): GatewayCaller {
  if (body.gatewayId !== gateway.gatewayId)
    throw new CloudError("SYNC_FOREIGN_GATEWAY", "gatewayId is not the one that the key was made for.");
  return gateway;
}

const superseded = () =>
  new CloudError(
    "SYNC_EPOCH_SUPERSEDED",
    "Another journal of this gateway has begun since; this one is closed.",
  );
