/** For whoever answers for a hospital's gateways. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { At } from "../../../contracts/wire/board.ts";
import { GatewayId } from "../../../contracts/wire/ids.ts";
import { personOf } from "../../access/scope.ts";
import type { Clock } from "../../clock.ts";
import type { LogAdmin } from "./log-admin.ts";

export type LogAdminRoutes = { readonly logAdmin: LogAdmin; readonly clock: Clock };

const Params = z.object({ gatewayId: GatewayId });
const Body = z.strictObject({ reason: z.string().trim().min(1).max(500) });
const Done = z.object({ gatewayId: GatewayId, at: At });

export const logAdminRoutes: FastifyPluginAsyncZod<LogAdminRoutes> = async (app, { logAdmin, clock }) => {
  const done = (gatewayId: GatewayId) => ({ gatewayId, at: new Date(clock.nowMs()).toISOString() });

  app.post(
    "/api/v1/gateways/:gatewayId/log-key/revoke",
    {
      schema: {
        summary:
          "The key in force of a gateway's log counts no more; the next one that it comes with is taken",
        params: Params,
        body: Body,
        response: { 200: Done },
      },
    },
    async ({ caller, params: { gatewayId }, body }) => {
      await logAdmin.revokeKey(personOf(caller), gatewayId, body.reason);
      return done(gatewayId);
    },
  );

  app.post(
    "/api/v1/gateways/:gatewayId/log/resume",
    {
      schema: {
        summary: "A gateway whose log was halted may begin one of another epoch; the halted one stays closed",
        params: Params,
        body: Body,
        response: { 200: Done },
      },
    },
    async ({ caller, params: { gatewayId }, body }) => {
      await logAdmin.resume(personOf(caller), gatewayId, body.reason);
      return done(gatewayId);
    },
  );
};
