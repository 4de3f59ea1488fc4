/** Stays, corrections, and what was measured on whom, over HTTP. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import {
  AttributionView,
  CorrectionAnswer,
  EncounterSeries,
  MergeBody,
  PlacementBody,
  StayCorrectionBody,
  StayList,
  SwapBody,
} from "../../contracts/wire/encounters.ts";
import { ZonedAt } from "../../contracts/wire/exports.ts";
import { SeriesQuery } from "../../contracts/wire/history.ts";
import { DeviceId, GatewayId } from "../../contracts/wire/ids.ts";
import { personOf } from "../access/scope.ts";
import { RequiredIdempotencyKey } from "../desk/idempotent.ts";
import { IfMatch } from "../desk/if-match.ts";
import type { Attribution } from "./attribution.ts";

const Params = z.object({ encounterId: z.uuid() });
const AttributionQuery = z.object({
  device: DeviceId,
  gateway: GatewayId.optional().describe("Needed where two gateways have a device of that id."),
  at: ZonedAt,
});

export type AttributionRoutes = { readonly attribution: Attribution };

export const attributionRoutes: FastifyPluginAsyncZod<AttributionRoutes> = async (app, { attribution }) => {
  app.get(
    "/api/v1/encounters/:encounterId/stays",
    {
      schema: {
        summary: "When the patient had which bed of the own hospital, as it is known by now",
        params: Params,
        response: { 200: StayList },
      },
    },
    async (request) => attribution.stays(personOf(request.caller), request.params.encounterId),
  );

  app.get(
    "/api/v1/encounters/:encounterId/series",
    {
      schema: {
        summary: "What was measured on the patient, reading by reading, the oldest first",
        params: Params,
        querystring: SeriesQuery.pick({ metric: true, from: true, to: true }),
        response: { 200: EncounterSeries },
      },
    },
    async (request) =>
      attribution.series(personOf(request.caller), request.params.encounterId, request.query),
  );

  app.get(
    "/api/v1/attribution",
    {
      schema: {
        summary: "Whose a device's readings of a moment are, by which intervals, and what was corrected",
        querystring: AttributionQuery,
        response: { 200: AttributionView },
      },
    },
    async (request) => {
      const { device: deviceId, gateway: gatewayId, at } = request.query;
      return attribution.at(personOf(request.caller), { deviceId, gatewayId }, Date.parse(at));
    },
  );

  app.post(
    "/api/v1/stays/corrections",
    {
      schema: {
        summary: "Corrects when a patient had a bed; If-Match names the stay's version",
        headers: RequiredIdempotencyKey.extend(IfMatch.shape),
        body: StayCorrectionBody,
        response: { 201: CorrectionAnswer },
      },
    },
    async (request, reply) => {
      const { headers, body } = request;
      const caller = personOf(request.caller);
      reply.code(201);
      return attribution.correct(caller, headers["idempotency-key"], headers["if-match"], body);
    },
  );

  app.post(
    "/api/v1/placements",
    {
      schema: {
        summary: "Says where a device was, where its gateway was wrong",
        headers: RequiredIdempotencyKey,
        body: PlacementBody,
        response: { 201: CorrectionAnswer },
      },
    },
    async (request, reply) => {
      reply.code(201);
      return attribution.place(personOf(request.caller), request.headers["idempotency-key"], request.body);
    },
  );

  app.post(
    "/api/v1/encounters/swap",
    {
      schema: {
        summary: "Two patients were in each other's bed from a time on; their bookings change beds too",
        headers: RequiredIdempotencyKey,
        body: SwapBody,
        response: { 201: CorrectionAnswer },
      },
    },
    async (request, reply) => {
      reply.code(201);
      return attribution.swap(personOf(request.caller), request.headers["idempotency-key"], request.body);
    },
  );

  app.post(
    "/api/v1/encounters/merge",
    {
      schema: {
        summary: "Two encounters are one patient",
        headers: RequiredIdempotencyKey,
        body: MergeBody,
        response: { 201: CorrectionAnswer },
      },
    },
    async (request, reply) => {
      reply.code(201);
      return attribution.merge(personOf(request.caller), request.headers["idempotency-key"], request.body);
    },
  );
};
