/** The sync with gateways. */
import type { FastifyRequest } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type * as z from "zod";
import {
  Heartbeat,
  HeartbeatReply,
  SYNC_BATCH_TYPE,
  SyncConflict,
  SyncReply,
} from "../../contracts/wire/sync.ts";
import { gatewayOf } from "../access/scope.ts";
import type { Clock } from "../clock.ts";
import { PROBLEM_TYPE } from "../http/errors.ts";
import { CloudError } from "../http/problem.ts";
import { type BatchBody, foreignGateway, SYNC_BODY_BYTES_MAX } from "./batch-body.ts";
import type { Ingest } from "./ingest.ts";

export type IngestRoutes = { readonly ingest: Ingest; readonly clock: Clock };

const conflict = {
  description:
    "`SYNC_GAP`: send the batch that begins with expectedSeq. `SYNC_EPOCH_SUPERSEDED`, `SYNC_EQUIVOCATION` and `SYNC_SECOND_INSTANCE`: stop.",
  content: { [PROBLEM_TYPE]: { schema: SyncConflict } },
};

export const ingestRoutes: FastifyPluginAsyncZod<IngestRoutes> = async (app, { ingest, clock }) => {
  await app.register(async (batches) => {
    batches.removeAllContentTypeParsers();
    batches.addContentTypeParser(SYNC_BATCH_TYPE, { parseAs: "buffer" }, (_request, body, done) =>
      done(null, body),
    );
    batches.post(
      "/api/v1/sync/batches",
      {
        bodyLimit: SYNC_BODY_BYTES_MAX,
        onRequest: async (request) => {
          requireVersion2(request);
          ingest.requireRoom();
        },
        schema: {
          summary: "A batch of records of one lane, version 2: msgpack, compressed with gzip",
          consumes: [SYNC_BATCH_TYPE],
          response: { 200: SyncReply, 409: conflict },
        },
      },
      async (request): Promise<z.infer<typeof SyncReply>> => {
        const result = await ingest.takeBatch(gatewayOf(request.caller), bodyOf(request));
        switch (result.kind) {
          case "stored": {
            const { highWaterMarkSeq, storedCount, duplicateCount, parked } = result;
            return { highWaterMarkSeq, storedCount, duplicateCount, parked, serverTimeMs: clock.nowMs() };
          }
          case "gap": {
            const { expectedSeq } = result;
            throw new CloudError("SYNC_GAP", `Record ${expectedSeq} is expected next.`, { expectedSeq });
          }
          case "superseded":
            throw superseded();
          case "second-instance":
            throw secondInstance();
          case "equivocation": {
            const { differingSeq, epoch } = result;
            throw new CloudError(
              "SYNC_EQUIVOCATION",
              `Record ${differingSeq} of epoch ${epoch} is stored already, and says something else.`,
              { differingSeq, epoch },
            );
          }
        }
      },
    );
  });

  app.post(
    "/api/v1/sync/heartbeats",
    {
      bodyLimit: SYNC_BODY_BYTES_MAX,
      decompress: { requestEncodings: ["gzip" as const] },
      schema: {
        summary: "The gateway lives, and how old its evidence is",
        body: Heartbeat,
        response: { 200: HeartbeatReply, 409: conflict },
      },
    },
    async (request) => {
      const gateway = gatewayOf(request.caller);
      if (request.body.gatewayId !== gateway.gatewayId) throw foreignGateway();
      const result = await ingest.takeHeartbeat(gateway, request.body);
      if (result.kind === "superseded") throw superseded();
      if (result.kind === "second-instance") throw secondInstance();
      return { serverTimeMs: clock.nowMs(), bedsBehind: result.bedsBehind };
    },
  );
};

/** Version 1 was JSON, and no released gateway speaks it. */
function requireVersion2({ headers }: FastifyRequest): void {
  if (headers["content-type"]?.startsWith("application/json") === true)
    throw new CloudError("SYNC_VERSION", `Batches are ${SYNC_BATCH_TYPE} since version 2 of the sync.`);
}

function bodyOf({ body, headers }: FastifyRequest): BatchBody {
  if (!(body instanceof Uint8Array))
    throw new CloudError("BODY_UNREADABLE", "A batch was expected in the body.");
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "gzip" && encoding !== "identity")
    throw new CloudError("UNSUPPORTED_MEDIA", "Content-Encoding is neither gzip nor identity.");
  return { bytes: body, isGzip: encoding === "gzip" };
}

const superseded = () =>
  new CloudError(
    "SYNC_EPOCH_SUPERSEDED",
    "Another journal of this gateway has begun since; this one is closed.",
  );

const secondInstance = () =>
  new CloudError(
    "SYNC_SECOND_INSTANCE",
    "A process that was started after this one speaks for the same journal.",
  );
