/** Exports over HTTP: asked for, watched, fetched, cancelled. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { ExportAccepted, ExportList, ExportRequest, ExportView } from "../../contracts/wire/exports.ts";
import { personOf } from "../access/scope.ts";
import type { Exports } from "./exports.ts";
import { IdempotencyKey } from "./idempotency-key.ts";

const Params = z.object({ exportId: z.uuid() });

const File = z.any().meta({ type: "string", format: "binary" });

export type ExportRoutes = { readonly exports: Exports };

export const exportRoutes: FastifyPluginAsyncZod<ExportRoutes> = async (app, { exports }) => {
  app.post(
    "/api/v1/exports",
    {
      schema: {
        summary: "Asks for a file of what is stored; it is made in the background",
        headers: IdempotencyKey,
        body: ExportRequest,
        response: { 202: ExportAccepted },
      },
    },
    async (request, reply) => {
      const key = request.headers["idempotency-key"] ?? null;
      const accepted = await exports.ask(personOf(request.caller), request.body, key);
      return reply.code(202).header("location", `/api/v1/exports/${accepted.exportId}`).send(accepted);
    },
  );

  app.get(
    "/api/v1/exports",
    {
      schema: {
        summary: "Exports of the caller's role and hospital, newest first",
        response: { 200: ExportList },
      },
    },
    async (request) => exports.list(personOf(request.caller)),
  );

  app.get(
    "/api/v1/exports/:exportId",
    { schema: { summary: "How far an export is", params: Params, response: { 200: ExportView } } },
    async (request) => exports.view(personOf(request.caller), request.params.exportId),
  );

  app.get(
    "/api/v1/exports/:exportId/file",
    {
      // Its hash is that of the bytes that arrive, and a browser shows how much is still to come.
      compress: false,
      schema: {
        summary: "The file of an export that is done; Repr-Digest has its SHA-256",
        params: Params,
        response: {
          200: {
            description: "The file, in the format that was asked for",
            content: {
              "text/csv": { schema: File },
              "application/vnd.apache.parquet": { schema: File },
              "application/pdf": { schema: File },
              "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": { schema: File },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const { stored, content } = await exports.file(personOf(request.caller), request.params.exportId);
      return reply
        .type(stored.contentType)
        .header("content-length", stored.bytes)
        .header("content-disposition", `attachment; filename="${stored.fileName}"`)
        .header("repr-digest", `sha-256=:${Buffer.from(stored.sha256, "hex").toString("base64")}:`)
        .send(content);
    },
  );

  app.delete(
    "/api/v1/exports/:exportId",
    {
      schema: {
        summary: "Cancels an export, or removes one that has ended, with its file",
        params: Params,
        response: { 204: z.null().describe("It is cancelled or gone") },
      },
    },
    async (request, reply) => {
      await exports.remove(personOf(request.caller), request.params.exportId);
      return reply.code(204).send(null);
    },
  );
};
