/** Documents over HTTP. They come and go as bytes; nothing of them is shown inside of a page. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import {
  DOCUMENT_TYPES,
  DocumentList,
  DocumentUpload,
  DocumentView,
} from "../../contracts/wire/documents.ts";
import { personOf } from "../access/scope.ts";
import { RequiredIdempotencyKey } from "../desk/idempotent.ts";
import { CloudError } from "../http/problem.ts";
import { Gate } from "../ingest/gate.ts";
import type { Documents } from "./documents.ts";
import { inPieces, untilTaken } from "./taken-reply.ts";
import { documentTypeOf, readDocument, requireLength } from "./upload-body.ts";

const OfEncounter = z.object({ encounterId: z.uuid() });
const OfDocument = z.object({ documentId: z.uuid() });
const UPLOADS = "/api/v1/encounters/:encounterId/documents";
const File = z.any().meta({ type: "string", format: "binary" });
/** Each is in memory as a whole, twice; one that is fetched stays there until its reader has taken it. */
export const DOCUMENTS_AT_ONCE = { insideMax: 3, waitingMax: 12 };
/** The largest one in ten minutes is 35 kB a second. Who is slower loses the connection, and with it the place. */
const TAKING_LIMITS = { takenMsMax: 600_000, stallMsMax: 30_000, lookEveryMs: 1_000 };

export type DocumentRoutes = {
  readonly documents: Pick<Documents, "requireMayStore" | "store" | "list" | "view" | "fetch">;
};

export const documentRoutes: FastifyPluginAsyncZod<DocumentRoutes> = async (app, { documents }) => {
  const gate = new Gate(DOCUMENTS_AT_ONCE);
  const passed = async <T>(task: () => Promise<T>): Promise<T> => {
    // Of a null that the task itself answers, none is made here.
    const done = await gate.pass(async () => ({ result: await task() }));
    if (done === null) throw new CloudError("DOCUMENTS_BUSY", "Others are stored and read at this moment.");
    return done.result;
  };

  const uploadRoutes: FastifyPluginAsyncZod = async (uploads) => {
    uploads.removeAllContentTypeParsers();
    // Read by the handler, inside of the gate.
    uploads.addContentTypeParser("*", (_request, _body, done) => done(null));
    uploads.post(
      UPLOADS,
      {
        schema: {
          summary:
            "Stores a document of the patient whom the caller's hospital has, sealed; the body is the file",
          params: OfEncounter,
          querystring: DocumentUpload,
          headers: RequiredIdempotencyKey,
          consumes: [...DOCUMENT_TYPES],
          response: { 200: DocumentView, 201: DocumentView },
        },
      },
      async (request, reply) => {
        const { params, query, headers } = request;
        const caller = personOf(request.caller);
        const key = headers["idempotency-key"];
        // Whoever may not store learns it before they have sent anything.
        await documents.requireMayStore(caller, params.encounterId, key);
        const type = documentTypeOf(request);
        requireLength(request);
        const { view, isRepetition } = await passed(async () => {
          const content = await readDocument(request, request.raw);
          return await documents.store(caller, params.encounterId, { name: query.name, type, content }, key);
        });
        return reply
          .code(isRepetition ? 200 : 201)
          .header("location", `/api/v1/documents/${view.documentId}`)
          .send(view);
      },
    );
  };
  await app.register(uploadRoutes);

  app.get(
    UPLOADS,
    {
      schema: {
        summary: "The documents of an encounter that the caller may read, oldest first",
        description:
          "Those of the caller's own hospital; of another's only to doctors, by a consent in force that names theirs.",
        params: OfEncounter,
        response: { 200: DocumentList },
      },
    },
    async (request) => await documents.list(personOf(request.caller), request.params.encounterId),
  );

  app.get(
    "/api/v1/documents/:documentId",
    {
      schema: {
        summary: "What is known of a document, without what it says",
        params: OfDocument,
        response: { 200: DocumentView },
      },
    },
    async (request) => await documents.view(personOf(request.caller), request.params.documentId),
  );

  app.get(
    "/api/v1/documents/:documentId/file",
    {
      schema: {
        summary: "The document itself, to be saved; checked against the log first, and kept on record",
        params: OfDocument,
        response: { 200: File },
      },
    },
    async (request, reply) => {
      const { documentId } = request.params;
      await passed(async () => {
        // Went away while it waited: nothing is opened for it, and it has read nothing.
        if (reply.raw.destroyed) return;
        const { name, type, content } = await documents.fetch(personOf(request.caller), documentId);
        reply
          .type(type)
          .header("content-length", content.length)
          .header("content-disposition", attachment(name))
          .header("x-content-type-options", "nosniff")
          .header("content-security-policy", "sandbox; default-src 'none'")
          .send(inPieces(content));
        await untilTaken(reply.raw, TAKING_LIMITS);
      });
      return reply;
    },
  );
};

/** RFC 6266: the name as it is in UTF-8, and for whoever cannot read that, with `_` in the place of what is not ASCII. */
function attachment(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
