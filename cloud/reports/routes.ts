/** Reports of the schedule over HTTP: which there are, how each went, and their files. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import * as z from "zod";
import { REPORT_FORMATS } from "../../contracts/wire/exports.ts";
import { ReportList, type ReportView } from "../../contracts/wire/reports.ts";
import { personOf, scopeOf } from "../access/scope.ts";
import type { Clock } from "../clock.ts";
import { CloudError } from "../http/problem.ts";
import { rfc3339, rfc3339OrNull } from "../registry/bed-view.ts";
import { FORMATS } from "./formats.ts";
import type { ListedReport, ReportRepository } from "./repository.ts";

export type ReportRoutes = { readonly reports: ReportRepository; readonly clock: Clock };

const Params = z.object({ reportId: z.uuid(), format: z.enum(REPORT_FORMATS) });
const File = z.any().meta({ type: "string", format: "binary" });

export const reportRoutes: FastifyPluginAsyncZod<ReportRoutes> = async (app, { reports, clock }) => {
  app.get(
    "/api/v1/reports",
    {
      schema: {
        summary: "Reports that the schedule made or tried to make, newest first",
        response: { 200: ReportList },
      },
    },
    async (request) => {
      const listed = await reports.list(scopeOf(personOf(request.caller)));
      return { reports: listed.map(reportView), serverTime: rfc3339(clock.nowMs()) };
    },
  );

  app.get(
    "/api/v1/reports/:reportId/files/:format",
    {
      // Its hash is that of the bytes that arrive.
      compress: false,
      schema: {
        summary: "A file of a report; Repr-Digest has its SHA-256",
        params: Params,
        response: {
          200: {
            description: "The file, in its format",
            content: Object.fromEntries(
              Object.values(FORMATS).map(({ contentType }) => [contentType.split(";")[0], { schema: File }]),
            ),
          },
        },
      },
    },
    async (request, reply) => {
      const { reportId, format } = request.params;
      const file = await reports.file(scopeOf(personOf(request.caller)), reportId, format);
      // The same for what belongs to another hospital: that it exists is not told.
      if (file === undefined)
        throw new CloudError("REPORT_NOT_FOUND", "There is no such file among those you may fetch.");
      return reply
        .type(FORMATS[format].contentType)
        .header("content-disposition", `attachment; filename="${file.fileName}"`)
        .header("repr-digest", `sha-256=:${Buffer.from(file.sha256, "hex").toString("base64")}:`)
        .send(Buffer.from(file.content));
    },
  );
};

function reportView(stored: ListedReport): ReportView {
  const { reportId, name, hospitalId, timeZone, state, attempts, error, files } = stored;
  return {
    reportId,
    name,
    hospitalId,
    from: rfc3339(stored.fromMs),
    to: rfc3339(stored.toMs),
    timeZone,
    dueAt: rfc3339(stored.dueAtMs),
    state,
    attempts,
    error,
    nextAttemptAt: state === "waiting" ? rfc3339(stored.nextAttemptAtMs) : null,
    madeAt: rfc3339OrNull(stored.madeAtMs),
    files,
  };
}
