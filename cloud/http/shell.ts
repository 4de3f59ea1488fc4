/** The web app's files, and its start page for every address that the web app knows itself (/beds/…). */
import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyPluginAsync } from "fastify";
import { noSuchAddress } from "./errors.ts";
import { CloudError } from "./problem.ts";

const YEAR_MS = 31_536_000_000;

export const shellRoutes: FastifyPluginAsync<{ directory: string }> = async (app, { directory }) => {
  await app.register(fastifyStatic, {
    root: directory,
    serve: false,
    dotfiles: "deny",
    suppressWarning: true,
  });
  const startPage = join(directory, "index.html");

  app.get("/*", { schema: { hide: true } }, async (request, reply) => {
    const path = request.url.split("?")[0] ?? "/";
    if (path === "/api" || path.startsWith("/api/")) throw noSuchAddress();
    // The build puts a hash of their content into the names of assets; they never change.
    if (path.startsWith("/assets/")) return reply.sendFile(path, { maxAge: YEAR_MS, immutable: true });
    if (path.includes(".")) return reply.sendFile(path, { maxAge: 0 });
    if (!existsSync(startPage))
      throw new CloudError("SHELL_NOT_BUILT", "The web app's files are missing: run npm run build:web.");
    return reply.sendFile("index.html", { maxAge: 0 });
  });
};
