import { describe, expect, onTestFinished, test } from "vitest";
import { FINDING_KINDS } from "../../../contracts/wire/bed-event.ts";
import { Problem } from "../../../contracts/wire/board.ts";
import { GatewayStatus, QuarantineList } from "../../../contracts/wire/gateway-status.ts";
import { GatewayId } from "../../../contracts/wire/ids.ts";
import { BadReason } from "../../../contracts/wire/reading.ts";
import { UNREADABLE_REASONS } from "../../../devices/decoded.ts";
import { buildConsole, startConsole } from "../../../gateway/console/console.ts";
import { QUARANTINE_SHOWN_MAX, readQuarantine } from "../../../gateway/console/quarantine.ts";
import { SignIn } from "../../../gateway/console/sign-in.ts";
import { readStatus } from "../../../gateway/console/status.ts";
import { createMetrics } from "../../../gateway/health/metrics.ts";
import { ProblemCounts } from "../../../gateway/ingest/problem-counts.ts";
import { QUARANTINE_RAW_BYTES_MAX, QUARANTINE_ROWS_MAX } from "../../../gateway/journal/journal.ts";
import { CloudLink } from "../../../gateway/sync/cloud-link.ts";
import { LinkBook } from "../../../gateway/transport/link-book.ts";
import { RADICAL_7_LINE, XY_MD02_REPLY_WORDS } from "../../fixtures/golden.ts";
import { line, pack, registers } from "../../support/messages.ts";
import { at, HandClock } from "../../support/moments.ts";
import { BED_DEVICE, topology } from "../../support/wards.ts";
import { WiredGateway } from "../../support/wired-gateway.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const OWN = { host: "gateway:8180", origin: "http://gateway:8180" };

/** A console over a gateway that heard each of its devices once, and one of them badly. */
async function openConsole() {
  const north = new WiredGateway(topology());
  const clock = new HandClock();
  const strangers = new ProblemCounts();
  const links = new LinkBook(clock);
  links.tell("mqtt 127.0.0.1:1883", {
    kind: "mqtt",
    running: "running",
    state: "listening",
    detail: "1 of its devices",
  });
  north.hears(
    pack(at(0), [
      { n: "occupancy", vb: true },
      { n: "load", u: "kg", v: 5_000 },
      { n: "mood", v: 1 },
    ]),
    registers(at(0), XY_MD02_REPLY_WORDS),
    line(at(0), new TextDecoder().decode(RADICAL_7_LINE)),
  );
  strangers.count("unknown-device", "bed-99 connected", at(0).atMs);
  const { journal, ward, book } = north;
  const status = () =>
    readStatus({
      gatewayId: GatewayId.parse("gw-north"),
      cloudUrl: "http://127.0.0.1:8080",
      startedAtMs: at(0).atMs,
      clock,
      topology: north.topology,
      journal,
      ward,
      book,
      links,
      cloudLink: new CloudLink(),
      strangers,
      parkedCount: () => 0,
    });
  const signIn = new SignIn(() => clock.now().atMs);
  const ready = { is: true };
  const parts = { signIn, status, quarantine: () => readQuarantine(journal), isReady: () => ready.is };
  const app = await buildConsole(parts);
  onTestFinished(() => app.close());
  const redeem = (token: string, headers: Record<string, string> = OWN) =>
    app.inject({
      method: "POST",
      url: "/sign-in",
      headers: { ...FORM, ...headers },
      payload: `token=${token}`,
    });
  const signedIn = async () => {
    const [cookie] = (await redeem(signIn.newLinkToken())).cookies;
    return { cookie: `${cookie?.name}=${cookie?.value}`, ...OWN };
  };
  return { app, parts, signIn, redeem, signedIn, clock, ready, status, north };
}

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
      problems: [{ reason: "unknown-metric" }, { reason: "out-of-range" }],
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

  test("signs out", async () => {
    const { app, signedIn } = await openConsole();
    const headers = await signedIn();
    expect((await app.inject({ method: "DELETE", url: "/api/v1/session", headers })).statusCode).toBe(204);
    expect((await app.inject({ url: "/api/v1/status", headers })).statusCode).toBe(401);
  });
});

describe("the figures for Prometheus", () => {
  test("are those of the status page", async () => {
    const { status } = await openConsole();
    const text = await createMetrics(status).metrics();
    expect(text).toContain('hospitell_gateway_lane_queued{lane="beds"} 3');
    expect(text).toContain(`hospitell_gateway_device_readings{device="${BED_DEVICE}"} 2`);
    expect(text).toContain(`hospitell_gateway_device_bad_readings{device="${BED_DEVICE}"} 1`);
    expect(text).toContain('hospitell_gateway_device_problems{device="",reason="unknown-device"} 1');
    expect(text).toContain("hospitell_gateway_cloud_connected 0");
    expect(text).toContain("hospitell_gateway_quarantined_ever 1");
    const link = 'link="mqtt 127.0.0.1:1883",kind="mqtt"';
    expect(text).toContain(`hospitell_gateway_link_state{${link},state="listening"} 1`);
    expect(text).toContain(`hospitell_gateway_link_state{${link},state="down"} 0`);
    expect(text).toContain(`hospitell_gateway_link_reconnects{${link}} 0`);
  });

  test("count every reason of a decoder from the start, at zero where nothing of it came", async () => {
    const { status } = await openConsole();
    const text = await createMetrics(status).metrics();
    for (const reason of [...UNREADABLE_REASONS, ...BadReason.options]) {
      const came = reason === "unknown-metric" || reason === "out-of-range" ? 1 : 0;
      expect(text).toContain(`hospitell_gateway_problems{reason="${reason}"} ${came}`);
    }
    for (const kind of FINDING_KINDS)
      expect(text).toContain(`hospitell_gateway_sensor_findings{kind="${kind}"} 0`);
  });

  test("do not grow with the number of reasons that a stranger makes up", async () => {
    const { status } = await openConsole();
    const now = status();
    const lastAt = now.now;
    const problems = Array.from({ length: 5_000 }, (_, index) => ({
      reason: `made-up-${index}`,
      count: 1,
      lastAt,
      detail: "",
    }));
    const text = await createMetrics(() => ({ ...now, problems })).metrics();
    expect(text.match(/^hospitell_gateway_problems\{/gm)?.length).toBeLessThanOrEqual(101);
    const others = Number(/^hospitell_gateway_problems\{reason="other"\} (\d+)$/m.exec(text)?.[1]);
    expect(others).toBeGreaterThan(4_900);
  });
});

describe("what could not be read", () => {
  const PACK = '[{"bn":"Jane Doe\\u202e","n":"mood","v":"<b>blue</b>"}]';

  /** The console on a port of its own, spoken to as a browser does. */
  async function listening() {
    const opened = await openConsole();
    const console = await startConsole(opened.parts, "127.0.0.1", 0);
    onTestFinished(() => console.close());
    const url = `http://127.0.0.1:${console.port}`;
    const body = new URLSearchParams({ token: opened.signIn.newLinkToken() });
    const answer = await fetch(`${url}/sign-in`, { method: "POST", body, redirect: "manual" });
    const cookie = (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    return {
      ...opened,
      url,
      ask: (headers: Record<string, string>) => fetch(`${url}/api/v1/quarantine`, { headers }),
      cookie,
    };
  }

  test("is for who is signed in, byte for byte, newest first, and kept by no cache", async () => {
    const { north, ask, cookie } = await listening();
    north.hears(pack(at(1), PACK));
    const answer = await ask({ cookie });
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const list = QuarantineList.parse(await answer.json());
    expect([list.kept, list.keptMax, list.entries.length]).toEqual([2, QUARANTINE_ROWS_MAX, 2]);
    const [newest] = list.entries;
    expect(newest).toMatchObject({ deviceId: BED_DEVICE, id: 2, bytes: PACK.length });
    expect(newest?.receivedAt).toBe(new Date(at(1).atMs).toISOString());
    expect(Buffer.from(newest?.raw ?? "", "base64").toString()).toBe(PACK);
  });

  test.each([{}, { cookie: "hospitell-console=guess" }])("is not for anybody else (%o)", async (headers) => {
    const { north, ask } = await listening();
    north.hears(pack(at(1), PACK));
    const answer = await ask(headers as Record<string, string>);
    const text = await answer.text();
    expect(answer.status).toBe(401);
    expect(Problem.parse(JSON.parse(text)).code).toBe("SIGNED_OUT");
    expect(text).not.toContain("raw");
  });

  test("ends with the session", async () => {
    const { url, ask, cookie } = await listening();
    expect((await ask({ cookie })).status).toBe(200);
    await fetch(`${url}/api/v1/session`, { method: "DELETE", headers: { cookie } });
    expect((await ask({ cookie })).status).toBe(401);
  });

  test("is answered in a bounded number of its newest, however much is kept", async () => {
    const { north, ask, cookie } = await listening();
    for (let round = 0; round < 3; round++)
      north.hears(...Array.from({ length: 400 }, () => pack(at(1), PACK.repeat(200))));
    const answer = await ask({ cookie });
    const text = await answer.text();
    const list = QuarantineList.parse(JSON.parse(text));
    expect([list.entries.length, list.kept, list.entries[0]?.id]).toEqual([
      QUARANTINE_SHOWN_MAX,
      QUARANTINE_ROWS_MAX,
      1_201,
    ]);
    expect(list.entries[0]?.bytes).toBe(PACK.length * 200);
    expect(Buffer.from(list.entries[0]?.raw ?? "", "base64").byteLength).toBe(QUARANTINE_RAW_BYTES_MAX);
    expect(text.length).toBeLessThan(600 * 1024);
  });

  test("stands in no metric and not in the status", async () => {
    const { north, status } = await openConsole();
    north.hears(pack(at(1), '{"patient":"Jane Doe"}'), pack(at(1), "Jane Doe"));
    expect(status().journal.quarantinedEver).toBe(3);
    expect(JSON.stringify(status())).not.toContain("Jane Doe");
    expect(await createMetrics(status).metrics()).not.toContain("Jane Doe");
  });
});
