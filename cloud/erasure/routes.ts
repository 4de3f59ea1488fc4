/** Erasures over HTTP. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { ErasureBody, ErasureDone, ErasureList } from "../../contracts/wire/documents.ts";
import { personOf } from "../access/scope.ts";
import { RequiredIdempotencyKey } from "../desk/idempotent.ts";
import type { Erasures } from "./erasures.ts";

const URL_PATH = "/api/v1/evidence/erasures";

export type ErasureRoutes = { readonly erasures: Erasures };

export const erasureRoutes: FastifyPluginAsyncZod<ErasureRoutes> = async (app, { erasures }) => {
  app.post(
    URL_PATH,
    {
      schema: {
        summary: "Erases what a bed of the caller's hospital said, or one of its documents, for good",
        headers: RequiredIdempotencyKey,
        body: ErasureBody,
        response: { 200: ErasureDone, 201: ErasureDone },
      },
    },
    async (request, reply) => {
      const key = request.headers["idempotency-key"];
      const { view, isRepetition } = await erasures.erase(personOf(request.caller), request.body, key);
      return reply.code(isRepetition ? 200 : 201).send(view);
    },
  );

  app.get(
    URL_PATH,
    {
      schema: {
        summary: "What was erased in the caller's hospital, when, by whom and why, newest first",
        response: { 200: ErasureList },
      },
    },
    async (request) => await erasures.list(personOf(request.caller)),
  );
};
