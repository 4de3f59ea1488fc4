/** Consents over HTTP. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { ConsentBody, ConsentList, ConsentView } from "../../contracts/wire/documents.ts";
import { personOf } from "../access/scope.ts";
import { RequiredIdempotencyKey } from "../desk/idempotent.ts";
import type { Consents } from "./consents.ts";

const OfEncounter = z.object({ encounterId: z.uuid() });
const URL_PATH = "/api/v1/encounters/:encounterId/consents";

export type ConsentRoutes = { readonly consents: Consents };

export const consentRoutes: FastifyPluginAsyncZod<ConsentRoutes> = async (app, { consents }) => {
  app.get(
    URL_PATH,
    {
      schema: {
        summary: "What the patient has consented to, newest first, also what is over",
        params: OfEncounter,
        response: { 200: ConsentList },
      },
    },
    async (request) => await consents.list(personOf(request.caller), request.params.encounterId),
  );

  app.post(
    URL_PATH,
    {
      schema: {
        summary: "Records what the patient of the caller's hospital consents to; it counts at once",
        params: OfEncounter,
        headers: RequiredIdempotencyKey,
        body: ConsentBody,
        response: { 200: ConsentView, 201: ConsentView },
      },
    },
    async (request, reply) => {
      const { params, body, headers } = request;
      const caller = personOf(request.caller);
      const key = headers["idempotency-key"];
      const { view, isRepetition } = await consents.give(caller, params.encounterId, body, key);
      return reply.code(isRepetition ? 200 : 201).send(view);
    },
  );

  app.post(
    "/api/v1/consents/:consentId/withdraw",
    {
      schema: {
        summary: "Withdraws a consent: from the next request on nobody reads by it",
        params: z.object({ consentId: z.uuid() }),
        response: { 200: ConsentView },
      },
    },
    async (request) => await consents.withdraw(personOf(request.caller), request.params.consentId),
  );
};
