/** What people read over time over HTTP: series at any scale, and newest values. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import {
  LatestAnswer,
  LatestQuery,
  SeriesAnswer,
  SeriesProblem,
  SeriesQuery,
} from "../../contracts/wire/history.ts";
import { personOf } from "../access/scope.ts";
import { PROBLEM_TYPE } from "../http/errors.ts";
import { type LatestDeps, latestValues } from "./latest.ts";
import type { SeriesHistory } from "./series-history.ts";

export type HistoryRoutes = { readonly series: SeriesHistory; readonly latest: LatestDeps };

const refusal = {
  description:
    "The question cannot be answered; `code`, `detail` and `hint` say why and what to ask instead.",
  content: { [PROBLEM_TYPE]: { schema: SeriesProblem } },
};

export const historyRoutes: FastifyPluginAsyncZod<HistoryRoutes> = async (app, { series, latest }) => {
  app.get(
    "/api/v1/series",
    {
      schema: {
        summary: "Measured values over time, any range in a bounded number of points",
        querystring: SeriesQuery,
        response: { 200: SeriesAnswer, 400: refusal },
      },
    },
    async (request) => series.answer(personOf(request.caller), request.query, request.signal),
  );

  app.get(
    "/api/v1/series/latest",
    {
      schema: {
        summary: "The newest value of each series, with its age and what that says",
        querystring: LatestQuery,
        response: { 200: LatestAnswer, 400: refusal },
      },
    },
    async (request) => latestValues(latest, personOf(request.caller), request.query),
  );
};
