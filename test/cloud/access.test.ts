import { describe, expect, test } from "vitest";
import { gatewayOfKey } from "../../cloud/access/gateway-key.ts";
import { AUTH_FAILURES_PER_MINUTE_MAX } from "../../cloud/access/guard.ts";
import { RULES, type Rule } from "../../cloud/access/rules.ts";
import { isOwnOrigin } from "../../cloud/access/same-origin.ts";
import { SESSION_LASTS_MS, SIGN_IN_LINK_LASTS_MS } from "../../cloud/access/sessions.ts";
import { encodeSyncBatch } from "../../contracts/wire/encode-sync-batch.ts";
import { HospitalId } from "../../contracts/wire/ids.ts";
import { PersonRole, ROLES, type Role } from "../../contracts/wire/roles.ts";
import { SignInLink } from "../../contracts/wire/session.ts";
import { SYNC_BATCH_TYPE } from "../../contracts/wire/sync.ts";
import { batch, freeBed, heartbeat } from "./records.ts";
import { describeOnEachDatabase, KEYS, testConfig } from "./support.ts";

const ORIGIN = { origin: "http://beds.example" };
const FORM = { "content-type": "application/x-www-form-urlencoded" };

/** What makes a request well-formed, for routes where that is worth it. */
const BODIES: Record<string, object> = {
  "POST /api/v1/sign-in-links": { role: "nurse", hospitalId: "north" },
  "POST /api/v1/parked-records/replay": { all: true },
  "POST /api/v1/exports": {
    kind: "kpi",
    format: "csv",
    from: "2026-01-05T00:00:00Z",
    to: "2026-01-06T00:00:00Z",
    by: "whole",
    timeZone: "UTC",
  },
  "POST /api/v1/legal-holds": { hospital: "north", from: "2026-01-05T00:00:00Z", reason: "A complaint." },
  "POST /api/v1/legal-holds/:holdId/release": { reason: "It was settled." },
  "POST /api/v1/sync/heartbeats": heartbeat(),
};
const QUERIES: Record<string, string> = {
  "GET /api/v1/series": "?bed=bed-1",
  "GET /api/v1/series/latest": "?bed=bed-1",
};
const NOBODYS_ID = "00000000-0000-4000-8000-000000000000";

describeOnEachDatabase("access", (cloud) => {
  const guarded = Object.entries<Rule>(RULES).flatMap(([name, rule]) => (rule.open ? [] : [{ name, rule }]));
  const callers: (Role | "nobody")[] = ["nobody", ...ROLES];

  async function credentials(caller: Role | "nobody"): Promise<Record<string, string>> {
    if (caller === "nobody") return {};
    if (caller === "gateway") return { authorization: `Bearer ${KEYS["gw-north"]}` };
    return { cookie: await cloud().signIn(caller) };
  }

  test.each(guarded)("$name lets in its roles and nobody else", async ({ name, rule }) => {
    const [method, route] = name.split(" ") as ["GET" | "POST" | "PUT" | "PATCH" | "DELETE", string];
    const path = route
      .replace(":bedId", "bed-1")
      .replace(":format", "csv")
      .replace(/:\w+Id/, NOBODYS_ID);
    const url = path + (QUERIES[name] ?? "");
    await cloud().sync(batch(freeBed("bed-1")));
    for (const caller of callers) {
      const headers = { ...ORIGIN, ...(await credentials(caller)) };
      const isBatch = name === "POST /api/v1/sync/batches";
      const body = isBatch ? Buffer.from(encodeSyncBatch(batch(freeBed("bed-1")))) : BODIES[name];
      const { statusCode } = await cloud().app.inject({
        method,
        url,
        headers: isBatch ? { ...headers, "content-type": SYNC_BATCH_TYPE } : headers,
        ...(body ? { payload: body } : {}),
      });
      const refusal = caller === "nobody" ? 401 : rule.roles.includes(caller) ? null : 403;
      // Whoever is let in may still be told that the request is not well-formed, or that there is no such thing: the
      // caller is looked at before anything else.
      if (refusal === null) expect([200, 201, 202, 204, 400, 404], `${caller}`).toContain(statusCode);
      else expect(statusCode, `${caller}`).toBe(refusal);
    }
  });

  test("there is a guarded route for every role, and the matrix saw them all", () => {
    const roles = new Set(guarded.flatMap(({ rule }) => rule.roles));
    expect([...roles].sort()).toEqual([...ROLES].sort());
    expect(guarded.length).toBeGreaterThan(8);
  });

  test.each(["GET /api/v1/beds/:bedId", "GET /api/v1/beds/:bedId/timeline"])(
    "for somebody of another hospital there is no such bed: %s",
    async (name) => {
      await cloud().sync(batch(freeBed("bed-1")));
      const url = name.replace("GET ", "").replace(":bedId", "bed-1");
      for (const role of ["hospital-admin", "doctor", "nurse", "facility-engineer"] as const) {
        const { status, body } = await cloud().get(url, await cloud().signIn(role, "south"));
        expect(status).toBe(404);
        expect(body).toMatchObject({ code: "BED_NOT_FOUND" });
      }
    },
  );

  async function linkToken(): Promise<string> {
    const hospitalId = HospitalId.parse("north");
    const link = await cloud().links.issue({ role: "nurse", hospitalId });
    return new URL(link?.url ?? "").searchParams.get("token") ?? "";
  }
  const redeem = (token: string, headers: Record<string, string> = ORIGIN) =>
    cloud().app.inject({
      method: "POST",
      url: "/sign-in",
      headers: { ...FORM, ...headers },
      payload: `token=${token}`,
    });

  test("a sign-in link opens one session, once", async () => {
    const token = await linkToken();
    const first = await redeem(token);
    expect(first.statusCode).toBe(303);
    expect(first.headers.location).toBe("/");
    expect(first.cookies[0]).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/" });
    const second = await redeem(token);
    expect(second.statusCode).toBe(410);
    expect(second.headers["set-cookie"]).toBeUndefined();
  });

  test("of many who redeem a link in the same moment, one gets in", async () => {
    const token = await linkToken();
    const replies = await Promise.all(Array.from({ length: 8 }, () => redeem(token)));
    expect(replies.filter(({ statusCode }) => statusCode === 303)).toHaveLength(1);
  });

  test("looking at a link, as previews do, does not use it up", async () => {
    const token = await linkToken();
    for (const method of ["GET", "HEAD"] as const) {
      const page = await cloud().app.inject({ method, url: `/sign-in?token=${token}` });
      expect(page.statusCode).toBe(200);
      expect(page.headers["cache-control"]).toBe("no-store");
    }
    expect((await redeem(token)).statusCode).toBe(303);
  });

  test("a link expires", async () => {
    const token = await linkToken();
    cloud().clock.now += SIGN_IN_LINK_LASTS_MS;
    expect((await redeem(token)).statusCode).toBe(410);
  });

  test("a sign-in that another site sends is refused, and uses nothing up", async () => {
    const token = await linkToken();
    expect((await redeem(token, { origin: "http://evil.example" })).statusCode).toBe(403);
    expect((await redeem(token, {})).statusCode).toBe(403);
    expect((await redeem(token)).statusCode).toBe(303);
  });

  test("what is no token is not put into the page", async () => {
    const reply = await cloud().app.inject({ url: '/sign-in?token="><script>alert(1)</script>' });
    expect(reply.statusCode).toBe(400);
    expect(reply.body).not.toContain("<script>alert");
  });

  test("a session says who somebody is, ends when they sign out, and at the latest after its time", async () => {
    const cookie = await cloud().signIn("nurse");
    expect((await cloud().get("/api/v1/session", cookie)).body).toEqual({
      role: "nurse",
      hospitalId: "north",
    });
    const out = await cloud().app.inject({
      method: "DELETE",
      url: "/api/v1/session",
      headers: { cookie, ...ORIGIN },
    });
    expect(out.statusCode).toBe(204);
    expect((await cloud().get("/api/v1/session", cookie)).status).toBe(401);

    const another = await cloud().signIn("nurse");
    cloud().clock.now += SESSION_LASTS_MS;
    expect((await cloud().get("/api/v1/session", another)).status).toBe(401);
  });

  test("a change that another site sends with somebody's cookie is refused", async () => {
    const cookie = await cloud().signIn("nurse");
    for (const origin of [{}, { origin: "http://evil.example" }, { origin: "null" }]) {
      const reply = await cloud().app.inject({
        method: "DELETE",
        url: "/api/v1/session",
        headers: { cookie, ...origin },
      });
      expect(reply.json()).toMatchObject({ status: 403, code: "ORIGIN_REFUSED" });
    }
  });

  const invite = async (caller: PersonRole, body: object) =>
    await cloud().app.inject({
      method: "POST",
      url: "/api/v1/sign-in-links",
      headers: { cookie: await cloud().signIn(caller), ...ORIGIN },
      payload: body,
    });

  test.each<[PersonRole, PersonRole, string | undefined, number]>([
    ["super-admin", "super-admin", undefined, 201],
    ["super-admin", "hospital-admin", "south", 201],
    ["super-admin", "nurse", "atlantis", 404],
    ["super-admin", "nurse", undefined, 400],
    ["super-admin", "emergency-coordinator", "north", 400],
    ["hospital-admin", "nurse", "north", 201],
    ["hospital-admin", "doctor", "north", 201],
    ["hospital-admin", "facility-engineer", "north", 201],
    ["hospital-admin", "nurse", "south", 403],
    ["hospital-admin", "hospital-admin", "north", 403],
    ["hospital-admin", "patient", "north", 403],
    ["hospital-admin", "super-admin", undefined, 403],
  ])("a %s who invites a %s of %s is answered %i", async (caller, role, hospitalId, status) => {
    const reply = await invite(caller, { role, ...(hospitalId === undefined ? {} : { hospitalId }) });
    expect(reply.statusCode).toBe(status);
    if (status === 201)
      expect(SignInLink.parse(reply.json()).url).toMatch(/^http:\/\/beds\.example\/sign-in\?token=/);
  });

  test("a caller without a key is slowed down after some tries; one with a key is not", async () => {
    const statuses: number[] = [];
    for (let n = 0; n <= AUTH_FAILURES_PER_MINUTE_MAX; n += 1) {
      const headers = { authorization: `Bearer hk_gw-north_${"x".repeat(43)}` };
      const reply = await cloud().app.inject({
        method: "POST",
        url: "/api/v1/sync/heartbeats",
        headers,
        payload: {},
      });
      statuses.push(reply.statusCode);
    }
    expect(statuses.slice(0, AUTH_FAILURES_PER_MINUTE_MAX)).not.toContain(429);
    expect(statuses.at(-1)).toBe(429);
    expect((await cloud().sync(heartbeat())).status).toBe(200);
  });

  test("no secret is written to the log or kept as it is", async () => {
    const token = await linkToken();
    await cloud().app.inject({ url: `/sign-in?token=${token}&x=1` });
    await redeem(token);
    await redeem(token);
    const cookie = await cloud().signIn("doctor");
    await cloud().get("/api/v1/nowhere", cookie);
    await cloud().get(`/api/v1/beds?cursor=${token}`, cookie);
    const wrong = `hk_gw-north_${"w".repeat(43)}`;
    const headers = { authorization: `Bearer ${wrong}` };
    await cloud().app.inject({ method: "POST", url: "/api/v1/sync/batches", headers, payload: {} });
    await cloud().sync(heartbeat());
    const log = cloud().logged.join("\n");
    const rows = JSON.stringify([
      await cloud().db.selectFrom("sessions").selectAll().execute(),
      await cloud().db.selectFrom("signInLinks").selectAll().execute(),
    ]);
    expect(cloud().logged.length).toBeGreaterThan(2);
    const session = cookie.split("=")[1] ?? "";
    for (const secret of [token, session, wrong, KEYS["gw-north"]]) {
      expect(log).not.toContain(secret);
      expect(rows).not.toContain(secret);
    }
  });
});

describe("a gateway's key", () => {
  const of = (authorization: string) => gatewayOfKey(authorization, testConfig.gateways)?.gatewayId ?? null;
  const north = KEYS["gw-north"];

  test.each([
    ["its own", `Bearer ${north}`, "gw-north"],
    ["another gateway's secret under its name", `Bearer hk_gw-north_${"s".repeat(43)}`, null],
    ["of a gateway that nobody knows", `Bearer hk_gw-west_${"n".repeat(43)}`, null],
    ["without its beginning", `Bearer ${"n".repeat(43)}`, null],
    ["with something after it", `Bearer ${north} x`, null],
    ["as a password", `Basic ${north}`, null],
    ["empty", "", null],
  ])("%s", (_what, authorization, expected) => {
    expect(of(authorization)).toBe(expected);
  });
});

describe("the origin of a request", () => {
  const own = { host: "beds.example:8080", publicUrl: undefined };
  test.each([
    ["our own page", { ...own, origin: "http://beds.example:8080" }, true],
    ["another port of the same machine", { ...own, origin: "http://beds.example:9000" }, false],
    ["another site", { ...own, origin: "http://evil.example" }, false],
    ["a sandboxed frame", { ...own, origin: "null" }, false],
    ["nothing", { ...own, origin: undefined }, false],
    [
      "our public address behind a proxy",
      { host: "10.0.0.1", publicUrl: "https://beds.example", origin: "https://beds.example" },
      true,
    ],
  ])("%s", (_what, check, expected) => {
    expect(isOwnOrigin(check)).toBe(expected);
  });
});

test("every role that a person can have stands in the rules", () => {
  const named = new Set<Role>(
    Object.values<Rule>(RULES).flatMap((rule) => (rule.open ? [] : [...rule.roles])),
  );
  for (const role of PersonRole.options) expect(named).toContain(role);
});
