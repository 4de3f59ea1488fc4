import cookies from "@fastify/cookie";
import rateLimit from "@fastify/rate-limit";
import { type FastifyInstance, fastify } from "fastify";
import { expect, test } from "vitest";
import { guard } from "../../cloud/access/guard.ts";
import type { RuleTable } from "../../cloud/access/rules.ts";
import { sessionCookie } from "../../cloud/access/session-cookie.ts";
import { Sessions } from "../../cloud/access/sessions.ts";
import { systemClock, systemRandomness } from "../../cloud/clock.ts";
import { openPostgresql } from "../../cloud/database/postgresql.ts";

/** Building asks the database nothing, so one that is not there will do. */
async function build(rules: RuleTable, addRoutes: (app: FastifyInstance) => void): Promise<void> {
  const app = fastify();
  const { db, close } = openPostgresql({ url: "postgres://nowhere.invalid/none", onIdleError: () => {} });
  const sessions = new Sessions({ db, clock: systemClock, randomness: systemRandomness });
  await app.register(cookies);
  await app.register(rateLimit, { global: false });
  try {
    guard(app, { rules, sessions, cookie: sessionCookie(false), gateways: [], publicUrl: undefined });
    addRoutes(app);
    await app.ready();
  } finally {
    await app.close();
    await close();
  }
}

const open = { open: true } as const;

test("the service builds where every route has its rule", async () => {
  await build({ "GET /a": open }, (app) => app.get("/a", async () => "a"));
});

test("a route without a rule fails the build", async () => {
  const building = build({ "GET /a": open }, (app) => {
    app.get("/a", async () => "a");
    app.get("/b", async () => "b");
  });
  await expect(building).rejects.toThrow("route GET /b has no line in the access rules");
});

test("a route with a rule for another method fails the build", async () => {
  const building = build({ "GET /a": open }, (app) => app.post("/a", async () => "a"));
  await expect(building).rejects.toThrow("route POST /a has no line in the access rules");
});

test("a rule without a route fails the build", async () => {
  const building = build({ "GET /a": open, "GET /gone": open }, (app) => app.get("/a", async () => "a"));
  await expect(building).rejects.toThrow("access rules without a route: GET /gone");
});
