/** The HTTP service, built without listening. The order of this list is the order in which a request meets its parts. */
import compress from "@fastify/compress";
import cookies from "@fastify/cookie";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import websocket from "@fastify/websocket";
import { type FastifyBaseLogger, type FastifyInstance, fastify } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { type GuardDeps, guard } from "../access/guard.ts";
import { sessionCookieName } from "../access/session-cookie.ts";
import { type SessionRoutes, sessionRoutes } from "../access/session-routes.ts";
import { signInRoutes } from "../access/sign-in-routes.ts";
import { type AttributionRoutes, attributionRoutes } from "../attribution/routes.ts";
import { type BookingRoutes, bookingRoutes } from "../bookings/booking-routes.ts";
import { type RequestRoutes, requestRoutes } from "../bookings/request-routes.ts";
import { type CleaningRoutes, cleaningRoutes } from "../cleaning/routes.ts";
import type { Randomness } from "../clock.ts";
import { type DataHealthRoutes, dataHealthRoutes } from "../data-health/routes.ts";
import { type DeclarationRoutes, declarationRoutes } from "../declarations/routes.ts";
import { type ConsentRoutes, consentRoutes } from "../documents/consent-routes.ts";
import { type DocumentRoutes, documentRoutes } from "../documents/routes.ts";
import { type IdentityRoutes, identityRoutes } from "../encounters/routes.ts";
import { type ErasureRoutes, erasureRoutes } from "../erasure/routes.ts";
import { type LogAdminRoutes, logAdminRoutes } from "../evidence/intake/admin-routes.ts";
import { type LogIntakeRoutes, logIntakeRoutes } from "../evidence/intake/routes.ts";
import { type EvidenceRoutes, evidenceRoutes } from "../evidence/views/routes.ts";
import { type ExportRoutes, exportRoutes } from "../exports/routes.ts";
import { type HealthRoutes, healthRoutes } from "../health/routes.ts";
import { type HistoryRoutes, historyRoutes } from "../history/routes.ts";
import { type IngestRoutes, ingestRoutes } from "../ingest/routes.ts";
import { type KpiRoutes, kpiRoutes } from "../kpi/routes.ts";
import { type LiveRoutes, liveRoutes } from "../live/routes.ts";
import { type MatchingRoutes, matchingRoutes } from "../matching/routes.ts";
import { type ParkedRoutes, parkedRoutes } from "../parked/routes.ts";
import { type ConflictRoutes, conflictRoutes } from "../reconcile/routes.ts";
import type { Registry } from "../registry/registry.ts";
import { registryRoutes } from "../registry/routes.ts";
import { type ReportRoutes, reportRoutes } from "../reports/routes.ts";
import { type LegalHoldRoutes, legalHoldRoutes } from "../retention/holds/routes.ts";
import { type TransferRoutes, transferRoutes } from "../transfers/routes.ts";
import { type WardAdminRoutes, wardAdminRoutes } from "../ward-admin/routes.ts";
import { type WebhookRoutes, webhookRoutes } from "../webhooks/routes.ts";
import { answerErrors, noSuchAddress, sendProblem } from "./errors.ts";
import { describeApi, openApiRoute } from "./openapi.ts";
import { CloudError } from "./problem.ts";
import { securityHeaders } from "./security-headers.ts";
import { shellRoutes } from "./shell.ts";
import { understandError } from "./understand-error.ts";

/** Of a request body, where a route does not say otherwise. */
const BODY_BYTES_MAX = 64 * 1024;
/** What a client sends on the live socket; it has nothing to say there. */
const SOCKET_MESSAGE_BYTES_MAX = 1024;
const COMPRESSED_FROM_BYTES = 1024;
const REQUEST_MS_MAX = 30_000;

export type AppDeps = GuardDeps &
  SessionRoutes &
  IngestRoutes &
  LiveRoutes &
  MatchingRoutes &
  CleaningRoutes &
  IdentityRoutes &
  DocumentRoutes &
  ConsentRoutes &
  ErasureRoutes &
  AttributionRoutes &
  WardAdminRoutes &
  RequestRoutes &
  BookingRoutes &
  TransferRoutes &
  WebhookRoutes &
  HealthRoutes &
  ParkedRoutes &
  HistoryRoutes &
  KpiRoutes &
  ReportRoutes &
  DataHealthRoutes &
  EvidenceRoutes &
  LogIntakeRoutes &
  LogAdminRoutes &
  LegalHoldRoutes &
  DeclarationRoutes &
  ConflictRoutes &
  ExportRoutes & {
    readonly registry: Registry;
    readonly randomness: Randomness;
    readonly log: FastifyBaseLogger;
    readonly secure: boolean;
    readonly shellDirectory: string;
    /** Every answer, for the metrics. */
    onAnswer(answer: { method: string; route: string; status: number; ms: number }): void;
  };

export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const app = fastify({
    // Two lines for each request would bury what matters; what is worth a line is written by answerErrors.
    loggerInstance: deps.log.child({}, { level: "warn" }),
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    genReqId: () => Buffer.from(deps.randomness.bytes(12)).toString("base64url"),
    // A record with a field of such a name is parked like any other misfit; refusing the body would stop its lane.
    onProtoPoisoning: "remove",
    onConstructorPoisoning: "remove",
    // An address that cannot be decoded comes to no route, and so to no error handler.
    frameworkErrors: (error, _request, reply) => sendProblem(reply, understandError(error)),
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerErrors(app, deps.log);
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, noSuchAddress()));

  await app.register(helmet, securityHeaders(deps.secure));
  await app.register(compress, {
    threshold: COMPRESSED_FROM_BYTES,
    encodings: ["br", "gzip"],
    globalDecompression: false,
  });
  await app.register(cookies);
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: () => new CloudError("TOO_MANY_REQUESTS", "Too many attempts from this address."),
  });
  await app.register(websocket, { options: { maxPayload: SOCKET_MESSAGE_BYTES_MAX } });
  guard(app, deps);
  await describeApi(app, { sessionCookieName: sessionCookieName(deps.secure) });

  app.addHook("onSend", async (request, reply) => {
    // What a role may see must not lie in a cache that another role's browser profile shares.
    if (request.url.startsWith("/api/") && !reply.hasHeader("cache-control"))
      reply.header("cache-control", "no-store");
  });
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "none";
    deps.onAnswer({ method: request.method, route, status: reply.statusCode, ms: reply.elapsedTime });
  });

  await app.register(healthRoutes, deps);
  await app.register(ingestRoutes, deps);
  await app.register(registryRoutes, deps);
  await app.register(parkedRoutes, deps);
  await app.register(historyRoutes, deps);
  await app.register(dataHealthRoutes, deps);
  await app.register(evidenceRoutes, deps);
  await app.register(logIntakeRoutes, deps);
  await app.register(logAdminRoutes, deps);
  await app.register(kpiRoutes, deps);
  await app.register(reportRoutes, deps);
  await app.register(exportRoutes, deps);
  await app.register(legalHoldRoutes, deps);
  await app.register(matchingRoutes, deps);
  await app.register(cleaningRoutes, deps);
  await app.register(identityRoutes, deps);
  await app.register(documentRoutes, deps);
  await app.register(consentRoutes, deps);
  await app.register(erasureRoutes, deps);
  await app.register(attributionRoutes, deps);
  await app.register(wardAdminRoutes, deps);
  await app.register(requestRoutes, deps);
  await app.register(bookingRoutes, deps);
  await app.register(transferRoutes, deps);
  await app.register(webhookRoutes, deps);
  await app.register(declarationRoutes, deps);
  await app.register(conflictRoutes, deps);
  await app.register(liveRoutes, deps);
  await app.register(signInRoutes, deps);
  await app.register(sessionRoutes, deps);
  openApiRoute(app);
  await app.register(shellRoutes, { directory: deps.shellDirectory });
  return app;
}
