/** Is the process alive, and can it serve? */

import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { sql } from "kysely";
import * as z from "zod";
import type { Database } from "../database/schema.ts";

export type HealthRoutes = { readonly db: Database };

const Health = z.object({ status: z.literal("ok") });

export const healthRoutes: FastifyPluginAsyncZod<HealthRoutes> = async (app, { db }) => {
  app.get("/healthz", { schema: { summary: "The process runs", response: { 200: Health } } }, async () => ({
    status: "ok" as const,
  }));

  app.get(
    "/readyz",
    { schema: { summary: "The database answers, on the newest schema", response: { 200: Health } } },
    async () => {
      // Migrations are done before the service listens; the table stands for them.
      await sql`SELECT 1 FROM outbox LIMIT 1`.execute(db);
      return { status: "ok" as const };
    },
  );
};
