/** Who a patient is, over HTTP. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { IdentityView, PatientIdentity } from "../../contracts/wire/encounters.ts";
import { personOf } from "../access/scope.ts";
import { etagOf, IfMatch } from "../desk/if-match.ts";
import type { Identities } from "./identities.ts";

const Params = z.object({ encounterId: z.uuid() });
const URL_PATH = "/api/v1/encounters/:encounterId/identity";

export type IdentityRoutes = { readonly identities: Identities };

export const identityRoutes: FastifyPluginAsyncZod<IdentityRoutes> = async (app, { identities }) => {
  app.get(
    URL_PATH,
    {
      schema: {
        summary: "Who the patient is; only in the hospital that has them, and kept on record",
        params: Params,
        response: { 200: IdentityView },
      },
    },
    async (request, reply) => {
      const view = await identities.read(personOf(request.caller), request.params.encounterId);
      reply.header("etag", etagOf(view.version));
      return view;
    },
  );

  app.put(
    URL_PATH,
    {
      schema: {
        summary: 'Says who the patient is; If-Match: "0" where nobody has said so before',
        params: Params,
        headers: IfMatch,
        body: PatientIdentity,
        response: { 200: IdentityView },
      },
    },
    async (request, reply) => {
      const { params, headers, body } = request;
      const caller = personOf(request.caller);
      const view = await identities.put(caller, params.encounterId, headers["if-match"], body);
      reply.header("etag", etagOf(view.version));
      return view;
    },
  );

  app.delete(
    URL_PATH,
    {
      schema: {
        summary: "Forgets who the patient is: the key goes with the fields",
        params: Params,
        headers: IfMatch,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { params, headers } = request;
      await identities.erase(personOf(request.caller), params.encounterId, headers["if-match"]);
      return reply.code(204).send(null);
    },
  );
};
