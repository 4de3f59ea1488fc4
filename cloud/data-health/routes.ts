/** How well the data is, for those who rely on it and those who put it right. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { DataHealth, DataHealthQuery } from "../../contracts/wire/data-health.ts";
import { personOf } from "../access/scope.ts";
import { type DataHealthDeps, readDataHealth } from "./data-health.ts";

export type DataHealthRoutes = { readonly dataHealth: DataHealthDeps };

export const dataHealthRoutes: FastifyPluginAsyncZod<DataHealthRoutes> = async (app, { dataHealth }) => {
  app.get(
    "/api/v1/data-health",
    {
      schema: {
        summary: "Sources, gateways and stores: how well the data is, with the figures that show it",
        querystring: DataHealthQuery,
        response: { 200: DataHealth },
      },
    },
    async (request) => readDataHealth(dataHealth, personOf(request.caller), request.query),
  );
};
