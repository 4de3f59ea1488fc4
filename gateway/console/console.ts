/** The gateway's own web page, read-only: /healthz and /readyz are open, all else asks for a session. */
import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import fastifyCookie from "@fastify/cookie";
import fastifyHelmet from "@fastify/helmet";
import fastifyRateLimit from "@fastify/rate-limit";
import fastifyStatic from "@fastify/static";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Problem } from "../../contracts/wire/board.ts";
import type { GatewayStatus, QuarantineList } from "../../contracts/wire/gateway-status.ts";
import { portError } from "../transport/listen-on.ts";
import { SESSION_VALID_MS, type SignIn } from "./sign-in.ts";
import { signInPage, TOKEN_PATTERN } from "./sign-in-page.ts";

const WEB_DIST = fileURLToPath(new URL("../web/dist", import.meta.url));

export type ConsoleParts = {
  readonly signIn: SignIn;
  readonly status: () => GatewayStatus;
  readonly quarantine: () => Promise<QuarantineList>;
  readonly isReady: () => boolean;
};

export type Console = { readonly port: number; close(): Promise<void> };

export async function startConsole(parts: ConsoleParts, host: string, port: number): Promise<Console> {
  const app = await buildConsole(parts);
  try {
    await app.listen({ host, port });
  } catch (error) {
    throw portError(error as NodeJS.ErrnoException, host, port, "Status page");
  }
  return { port: (app.server.address() as AddressInfo).port, close: () => app.close() };
}

export async function buildConsole({
  signIn,
  status,
  quarantine,
  isReady,
}: ConsoleParts): Promise<FastifyInstance> {
  const app = Fastify({ logger: false, bodyLimit: 16 * 1024 });
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: { useDefaults: false, directives: CSP },
    // Under "no-referrer" browsers send `Origin: null` with our own form, and signing in asks for the origin.
    referrerPolicy: { policy: "same-origin" },
    hsts: false,
  });
  app.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => {
    const statusCode = error.statusCode ?? 500;
    const detail = statusCode < 500 ? error.message : "The gateway could not answer; its log says why.";
    await sendProblem(reply, request, {
      status: statusCode,
      code: "REQUEST_FAILED",
      title: "Request failed",
      detail,
      hint: "Try again.",
    });
  });
  await app.register(fastifyCookie);
  await app.register(fastifyRateLimit, { global: false });
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  );

  // One name for each gateway: cookies do not keep ports of one host apart.
  const cookieName = (request: FastifyRequest) => `hospitell-console-${request.socket.localPort ?? 0}`;
  const mustBeSignedIn = async (request: FastifyRequest, reply: FastifyReply) => {
    if (!signIn.isSignedIn(request.cookies[cookieName(request)]))
      await sendProblem(reply, request, SIGNED_OUT);
  };
  const mustBeOwnPage = async (request: FastifyRequest, reply: FastifyReply) => {
    const { origin, host } = request.headers;
    // A page that hides where it stands says "null": that is not ours, whose policy is to tell it to itself.
    if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
      await sendProblem(reply, request, FOREIGN_ORIGIN);
    }
  };

  app.get("/healthz", async () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    if (!isReady()) reply.code(503);
    return { status: isReady() ? "ready" : "starting" };
  });
  app.get("/api/v1/status", { onRequest: mustBeSignedIn }, async (_request, reply) => {
    reply.header("cache-control", "no-store");
    return status();
  });
  // What devices sent may hold a patient's data: for the one who is signed in, and kept by no cache.
  app.get("/api/v1/quarantine", { onRequest: mustBeSignedIn }, async (_request, reply) => {
    reply.header("cache-control", "no-store");
    return quarantine();
  });
  app.delete("/api/v1/session", { onRequest: [mustBeOwnPage, mustBeSignedIn] }, async (request, reply) => {
    signIn.signOut(request.cookies[cookieName(request)] ?? "");
    return reply.clearCookie(cookieName(request), { path: "/" }).code(204).send();
  });
  // A link may be fetched ahead of its reader, so opening it burns nothing: the button does.
  app.get("/sign-in", async (request, reply) => {
    const { token } = request.query as { token?: unknown };
    const known = typeof token === "string" && TOKEN_PATTERN.test(token) ? token : null;
    return reply.header("cache-control", "no-store").type("text/html").send(signInPage(known));
  });
  app.post(
    "/sign-in",
    { onRequest: mustBeOwnPage, config: { rateLimit: { max: 20, timeWindow: "1 minute" } } },
    async (request, reply) => {
      const token = request.body instanceof URLSearchParams ? (request.body.get("token") ?? "") : "";
      const session = signIn.redeem(token);
      if (session === null) return reply.code(401).type("text/html").send(signInPage(null));
      const options = {
        path: "/",
        httpOnly: true,
        sameSite: "strict",
        maxAge: SESSION_VALID_MS / 1_000,
      } as const;
      return reply.setCookie(cookieName(request), session, options).redirect("/", 303);
    },
  );
  await serveShell(app);
  return app;
}

async function serveShell(app: FastifyInstance): Promise<void> {
  if (existsSync(WEB_DIST)) await app.register(fastifyStatic, { root: WEB_DIST });
  else
    app.get("/", async (_request, reply) =>
      reply.code(503).send("The status page is not built: npm run build:web"),
    );
  app.setNotFoundHandler((request, reply) => sendProblem(reply, request, NOT_FOUND));
}

const CSP = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  connectSrc: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
};

type ProblemText = Pick<Problem, "status" | "code" | "title" | "detail" | "hint">;
const SIGNED_OUT: ProblemText = {
  status: 401,
  code: "SIGNED_OUT",
  title: "Not signed in",
  detail: "This needs a session.",
  hint: "Open the sign-in link that the gateway printed when it started.",
};
const FOREIGN_ORIGIN: ProblemText = {
  status: 403,
  code: "FOREIGN_ORIGIN",
  title: "Foreign origin",
  detail: "The request came from another site's page.",
  hint: "Use the gateway's own page.",
};
const NOT_FOUND: ProblemText = {
  status: 404,
  code: "NOT_FOUND",
  title: "Not found",
  detail: "There is nothing here.",
  hint: "The status page is at /.",
};

function sendProblem(reply: FastifyReply, request: FastifyRequest, problem: ProblemText) {
  const body: Problem = { type: "about:blank", instance: request.url.split("?")[0] ?? "/", ...problem };
  return reply.code(problem.status).type("application/problem+json").send(JSON.stringify(body));
}
