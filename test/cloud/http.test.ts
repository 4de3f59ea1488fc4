import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { validate } from "@readme/openapi-parser";
import { describe, expect, test } from "vitest";
import { RULES, type Rule } from "../../cloud/access/rules.ts";
import { localUrl } from "../../cloud/http/local-url.ts";
import { CloudError, PROBLEMS, problemOf } from "../../cloud/http/problem.ts";
import { understandError } from "../../cloud/http/understand-error.ts";
import { listen } from "../../cloud/start.ts";
import { Problem } from "../../contracts/wire/board.ts";
import { batch, freeBed } from "./records.ts";
import { describeOnEachDatabase, type TestCloud } from "./support.ts";

describeOnEachDatabase("the HTTP service", (cloud) => {
  test("an address that is not there is a problem with all its parts", async () => {
    const reply = await cloud().app.inject({ url: "/api/v1/nothing?token=secret" });
    expect(reply.headers["content-type"]).toMatch(/^application\/problem\+json/);
    expect(reply.json()).toEqual({
      type: "urn:hospitell:problem:not-found",
      title: "No such address",
      status: 404,
      code: "NOT_FOUND",
      detail: "There is nothing at this address.",
      hint: PROBLEMS.NOT_FOUND.hint,
      instance: expect.stringMatching(/^urn:hospitell:request:[A-Za-z0-9_-]{16}$/),
    });
  });

  test("a peer that vanished without a word keeps no connection: each wait for it has an end", () => {
    // Live sockets are pinged (live-clients.test.ts).
    const { requestTimeout, headersTimeout, keepAliveTimeout } = cloud().app.server;
    for (const waitMs of [requestTimeout, headersTimeout, keepAliveTimeout]) {
      expect(waitMs).toBeGreaterThan(0);
      expect(waitMs).toBeLessThanOrEqual(75_000);
    }
  });

  test("an address that cannot be decoded is a problem too", async () => {
    const reply = await cloud().app.inject({ url: "/%zz" });
    expect(Problem.parse(reply.json())).toMatchObject({ status: 400 });
  });

  test.each(["POST", "PUT", "DELETE"] as const)("%s where nothing is answers the same", async (method) => {
    const reply = await cloud().app.inject({ method, url: "/api/v1/nothing" });
    expect(Problem.parse(reply.json()).code).toBe("NOT_FOUND");
  });

  test("when the database is gone, callers are told to come back, and readiness says no", async () => {
    const cookie = await cloud().signIn("nurse");
    const failing = breakDatabase(cloud(), Object.assign(new Error("gone"), { code: "ECONNREFUSED" }));
    const reply = await cloud().app.inject({ url: "/api/v1/hospitals", headers: { cookie } });
    const ready = await cloud().app.inject({ url: "/readyz" });
    const alive = await cloud().app.inject({ url: "/healthz" });
    failing.mend();
    expect(reply.json()).toMatchObject({ status: 503, code: "DATABASE_UNAVAILABLE" });
    expect(reply.headers["retry-after"]).toBe("5");
    expect([ready.statusCode, alive.statusCode]).toEqual([503, 200]);
  });

  test("a bug reaches the log, and of it the client gets an id only", async () => {
    const cookie = await cloud().signIn("nurse");
    const failing = breakDatabase(cloud(), new Error("password=hunter2"));
    const reply = await cloud().app.inject({ url: "/api/v1/hospitals", headers: { cookie } });
    failing.mend();
    const { code, instance } = Problem.parse(reply.json());
    expect(code).toBe("INTERNAL");
    expect(reply.body).not.toContain("hunter2");
    expect(cloud().logged.join()).toContain(instance.replace("urn:hospitell:request:", ""));
  });

  test.each([
    ["/api/v1/requests", 500],
    ["/api/v1/bookings", 200],
    ["/api/v1/transfers", 500],
    ["/api/v1/cleaning-tasks", 500],
    ["/api/v1/conflicts", 500],
    ["/api/v1/beds/{bedId}/declarations", 100],
    ["/api/v1/webhooks", 100],
  ])("the API's description says that %s lists at most %i", async (path, countMax) => {
    const { body } = await cloud().get("/api/openapi.json", await cloud().signIn("nurse"));
    const { paths } = Object(body);
    expect(paths[path].get.description).toMatch(new RegExp(`\\bat most ${countMax}\\b`, "i"));
  });

  test("the API's description is valid OpenAPI 3.1, and lists the guarded routes and no other", async () => {
    const { body } = await cloud().get("/api/openapi.json", await cloud().signIn("nurse"));
    const described = await validate(structuredClone(Object(body)));
    expect(described).toMatchObject({ valid: true });
    const { openapi, paths } = Object(body);
    expect(openapi).toBe("3.1.0");
    const listed = Object.entries(Object(paths)).flatMap(([path, methods]) =>
      Object.keys(Object(methods)).map(
        (method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`,
      ),
    );
    const hidden = ["GET /api/v1/live"];
    const health = ["GET /healthz", "GET /readyz"];
    const guarded = Object.entries<Rule>(RULES).flatMap(([name, rule]) => (rule.open ? [] : [name]));
    expect(listed.sort()).toEqual([...guarded.filter((name) => !hidden.includes(name)), ...health].sort());
  });

  test("each described operation names its credential and its problems", async () => {
    const { body } = await cloud().get("/api/openapi.json", await cloud().signIn("nurse"));
    const { paths, components } = Object(body);
    const sync = paths["/api/v1/sync/batches"].post;
    expect(sync.security).toEqual([{ gatewayKey: [] }]);
    expect(Object.keys(sync.responses).sort()).toEqual(["200", "409", "4XX", "5XX"]);
    expect(paths["/api/v1/beds"].get.security).toEqual([{ session: [] }]);
    expect(Object.keys(components.securitySchemes)).toEqual(["session", "gatewayKey"]);
    expect(Object.keys(components.schemas)).toEqual(
      expect.arrayContaining(["BedView", "Problem", "SyncReply"]),
    );
  });

  test("browsers are told to load our own files only, and to frame us nowhere", async () => {
    const { headers } = await cloud().app.inject({ url: "/healthz" });
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:/);
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "strict-origin",
    });
  });

  test("an unbuilt web app says what to do", async () => {
    const reply = await cloud().app.inject({ url: "/" });
    expect(reply.json()).toMatchObject({ status: 503, code: "SHELL_NOT_BUILT" });
    expect(reply.json().detail).toContain("npm run build:web");
  });

  test("the web app's addresses all lead to its start page; its files are served as they are", async () => {
    const directory = cloud().shellDirectory;
    mkdirSync(join(directory, "assets"));
    writeFileSync(join(directory, "index.html"), "<!doctype html><title>start</title>");
    writeFileSync(join(directory, "assets", "app-1a2b.js"), "1;");
    for (const url of ["/", "/beds/bed-1", "/hospitals"]) {
      const page = await cloud().app.inject({ url });
      expect(page.body).toContain("start");
      expect(page.headers["content-type"]).toContain("text/html");
      expect(page.headers["cache-control"]).toBe("public, max-age=0");
    }
    const asset = await cloud().app.inject({ url: "/assets/app-1a2b.js" });
    expect(asset.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    for (const url of [
      "/assets/gone.js",
      "/favicon.ico",
      "/%2e%2e/package.json",
      "/..%2fpackage.json",
      "/.env",
    ])
      expect((await cloud().app.inject({ url })).json(), url).toMatchObject({ status: 404 });
  });

  test("where the metrics' port is taken, the service's own is not kept either", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = new URL(localUrl(taken));
    const ports = { http: { host: "127.0.0.1", port: 0 }, metrics: { port: Number(port) } };
    await expect(listen(cloud(), ports)).rejects.toThrow(
      `/metrics was to listen on 127.0.0.1:${port}, but another`,
    );
    expect(cloud().app.server.listening).toBe(false);
    taken.close();
  });

  test("metrics count records by lane and what became of them, with zeros shown", async () => {
    await cloud().sync(batch([...freeBed("bed-1"), {}]));
    await cloud().sync(batch([...freeBed("bed-1"), {}]));
    const server = cloud().metricsServer.listen(0, "127.0.0.1");
    await once(server, "listening");
    const text = await (await fetch(`${localUrl(server)}/metrics`)).text();
    const missing = await fetch(`${localUrl(server)}/`);
    server.close();
    expect(missing.status).toBe(404);
    for (const line of [
      'hospitell_ingest_records_total{lane="beds",outcome="stored"} 6',
      'hospitell_ingest_records_total{lane="beds",outcome="duplicate"} 7',
      'hospitell_ingest_records_total{lane="beds",outcome="parked"} 1',
      'hospitell_ingest_records_total{lane="vitals",outcome="stored"} 0',
      "hospitell_live_clients 0",
      "hospitell_outbox_lag_rows 6",
      'hospitell_beds{state="available"} 0',
    ])
      expect(text).toContain(line);
    expect(text).toMatch(
      /http_request_duration_seconds_count\{method="POST",route="\/api\/v1\/sync\/batches",status="200"\} 2/,
    );
  });
});

/** Every query fails from here on, as it would without the database. */
function breakDatabase({ db }: TestCloud, error: Error): { mend(): void } {
  const executor = db.getExecutor();
  const { provideConnection } = executor;
  executor.provideConnection = () => Promise.reject(error);
  return {
    mend() {
      executor.provideConnection = provideConnection;
    },
  };
}

describe("problems", () => {
  test.each(Object.keys(PROBLEMS) as (keyof typeof PROBLEMS)[])("%s has all its parts", (code) => {
    const problem = problemOf(new CloudError(code, "why"), "id");
    expect(Problem.parse(problem)).toEqual(problem);
    expect(problem.hint).toMatch(/\.$/);
  });

  test("an extension cannot take the place of a part", () => {
    const problem = problemOf(new CloudError("SYNC_GAP", "why", { expectedSeq: 7, status: 200 }), "id");
    expect(problem).toMatchObject({ expectedSeq: 7, status: 409 });
  });

  test.each([
    [new Error("boom"), "INTERNAL"],
    ["not even an error", "INTERNAL"],
    [Object.assign(new Error("duplicate key"), { code: "23505" }), "INTERNAL"],
    [Object.assign(new Error("deadlock"), { code: "40P01" }), "DATABASE_UNAVAILABLE"],
    [Object.assign(new Error("shutting down"), { code: "57P01" }), "DATABASE_UNAVAILABLE"],
    [new Error("timeout exceeded when trying to connect"), "DATABASE_UNAVAILABLE"],
  ])("%s is understood as %s", (error, code) => {
    expect(understandError(error).code).toBe(code);
  });
});
