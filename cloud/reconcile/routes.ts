/** Where beds and bookings contradict each other, over HTTP. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { DISCREPANCY_KINDS } from "../../contracts/booking/states.ts";
import { HospitalId } from "../../contracts/wire/ids.ts";
import { ConflictEventBody, ConflictList, ConflictView } from "../../contracts/wire/ward-desk.ts";
import { personOf } from "../access/scope.ts";
import { etagOf, IfMatch } from "../desk/if-match.ts";
import { CONFLICTS_SHOWN_MAX, type Conflicts } from "./conflicts.ts";

const Query = z.object({
  hospital: HospitalId.optional(),
  kind: z.enum(DISCREPANCY_KINDS).optional(),
  closed: z
    .stringbool({ truthy: ["1", "true"], falsy: ["0", "false"] })
    .default(false)
    .describe("1: those that are over, the newest first, instead of those that are open."),
});

export type ConflictRoutes = { readonly conflicts: Conflicts };

export const conflictRoutes: FastifyPluginAsyncZod<ConflictRoutes> = async (app, { conflicts }) => {
  app.get(
    "/api/v1/conflicts",
    {
      schema: {
        summary: "Where beds and bookings contradict each other, the oldest first",
        description: `At most ${CONFLICTS_SHOWN_MAX}.`,
        querystring: Query,
        response: { 200: ConflictList },
      },
    },
    async (request) => conflicts.list(personOf(request.caller), request.query),
  );

  app.post(
    "/api/v1/conflicts/:conflictId/events",
    {
      schema: {
        summary:
          "Takes a conflict over, lets go of it, or resolves it; it stays open while the bed says otherwise",
        params: z.object({ conflictId: z.uuid() }),
        headers: IfMatch,
        body: ConflictEventBody,
        response: { 200: ConflictView },
      },
    },
    async (request, reply) => {
      const { headers, params, body } = request;
      const caller = personOf(request.caller);
      const conflict = await conflicts.act(caller, params.conflictId, headers["if-match"], body);
      return reply.header("etag", etagOf(conflict.version)).send(conflict);
    },
  );
};
