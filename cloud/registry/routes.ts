/** What people read over HTTP: hospitals, beds, one bed, its history. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { BedDetail, BedPage, HospitalList, Timeline } from "../../contracts/wire/board.ts";
import { BedId } from "../../contracts/wire/ids.ts";
import { personOf } from "../access/scope.ts";
import { CloudError } from "../http/problem.ts";
import { BedQuery } from "./bed-filter.ts";
import { cursorOf } from "./cursor.ts";
import type { Registry } from "./registry.ts";

const ENTRIES_PER_PAGE_MAX = 200;

const BedParams = z.object({ bedId: BedId });
const TimelineQuery = z.object({
  limit: z.coerce.number().int().min(1).max(ENTRIES_PER_PAGE_MAX).default(50),
  cursor: cursorOf(z.int().nonnegative()).optional(),
});

export const registryRoutes: FastifyPluginAsyncZod<{ registry: Registry }> = async (app, { registry }) => {
  app.get(
    "/api/v1/hospitals",
    { schema: { summary: "Hospitals, with counts for each ward", response: { 200: HospitalList } } },
    async (request) => registry.hospitals(personOf(request.caller)),
  );

  app.get(
    "/api/v1/beds",
    { schema: { summary: "Beds, by bed id", querystring: BedQuery, response: { 200: BedPage } } },
    async (request) => registry.beds(personOf(request.caller), request.query),
  );

  app.get(
    "/api/v1/beds/:bedId",
    {
      schema: {
        summary: "One bed, with the newest values that the caller may read",
        params: BedParams,
        response: { 200: BedDetail },
      },
    },
    async (request, reply) => {
      const detail = await registry.bed(personOf(request.caller), request.params.bedId);
      if (detail === undefined) throw bedNotFound();
      // Names the bed's state, for updates with If-Match. It is no cache key: ages and values change without it.
      reply.header("etag", `"${detail.bed.liveSeq}"`);
      return detail;
    },
  );

  app.get(
    "/api/v1/beds/:bedId/timeline",
    {
      schema: {
        summary: "A bed's history, newest first",
        params: BedParams,
        querystring: TimelineQuery,
        response: { 200: Timeline },
      },
    },
    async (request) => {
      const timeline = await registry.timeline(personOf(request.caller), request.params.bedId, request.query);
      if (timeline === undefined) throw bedNotFound();
      return timeline;
    },
  );
};

/** The same for a bed of another hospital: that it exists is not told. */
const bedNotFound = () => new CloudError("BED_NOT_FOUND", "There is no such bed among those you may see.");
