/** What people say of a bed, over HTTP. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { BedId } from "../../contracts/wire/ids.ts";
import {
  DeclarationAnswer,
  DeclarationBody,
  DeclarationList,
  DeclarationUndone,
} from "../../contracts/wire/ward-desk.ts";
import { personOf } from "../access/scope.ts";
import { RequiredIdempotencyKey } from "../desk/idempotent.ts";
import { type Declarations, EVENTS_SHOWN_MAX } from "./declarations.ts";

const BedParams = z.object({ bedId: BedId });

export type DeclarationRoutes = { readonly declarations: Declarations };

export const declarationRoutes: FastifyPluginAsyncZod<DeclarationRoutes> = async (app, { declarations }) => {
  app.get(
    "/api/v1/beds/:bedId/declarations",
    {
      schema: {
        summary: "What was said of a bed from the cloud, newest first",
        description: `At most ${EVENTS_SHOWN_MAX}.`,
        params: BedParams,
        response: { 200: DeclarationList },
      },
    },
    async (request) => declarations.history(personOf(request.caller), request.params.bedId),
  );

  app.post(
    "/api/v1/beds/:bedId/declarations",
    {
      schema: {
        summary: "Says something of a bed; it stands until its time is over or somebody says otherwise",
        params: BedParams,
        headers: RequiredIdempotencyKey,
        body: DeclarationBody,
        response: { 201: DeclarationAnswer },
      },
    },
    async (request, reply) => {
      const { headers, params, body } = request;
      const key = headers["idempotency-key"];
      return reply
        .code(201)
        .send(await declarations.declare(personOf(request.caller), params.bedId, key, body));
    },
  );

  app.post(
    "/api/v1/declarations/:declarationId/undo",
    {
      schema: {
        summary: "Takes back what this session just said; what stood before stands again",
        params: z.object({ declarationId: z.uuid() }),
        response: { 200: DeclarationUndone },
      },
    },
    async (request) => declarations.undo(personOf(request.caller), request.params.declarationId),
  );
};
