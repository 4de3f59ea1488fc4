/** Which beds there are for a need. It changes nothing, so it asks for no key. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { MatchAnswer, MatchBody } from "../../contracts/wire/booking.ts";
import { personOf } from "../access/scope.ts";
import type { Matching } from "./matching.ts";

export type MatchingRoutes = { readonly matching: Matching };

const RequestParams = z.object({ requestId: z.uuid() });
const MatchQuery = z.object({
  limit: z.coerce.number().int().min(1).max(50).default(10),
  notOfferedLimit: z.coerce.number().int().min(0).max(50).default(10),
});

export const matchingRoutes: FastifyPluginAsyncZod<MatchingRoutes> = async (app, { matching }) => {
  app.post(
    "/api/v1/matches",
    {
      schema: {
        summary: "Beds for a need that nobody has filed yet: ranked with reasons, and what keeps others back",
        body: MatchBody,
        response: { 200: MatchAnswer },
      },
    },
    async (request) => matching.match(personOf(request.caller), request.body.need, request.body),
  );

  app.get(
    "/api/v1/requests/:requestId/matches",
    {
      schema: {
        summary: "Beds for a request: ranked with reasons, and what keeps others back",
        params: RequestParams,
        querystring: MatchQuery,
        response: { 200: MatchAnswer },
      },
    },
    async (request) =>
      matching.matchRequest(personOf(request.caller), request.params.requestId, request.query),
  );
};
