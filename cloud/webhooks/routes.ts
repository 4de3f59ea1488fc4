/** Webhooks over HTTP. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import {
  WebhookBody,
  WebhookCreated,
  WebhookList,
  WebhookReplayBody,
  WebhookView,
} from "../../contracts/wire/webhooks.ts";
import { personOf } from "../access/scope.ts";
import { RequiredIdempotencyKey } from "../desk/idempotent.ts";
import { WEBHOOKS_MAX, type Webhooks } from "./webhooks.ts";

const Params = z.object({ webhookId: z.uuid() });

export type WebhookRoutes = { readonly webhooks: Webhooks };

export const webhookRoutes: FastifyPluginAsyncZod<WebhookRoutes> = async (app, { webhooks }) => {
  app.post(
    "/api/v1/webhooks",
    {
      schema: {
        summary: "Tells another system what is done about beds, from now on",
        description:
          "Each message is JSON {id, type, timestamp, data}, signed by the scheme of Standard Webhooks. `secret` is shown in this answer alone.",
        headers: RequiredIdempotencyKey,
        body: WebhookBody,
        response: { 201: WebhookCreated },
      },
    },
    async (request, reply) => {
      const key = request.headers["idempotency-key"];
      const { view, isRepetition } = await webhooks.register(personOf(request.caller), request.body, key);
      if (isRepetition) reply.header("idempotency-replayed", "true");
      reply.header("cache-control", "no-store");
      return reply.code(201).send(view);
    },
  );

  app.get(
    "/api/v1/webhooks",
    {
      schema: {
        summary: "Webhooks, and how far they have heard",
        description: `All of them: at most ${WEBHOOKS_MAX} are ever registered.`,
        response: { 200: WebhookList },
      },
    },
    async (request) => webhooks.list(personOf(request.caller)),
  );

  app.delete(
    "/api/v1/webhooks/:webhookId",
    { schema: { summary: "Removes a webhook", params: Params, response: { 204: z.null() } } },
    async (request, reply) => {
      await webhooks.remove(personOf(request.caller), request.params.webhookId);
      return reply.code(204).send(null);
    },
  );

  app.post(
    "/api/v1/webhooks/:webhookId/replay",
    {
      schema: {
        summary: "Tells everything again from a position on",
        params: Params,
        body: WebhookReplayBody,
        response: { 200: WebhookView },
      },
    },
    async (request) =>
      webhooks.replay(personOf(request.caller), request.params.webhookId, request.body.fromPosition),
  );

  app.post(
    "/api/v1/webhooks/:webhookId/pause",
    {
      schema: {
        summary: "Holds the telling up; nothing is lost",
        params: Params,
        response: { 200: WebhookView },
      },
    },
    async (request) => webhooks.pause(personOf(request.caller), request.params.webhookId),
  );

  app.post(
    "/api/v1/webhooks/:webhookId/resume",
    {
      schema: {
        summary: "Goes on with the telling, at once",
        params: Params,
        response: { 200: WebhookView },
      },
    },
    async (request) => webhooks.resume(personOf(request.caller), request.params.webhookId),
  );
};
