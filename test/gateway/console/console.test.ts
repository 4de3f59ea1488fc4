import { describe, expect, test } from "vitest";
import { Problem } from "../../../contracts/wire/board.ts";
import { GatewayStatus } from "../../../contracts/wire/gateway-status.ts";
import { pack } from "../../support/messages.ts";
import { at } from "../../support/moments.ts";
import { OWN, openConsole } from "../../support/open-console.ts";
import { BED_DEVICE } from "../../support/wards.ts";

describe("who is not signed in", () => {
  test.each(["GET /api/v1/status", "GET /api/v1/quarantine", "DELETE /api/v1/session"] as const)(
    "gets nothing from %s but the reason",
    async (route) => {
      const { app } = await openConsole();
      const [method, url] = route.split(" ") as ["GET" | "DELETE", string];
      const answer = await app.inject({ method, url });
      expect(answer.statusCode).toBe(401);
      expect(Problem.parse(answer.json())).toMatchObject({ code: "SIGNED_OUT", status: 401, instance: url });
      expect(answer.headers["content-type"]).toContain("application/problem+json");
    },
  );

  test("learns that the gateway lives, and whether it is ready", async () => {
    const { app, ready } = await openConsole();
    expect((await app.inject("/healthz")).statusCode).toBe(200);
    expect((await app.inject("/readyz")).statusCode).toBe(200);
    ready.is = false;
    expect((await app.inject("/readyz")).statusCode).toBe(503);
  });

  test("is told what is not there", async () => {
    const { app } = await openConsole();
    const answer = await app.inject("/api/v1/nothing?secret=1");
    expect(Problem.parse(answer.json())).toMatchObject({ code: "NOT_FOUND", instance: "/api/v1/nothing" });
  });
});

describe("a sign-in link", () => {
  test("is not burnt by whoever looks at it first, and works once", async () => {
    const { app, signIn, redeem } = await openConsole();
    const token = signIn.newLinkToken();
    for (let look = 0; look < 2; look++)
      expect((await app.inject(`/sign-in?token=${token}`)).body).toContain(`value="${token}"`);
    const first = await redeem(token);
    expect([first.statusCode, first.headers.location]).toEqual([303, "/"]);
    expect(first.cookies[0]).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/" });
    expect((await redeem(token)).statusCode).toBe(401);
  });

  test("writes nothing into its page that is no token", async () => {
    const { app } = await openConsole();
    const answer = await app.inject(`/sign-in?token=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(answer.body).not.toContain("alert");
    expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
  });

  test("works from the gateway's own page alone, which tells where a form comes from", async () => {
    const { app, signIn, redeem } = await openConsole();
    const token = signIn.newLinkToken();
    for (const origin of ["http://elsewhere", "null", "nonsense"]) {
      const answer = await redeem(token, { ...OWN, origin });
      expect([origin, answer.statusCode, answer.json().code]).toEqual([origin, 403, "FOREIGN_ORIGIN"]);
    }
    // Under "no-referrer" browsers would send `Origin: null` with the page's own form.
    const page = await app.inject(`/sign-in?token=${token}`);
    expect(page.headers["referrer-policy"]).toMatch(/^(same-origin|strict-origin)$/);
    expect((await redeem(token)).statusCode).toBe(303);
  });

  test("cannot be guessed at leisure", async () => {
    const { redeem } = await openConsole();
    const codes: number[] = [];
    for (let guess = 0; guess < 21; guess++) codes.push((await redeem("guess")).statusCode);
    expect([codes[0], codes.at(-1)]).toEqual([401, 429]);
  });
});

describe("who is signed in", () => {
  test("reads the status as the contract has it", async () => {
    const { app, signedIn, status } = await openConsole();
    const answer = await app.inject({ url: "/api/v1/status", headers: await signedIn() });
    expect(answer.headers["cache-control"]).toBe("no-store");
    const read = GatewayStatus.parse(answer.json());
    expect(read).toEqual(JSON.parse(JSON.stringify(status())));
    expect(read.journal).toMatchObject({
      quarantined: 1,
      lanes: [{ lane: "beds", queued: 3 }, { queued: 5 }, { queued: 2 }],
    });
    expect(read.beds).toEqual([
      expect.objectContaining({ label: "1A", settling: "present", roomCondition: "out-of-limits" }),
    ]);
    expect(read.devices[0]).toMatchObject({
      deviceId: BED_DEVICE,
      freshness: "fresh",
      readings: 2,
      badReadings: 1,
      problems: [{ reason: "out-of-range" }, { reason: "unknown-metric" }],
      latest: [
        { metric: "occupancy", value: true },
        { metric: "load", quality: "bad" },
      ],
    });
    expect(read.problems).toEqual([expect.objectContaining({ reason: "unknown-device", count: 1 })]);
  });

  test("finds each device's connection among the connections", async () => {
    const { status } = await openConsole();
    const device = status().devices.find(({ deviceId }) => deviceId === BED_DEVICE);
    expect(status().links.map(({ linkId }) => linkId)).toContain(device?.linkId);
  });

  test("sees a device grow old", async () => {
    const { status, clock } = await openConsole();
    const freshness = () => status().devices.find(({ deviceId }) => deviceId === BED_DEVICE)?.freshness;
    const seen = [freshness()];
    for (const seconds of [16, 50]) {
      clock.pass(seconds);
      seen.push(freshness());
    }
    expect(seen).toEqual(["fresh", "late", "stale"]);
  });

  test("sees on whose word a bed stands, and when that word counts no more", async () => {
    const { status, clock } = await openConsole();
    const vote = { deviceId: BED_DEVICE, metric: "occupancy", weight: 1, vote: "present" };
    expect(status().beds[0]?.votes).toEqual([{ ...vote, isWeak: false, ageMs: 0, setAside: null }]);
    clock.pass(90);
    expect(status().beds[0]?.votes).toMatchObject([
      { ageMs: 90_000, setAside: expect.stringContaining("silent") },
    ]);
  });

  test("sees what a sensor is suspected of, with the readings that show it", async () => {
    const { app, signedIn, north } = await openConsole();
    for (let second = 1; second <= 11; second++)
      north.hears(pack(at(second), [{ n: "load", u: "kg", v: 5_000 + second }]));
    const answer = await app.inject({ url: "/api/v1/status", headers: await signedIn() });
    const [finding] = GatewayStatus.parse(answer.json()).beds[0]?.findings ?? [];
    expect(finding).toMatchObject({ deviceId: BED_DEVICE, metric: "load", kind: "implausible" });
    expect(finding?.evidence.at(-1)).toMatchObject({ metric: "load", unit: "kg", value: expect.any(Number) });
    expect(Date.parse(finding?.since ?? "")).toBeGreaterThanOrEqual(at(0).atMs);
  });

  test("signs out", async () => {
    const { app, signedIn } = await openConsole();
    const headers = await signedIn();
    expect((await app.inject({ method: "DELETE", url: "/api/v1/session", headers })).statusCode).toBe(204);
    expect((await app.inject({ url: "/api/v1/status", headers })).statusCode).toBe(401);
  });
});
