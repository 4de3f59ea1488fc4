/** The live socket: authenticated like every route, before the upgrade. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { personOf, scopeOf } from "../access/scope.ts";
import { LiveClient } from "./client.ts";
import type { LiveClients } from "./clients.ts";

export type LiveRoutes = { readonly liveClients: LiveClients };

const LiveQuery = z.object({ after: z.coerce.number().int().nonnegative().optional() });

export const liveRoutes: FastifyPluginAsyncZod<LiveRoutes> = async (app, { liveClients }) => {
  app.get(
    "/api/v1/live",
    { websocket: true, schema: { hide: true, querystring: LiveQuery } },
    (socket, request) => {
      const caller = personOf(request.caller);
      const client = new LiveClient({ socket, caller, scope: scopeOf(caller) });
      // Listeners first: a socket that breaks at once must not stay among the clients.
      socket.on("close", () => liveClients.leave(client));
      socket.on("error", (error) => request.log.info({ err: error }, "a live client broke off"));
      liveClients.join(client, request.query.after);
    },
  );
};
