/** Requests for beds over HTTP. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import {
  BedRequestBody,
  BedRequestPatch,
  RequestCancelBody,
  RequestList,
  RequestOverride,
  RequestView,
} from "../../contracts/wire/booking.ts";
import { personOf } from "../access/scope.ts";
import { RequiredIdempotencyKey } from "../desk/idempotent.ts";
import { etagOf, IfMatch } from "../desk/if-match.ts";
import { REQUESTS_SHOWN_MAX, RequestQuery } from "./booking-query.ts";
import type { Requests } from "./requests.ts";

const Params = z.object({ requestId: z.uuid() });

export type RequestRoutes = { readonly requests: Requests };

export const requestRoutes: FastifyPluginAsyncZod<RequestRoutes> = async (app, { requests }) => {
  app.post(
    "/api/v1/requests",
    {
      schema: {
        summary: "Asks for a bed; it joins those that wait",
        headers: RequiredIdempotencyKey,
        body: BedRequestBody,
        response: { 201: RequestView },
      },
    },
    async (request, reply) => {
      const key = request.headers["idempotency-key"];
      const { view, isRepetition } = await requests.ask(personOf(request.caller), request.body, key);
      if (isRepetition) reply.header("idempotency-replayed", "true");
      reply.header("etag", etagOf(view.version)).header("location", `/api/v1/requests/${view.requestId}`);
      return reply.code(201).send(view);
    },
  );

  app.get(
    "/api/v1/requests",
    {
      schema: {
        summary: "Requests: those that wait first, in their order, each place explained; then the newest",
        description: `At most ${REQUESTS_SHOWN_MAX}.`,
        querystring: RequestQuery,
        response: { 200: RequestList },
      },
    },
    async (request) => requests.list(personOf(request.caller), request.query),
  );

  app.get(
    "/api/v1/requests/:requestId",
    { schema: { summary: "One request", params: Params, response: { 200: RequestView } } },
    async (request, reply) => {
      const view = await requests.view(personOf(request.caller), request.params.requestId);
      reply.header("etag", etagOf(view.version));
      return view;
    },
  );

  app.patch(
    "/api/v1/requests/:requestId",
    {
      schema: {
        summary: "Changes what is asked for, or how urgent it is",
        params: Params,
        headers: IfMatch,
        body: BedRequestPatch,
        response: { 200: RequestView },
      },
    },
    async (request, reply) => {
      const { params, body, headers } = request;
      const view = await requests.change(
        personOf(request.caller),
        params.requestId,
        body,
        headers["if-match"],
      );
      reply.header("etag", etagOf(view.version));
      return view;
    },
  );

  app.post(
    "/api/v1/requests/:requestId/cancel",
    {
      schema: {
        summary: "Withdraws a request, and with it the bed that is kept for it",
        params: Params,
        headers: IfMatch,
        body: RequestCancelBody,
        response: { 200: RequestView },
      },
    },
    async (request, reply) => {
      const { params, body, headers } = request;
      const caller = personOf(request.caller);
      const view = await requests.cancel(caller, params.requestId, body.reason ?? null, headers["if-match"]);
      reply.header("etag", etagOf(view.version));
      return view;
    },
  );

  app.post(
    "/api/v1/requests/:requestId/override",
    {
      schema: {
        summary: "A clinician puts a request before all others, and says why",
        params: Params,
        headers: IfMatch,
        body: RequestOverride,
        response: { 200: RequestView },
      },
    },
    async (request, reply) => {
      const { params, body, headers } = request;
      const caller = personOf(request.caller);
      const view = await requests.setOverride(caller, params.requestId, body.reason, headers["if-match"]);
      reply.header("etag", etagOf(view.version));
      return view;
    },
  );

  app.delete(
    "/api/v1/requests/:requestId/override",
    {
      schema: {
        summary: "Puts a request back in its place",
        params: Params,
        headers: IfMatch,
        response: { 200: RequestView },
      },
    },
    async (request, reply) => {
      const { params, headers } = request;
      const view = await requests.setOverride(
        personOf(request.caller),
        params.requestId,
        null,
        headers["if-match"],
      );
      reply.header("etag", etagOf(view.version));
      return view;
    },
  );
};
