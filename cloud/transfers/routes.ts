/** Transfers over HTTP. Each change names the version that its author saw. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { HospitalId } from "../../contracts/wire/ids.ts";
import {
  TransferBody,
  TransferEventBody,
  TransferList,
  TransferView,
} from "../../contracts/wire/transfers.ts";
import { personOf } from "../access/scope.ts";
import { RequiredIdempotencyKey } from "../desk/idempotent.ts";
import { etagOf, IfMatch } from "../desk/if-match.ts";
import { LISTED_MAX } from "./repository.ts";
import type { Transfers } from "./transfers.ts";

const Params = z.object({ transferId: z.uuid() });
const Query = z.object({
  /** Either end. */
  hospital: HospitalId.optional(),
  live: z.stringbool({ truthy: ["true"], falsy: ["false"] }).default(true),
});

export type TransferRoutes = { readonly transfers: Transfers };

export const transferRoutes: FastifyPluginAsyncZod<TransferRoutes> = async (app, { transfers }) => {
  app.post(
    "/api/v1/transfers",
    {
      schema: {
        summary: "Begins a patient's transfer to another bed",
        description: "The bed of origin stays the patient's until they have arrived in the other one.",
        headers: RequiredIdempotencyKey,
        body: TransferBody,
        response: { 201: TransferView },
      },
    },
    async (request, reply) => {
      const key = request.headers["idempotency-key"];
      const { view, isRepetition } = await transfers.begin(personOf(request.caller), request.body, key);
      if (isRepetition) reply.header("idempotency-replayed", "true");
      reply.header("etag", etagOf(view.version)).header("location", `/api/v1/transfers/${view.transferId}`);
      return reply.code(201).send(view);
    },
  );

  app.get(
    "/api/v1/transfers",
    {
      schema: {
        summary: "Transfers that the caller may see, newest first: those under way, or those that are over",
        description: `At most ${LISTED_MAX}.`,
        querystring: Query,
        response: { 200: TransferList },
      },
    },
    async (request) => transfers.list(personOf(request.caller), request.query),
  );

  app.get(
    "/api/v1/transfers/:transferId",
    { schema: { summary: "One transfer", params: Params, response: { 200: TransferView } } },
    async (request, reply) => {
      const view = await transfers.view(personOf(request.caller), request.params.transferId);
      reply.header("etag", etagOf(view.version));
      return view;
    },
  );

  app.post(
    "/api/v1/transfers/:transferId/events",
    {
      schema: {
        summary: "Moves a transfer on, or takes the last step back",
        params: Params,
        headers: IfMatch,
        body: TransferEventBody,
        response: { 200: TransferView },
      },
    },
    async (request, reply) => {
      const { params, body, headers } = request;
      const caller = personOf(request.caller);
      const view = await transfers.event(caller, params.transferId, body, headers["if-match"]);
      reply.header("etag", etagOf(view.version));
      return view;
    },
  );
};
