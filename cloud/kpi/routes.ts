/** Figures of beds over HTTP. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { KpiAnswer, KpiQuery } from "../../contracts/wire/kpi.ts";
import { personOf } from "../access/scope.ts";
import type { Kpi } from "./kpi.ts";

export type KpiRoutes = { readonly kpi: Kpi };

export const kpiRoutes: FastifyPluginAsyncZod<KpiRoutes> = async (app, { kpi }) => {
  app.get(
    "/api/v1/kpi",
    {
      schema: {
        summary:
          "What beds came to in each period: occupancy, turnover, time from exit to clean, and what nobody knew",
        querystring: KpiQuery,
        response: { 200: KpiAnswer },
      },
    },
    async (request) => kpi.answer(personOf(request.caller), request.query, request.signal),
  );
};
