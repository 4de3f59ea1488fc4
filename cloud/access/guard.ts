/**
 * Stands before every handler: finds out who calls, and lets them in by the rule of the route.
 *
 *   while building   each route needs its rule, each rule its route; otherwise the build fails
 *   each request     key or cookie ─▶ caller ─▶ rule ─▶ origin (what a browser sends to change something) ─▶ handler
 */
import type { FastifyInstance, FastifyRequest, RouteOptions } from "fastify";
import { CloudError } from "../http/problem.ts";
import { decideAccess } from "./decide-access.ts";
import { type GatewayKeys, gatewayOfKey } from "./gateway-key.ts";
import type { Rule, RuleTable } from "./rules.ts";
import { isOwnOrigin } from "./same-origin.ts";
import { type Caller, NOBODY } from "./scope.ts";
import type { SessionCookie } from "./session-cookie.ts";
import type { Sessions } from "./sessions.ts";

declare module "fastify" {
  interface FastifyRequest {
    caller: Caller;
  }
  interface FastifyContextConfig {
    rule?: Rule;
  }
}

/** Keys cannot be guessed; this keeps a caller with a wrong one from filling the log. */
export const AUTH_FAILURES_PER_MINUTE_MAX = 30;

export type GuardDeps = {
  readonly rules: RuleTable;
  readonly sessions: Sessions;
  readonly cookie: SessionCookie;
  readonly gateways: GatewayKeys;
  readonly publicUrl: string | undefined;
};

/** Added to the root before any route, so that no route escapes it. Needs cookies and rate limits to be registered. */
export function guard(app: FastifyInstance, deps: GuardDeps): void {
  requireRules(app, deps.rules);
  const failuresOf = app.createRateLimit({ max: AUTH_FAILURES_PER_MINUTE_MAX, timeWindow: 60_000 });
  app.decorateRequest("caller");
  app.addHook("onRequest", async (request) => {
    request.caller = NOBODY;
    if (request.is404) return;
    const { rule } = request.routeOptions.config;
    if (rule === undefined) throw new Error(`no rule for ${request.routeOptions.url}`);
    if (rule.open) return;
    request.caller = await callerOf(request, deps);
    const access = decideAccess(rule, request.caller);
    if (access === "forbidden") throw new CloudError("FORBIDDEN", "Your role does not include this.");
    if (access === "unauthenticated") {
      const failures = await failuresOf(request);
      if (!failures.isAllowed && failures.isExceeded)
        throw new CloudError("TOO_MANY_REQUESTS", "Too many requests without a valid key or session.");
      throw new CloudError("UNAUTHENTICATED", "This needs a gateway's key or a signed-in session.");
    }
    if (request.caller.kind === "person" && changesSomething(request))
      requireOwnOrigin(request, deps.publicUrl);
  });
}

export function requireOwnOrigin({ headers }: FastifyRequest, publicUrl: string | undefined): void {
  if (!isOwnOrigin({ origin: headers.origin, host: headers.host, publicUrl }))
    throw new CloudError("ORIGIN_REFUSED", "The Origin header does not name this service.");
}

async function callerOf(request: FastifyRequest, { sessions, cookie, gateways }: GuardDeps): Promise<Caller> {
  const { authorization } = request.headers;
  if (authorization !== undefined) return gatewayOfKey(authorization, gateways) ?? NOBODY;
  const token = cookie.read(request);
  if (token === undefined) return NOBODY;
  return (await sessions.callerOf(token)) ?? NOBODY;
}

/** A socket is opened by GET, but SameSite alone would let a page on another port of this host listen in. */
function changesSomething({ method, headers }: FastifyRequest): boolean {
  return (method !== "GET" && method !== "HEAD") || headers.upgrade !== undefined;
}

function requireRules(app: FastifyInstance, rules: RuleTable): void {
  const unused = new Set(Object.keys(rules));
  app.addHook("onRoute", (route) => {
    for (const name of namesOf(route)) {
      const rule = rules[name];
      if (rule === undefined) throw new Error(`route ${name} has no line in the access rules`);
      unused.delete(name);
      route.config = { ...route.config, rule };
    }
  });
  app.addHook("onReady", async () => {
    if (unused.size > 0) throw new Error(`access rules without a route: ${[...unused].join(", ")}`);
  });
}

/** HEAD answers as GET does and takes its rule. */
function namesOf({ method, url }: RouteOptions): string[] {
  const methods = Array.isArray(method) ? method : [method];
  return methods.map((each) => `${each === "HEAD" ? "GET" : each} ${url}`);
}
