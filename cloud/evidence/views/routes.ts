/** Evidence over HTTP: what is proven of a bed, the file that proves it, and what a reader of such files trusts. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { BedEvidence, EvidenceHealth, EvidencePolicy } from "../../../contracts/wire/evidence.ts";
import { BedId, Epoch, Seq } from "../../../contracts/wire/ids.ts";
import { personOf } from "../../access/scope.ts";
import { packCar } from "./content.ts";
import type { EvidenceViews } from "./evidence-views.ts";

const BedParams = z.object({ bedId: BedId });
const RecordParams = z.object({ bedId: BedId, epoch: Epoch, seq: z.coerce.number().pipe(Seq) });
const FORMATS = ["json", "car"] as const;
const TYPES = { json: "application/json", car: "application/vnd.ipld.car; version=1" } as const;
const File = z.any().meta({ type: "string", format: "binary" });

export type EvidenceRoutes = { readonly evidence: EvidenceViews };

export const evidenceRoutes: FastifyPluginAsyncZod<EvidenceRoutes> = async (app, { evidence }) => {
  app.get(
    "/api/v1/beds/:bedId/evidence",
    {
      schema: {
        summary: "How far what a bed said is logged, witnessed and anchored, newest first",
        params: BedParams,
        response: { 200: BedEvidence },
      },
    },
    async (request) => evidence.statements(personOf(request.caller), request.params.bedId),
  );

  app.get(
    "/api/v1/beds/:bedId/evidence/:epoch/:seq/bundle",
    {
      // Its hash is that of the bytes that arrive.
      compress: false,
      schema: {
        summary: "The file that proves one record of a bed, to be checked by anybody without this service",
        description:
          "X-Content-CID names its content (CIDv1, raw, SHA-256); X-Evidence-Opening is `kept`, or `erased` where what was said is not told any more.",
        params: RecordParams,
        querystring: z.object({ format: z.enum(FORMATS).default("json") }),
        response: {
          200: {
            description: "The bundle, or a CAR with the bundle as its one block",
            content: { "application/json": { schema: File }, "application/vnd.ipld.car": { schema: File } },
          },
        },
      },
    },
    async (request, reply) => {
      const { bedId, epoch, seq } = request.params;
      const { format } = request.query;
      const { cid, bytes, hasOpening } = await evidence.bundle(personOf(request.caller), bedId, {
        epoch,
        seq,
      });
      return reply
        .type(TYPES[format])
        .header("x-content-cid", cid)
        .header("etag", format === "json" ? `"${cid}"` : `"${cid}.car"`)
        .header("x-evidence-opening", hasOpening ? "kept" : "erased")
        .header("content-disposition", `attachment; filename="${bedId}-${epoch}-${seq}.${format}"`)
        .send(Buffer.from(format === "json" ? bytes : packCar(bytes)));
    },
  );

  app.get(
    "/api/v1/evidence/health",
    {
      schema: {
        summary: "The logs, their witnesses and the anchor; of gateways, those of the caller's hospital",
        response: { 200: EvidenceHealth },
      },
    },
    async (request) => evidence.health(personOf(request.caller)),
  );

  app.get(
    "/api/v1/evidence/policy",
    {
      schema: {
        summary: "What this network asks a reader of bundles to trust",
        description: "Whoever checks this network compares it with what they were told by somebody else.",
        response: { 200: EvidencePolicy },
      },
    },
    async () => evidence.policy(),
  );

  app.get(
    "/api/v1/evidence/checkpoint",
    {
      compress: false,
      schema: {
        summary: "The newest witnessed checkpoint of the network's log, as a signed note",
        response: {
          200: {
            description: "The note with its cosignatures",
            content: { "text/plain": { schema: z.string() } },
          },
        },
      },
    },
    async (_request, reply) => reply.type("text/plain; charset=utf-8").send(await evidence.checkpoint()),
  );
};
