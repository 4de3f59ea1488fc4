/** Legal holds over HTTP. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import {
  LegalHoldList,
  LegalHoldRelease,
  LegalHoldRequest,
  LegalHoldView,
} from "../../../contracts/wire/retention.ts";
import { personOf } from "../../access/scope.ts";
import { IdempotencyKey } from "../../exports/idempotency-key.ts";
import type { LegalHolds } from "./legal-holds.ts";

const Params = z.object({ holdId: z.uuid() });

export type LegalHoldRoutes = { readonly legalHolds: LegalHolds };

export const legalHoldRoutes: FastifyPluginAsyncZod<LegalHoldRoutes> = async (app, { legalHolds }) => {
  app.get(
    "/api/v1/legal-holds",
    {
      schema: {
        summary: "Legal holds of the caller's hospital, also released ones, newest first",
        response: { 200: LegalHoldList },
      },
    },
    async (request) => legalHolds.list(personOf(request.caller)),
  );

  app.post(
    "/api/v1/legal-holds",
    {
      schema: {
        summary: "Keeps what it names from being removed, until it is released",
        headers: IdempotencyKey,
        body: LegalHoldRequest,
        response: { 201: LegalHoldView },
      },
    },
    async (request, reply) => {
      const key = request.headers["idempotency-key"] ?? null;
      const placed = await legalHolds.place(personOf(request.caller), request.body, key);
      return reply.code(201).send(placed);
    },
  );

  app.post(
    "/api/v1/legal-holds/:holdId/release",
    {
      schema: {
        summary: "Releases a legal hold; it stays in the list",
        params: Params,
        body: LegalHoldRelease,
        response: { 200: LegalHoldView },
      },
    },
    async (request) => legalHolds.release(personOf(request.caller), request.params.holdId, request.body),
  );
};
