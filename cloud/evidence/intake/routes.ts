/** The gateways' logs, and what they cosign of the network's. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { AtMs } from "../../../contracts/wire/ids.ts";
import { Cosignature, LogBatch, LogConflict, LogReply } from "../../../contracts/wire/log-sync.ts";
import { gatewayOf } from "../../access/scope.ts";
import type { Clock } from "../../clock.ts";
import { PROBLEM_TYPE } from "../../http/errors.ts";
import { foreignGateway, SYNC_BODY_BYTES_MAX } from "../../ingest/batch-body.ts";
import type { LogIntake } from "./log-intake.ts";

export type LogIntakeRoutes = { readonly logIntake: LogIntake; readonly clock: Clock };

const conflict = {
  description:
    "`LOG_GAP`: go on with leaf expectedIndex. `LOG_KEY_UNKNOWN`, `LOG_FORK`: stop, and tell somebody. `LOG_CHECKPOINT_UNKNOWN`: what was cosigned is not the network's.",
  content: { [PROBLEM_TYPE]: { schema: LogConflict } },
};

export const logIntakeRoutes: FastifyPluginAsyncZod<LogIntakeRoutes> = async (app, { logIntake, clock }) => {
  app.post(
    "/api/v1/sync/log",
    {
      bodyLimit: SYNC_BODY_BYTES_MAX,
      decompress: { requestEncodings: ["gzip" as const] },
      onRequest: async () => logIntake.requireRoom(),
      schema: {
        summary: "Leaves of a gateway's log, and what there is to witness",
        body: LogBatch,
        response: { 200: LogReply, 409: conflict },
      },
    },
    async (request) => {
      if (request.body.gatewayId !== gatewayOf(request.caller).gatewayId) throw foreignGateway();
      const taken = await logIntake.takeBatch(request.body);
      return { ...taken, serverTimeMs: clock.nowMs() };
    },
  );

  app.post(
    "/api/v1/sync/cosignatures",
    {
      decompress: { requestEncodings: ["gzip" as const] },
      schema: {
        summary: "A gateway has seen that the network's log only grew",
        body: Cosignature,
        response: { 200: z.object({ serverTimeMs: AtMs }), 409: conflict },
      },
    },
    async (request) => {
      if (request.body.gatewayId !== gatewayOf(request.caller).gatewayId) throw foreignGateway();
      await logIntake.takeCosignature(request.body);
      return { serverTimeMs: clock.nowMs() };
    },
  );
};
