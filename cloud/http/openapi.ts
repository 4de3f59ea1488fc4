/** The OpenAPI 3.1 document, made from the same schemas that check requests and replies. */
import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from "fastify-type-provider-zod";
import * as z from "zod";
import * as board from "../../contracts/wire/board.ts";
import * as exports from "../../contracts/wire/exports.ts";
import * as history from "../../contracts/wire/history.ts";
import * as kpi from "../../contracts/wire/kpi.ts";
import * as parkedRecords from "../../contracts/wire/parked-records.ts";
import * as reports from "../../contracts/wire/reports.ts";
import * as session from "../../contracts/wire/session.ts";
import * as sync from "../../contracts/wire/sync.ts";
import { PROBLEM_TYPE } from "./errors.ts";

/** Schemas that stand in the document by name. */
function namedSchemas() {
  const registry = z.registry<{ id?: string | undefined }>();
  const { BedDetail, BedPage, BedView, HospitalList, LatestValue, Problem, Timeline, TimelineEntry } = board;
  const { Heartbeat, HeartbeatReply, SyncConflict, SyncReply } = sync;
  const { Session, SignInLink, SignInLinkRequest } = session;
  const { ParkedRecordPage, ReplayReply, ReplayRequest } = parkedRecords;
  const { ExportAccepted, ExportList, ExportRequest, ExportView } = exports;
  const { LatestAnswer, LatestSeriesValue, SeriesAnswer, SeriesPoints, SeriesProblem } = history;
  const { KpiAnswer, KpiDurations, KpiFigures, KpiHospital, KpiWard } = kpi;
  const { ReportList, ReportView } = reports;
  const named = {
    BedDetail,
    BedPage,
    BedView,
    ExportAccepted,
    ExportList,
    ExportRequest,
    ExportView,
    HospitalList,
    KpiAnswer,
    KpiDurations,
    KpiFigures,
    KpiHospital,
    KpiWard,
    LatestAnswer,
    LatestSeriesValue,
    LatestValue,
    Problem,
    SeriesAnswer,
    SeriesPoints,
    SeriesProblem,
    Timeline,
    TimelineEntry,
    Heartbeat,
    HeartbeatReply,
    SyncConflict,
    SyncReply,
    ParkedRecordPage,
    ReplayReply,
    ReplayRequest,
    ReportList,
    ReportView,
    Session,
    SignInLink,
    SignInLinkRequest,
  };
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  return registry;
}

/** What schemas say of themselves (`describe`, `meta`) stands in a registry that the library does not look into. */
const zodToJsonConfig = {
  override({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: object }): void {
    const { id: _named, ...said } = z.globalRegistry.get(zodSchema) ?? {};
    Object.assign(jsonSchema, said);
  },
};

const problemReply = (description: string) => ({
  description,
  content: { [PROBLEM_TYPE]: { schema: board.Problem } },
});

export type OpenApiOptions = { readonly sessionCookieName: string };

/** Registered before the routes and after the guard, whose rules say who may call what. */
export async function describeApi(
  app: FastifyInstance,
  { sessionCookieName }: OpenApiOptions,
): Promise<void> {
  app.addHook("onRoute", (route) => {
    const { rule } = route.config ?? {};
    if (rule === undefined || rule.open || route.schema === undefined || route.schema.hide === true) return;
    const { response, description } = route.schema;
    const roles = `Roles: ${rule.roles.join(", ")}.`;
    // A route's HEAD comes with the schema of its GET, which says this already.
    if (description?.endsWith(roles) !== true)
      route.schema.description = description === undefined ? roles : `${description} ${roles}`;
    route.schema.security = rule.roles.includes("gateway") ? [{ gatewayKey: [] }] : [{ session: [] }];
    route.schema.response = {
      ...(typeof response === "object" ? response : {}),
      "4xx": problemReply("The request was refused; `code` and `hint` say why and what to do."),
      "5xx": problemReply("The service could not answer."),
    };
  });
  const schemaRegistry = namedSchemas();
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Hospitell",
        version: "1",
        description:
          "Bed status across hospitals, with the evidence it rests on. Not an alarm system and no medical device.",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      components: {
        securitySchemes: {
          session: { type: "apiKey", in: "cookie", name: sessionCookieName },
          gatewayKey: { type: "http", scheme: "bearer", bearerFormat: "hk_<gatewayId>_<secret>" },
        },
      },
    },
    transform: createJsonSchemaTransform({ schemaRegistry, zodToJsonConfig }),
    transformObject: createJsonSchemaTransformObject({ schemaRegistry, zodToJsonConfig }),
  });
}

export function openApiRoute(app: FastifyInstance): void {
  app.get("/api/openapi.json", { schema: { summary: "This document" } }, async () => app.swagger());
}
