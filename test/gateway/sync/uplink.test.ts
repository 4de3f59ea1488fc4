import { createServer, type ServerResponse } from "node:http";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { Epoch } from "../../../contracts/wire/ids.ts";
import { Heartbeat, SYNC_VERSION } from "../../../contracts/wire/sync.ts";
import { CloudLink } from "../../../gateway/sync/cloud-link.ts";
import { createUplink } from "../../../gateway/sync/uplink.ts";
import { listenOnLoopback } from "../../support/loopback.ts";
import { BEGIN_MS, HandClock } from "../../support/moments.ts";
import { identity } from "./small-chain.ts";

const KEY = "hk_secret";
const signal = new AbortController().signal;
const batch = new Uint8Array(gzipSync("records"));
const stored = {
  highWaterMarkSeq: 1,
  storedCount: 1,
  duplicateCount: 0,
  parked: [],
  serverTimeMs: BEGIN_MS + 3_000,
};

type Heard = {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
};

/** A gateway's uplink to a cloud that answers as told. */
async function openCloud(answer: (response: ServerResponse) => void) {
  const heard: Heard[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const body = gunzipSync(Buffer.concat(chunks)).toString();
      heard.push({ path: request.url ?? "", headers: request.headers, body });
      answer(response);
    });
  });
  server.on("connection", () => {
    connections += 1;
  });
  const port = await listenOnLoopback(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const clock = new HandClock();
  const link = new CloudLink({ clock, random: () => 0, pause: async () => undefined });
  const uplink = createUplink({ url: `http://127.0.0.1:${port}`, key: KEY, clock, link });
  return { uplink, link, heard, connections: () => connections };
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(JSON.stringify(body));
const problem = (code: string, more = {}) => ({ code, detail: "Said so.", hint: "Do this.", ...more });

test("a batch goes as the journal made it, and the reply comes back", async () => {
  const { uplink, link, heard } = await openCloud(json(200, stored));
  expect(await uplink.sendBatch("vitals", batch, signal)).toEqual({ kind: "stored", reply: stored });
  expect(heard[0]).toMatchObject({
    path: "/api/v1/sync/batches",
    headers: {
      authorization: `Bearer ${KEY}`,
      "content-type": "application/x-msgpack",
      "content-encoding": "gzip",
    },
    body: "records",
  });
  expect(link.state).toEqual({
    state: "connected",
    lastReplyAtMs: BEGIN_MS,
    lastError: null,
    clockOffsetMs: 3_000,
    clockUncertaintyMs: 0,
  });
});

test("a heartbeat goes as JSON, with the time it was sent at", async () => {
  const { uplink, heard } = await openCloud(json(200, { serverTimeMs: BEGIN_MS, bedsBehind: false }));
  const heartbeat: Omit<Heartbeat, "sentAtMs"> = {
    ...identity,
    version: SYNC_VERSION,
    epoch: Epoch.parse("0123456789abcdef"),
    bedsHeadSeq: 7,
    sources: [],
  };
  await uplink.sendHeartbeat(heartbeat, signal);
  expect(heard[0]?.path).toBe("/api/v1/sync/heartbeats");
  expect(Heartbeat.parse(JSON.parse(heard[0]?.body ?? ""))).toEqual({ ...heartbeat, sentAtMs: BEGIN_MS });
});

test("a connection carries batch after batch", async () => {
  const { uplink, connections } = await openCloud(json(200, stored));
  for (let left = 10; left > 0; left--) await uplink.sendBatch("vitals", batch, signal);
  // The first may not be free again when the second is asked for.
  expect(connections()).toBeLessThanOrEqual(2);
});

describe("what the cloud answers, and how the link stands then", () => {
  test.each<[string, (response: ServerResponse) => void, string, object]>([
    ["a gap", json(409, problem("SYNC_GAP", { expectedSeq: 7 })), "not-yet", { kind: "gap", expectedSeq: 7 }],
    [
      "another record under the same number",
      json(409, problem("SYNC_EQUIVOCATION")),
      "refused",
      {
        kind: "refused",
        scope: "all",
        reason: "the cloud answered 409, SYNC_EQUIVOCATION: Said so. Do this.",
      },
    ],
    [
      "that it is busy, and until when",
      json(429, problem("BUSY"), { "retry-after": "7" }),
      "retrying",
      { kind: "retry", afterMs: 7_000 },
    ],
    [
      "something that is not the cloud",
      (response) => void response.end("<html>"),
      "retrying",
      { kind: "retry", reason: "the cloud's answer cannot be read" },
    ],
    ["a mark that is none", json(200, { ...stored, highWaterMarkSeq: -1 }), "retrying", { kind: "retry" }],
    [
      "nothing, and hangs up",
      (response) => void response.destroy(),
      "retrying",
      { kind: "retry", reason: expect.stringContaining("cannot be reached") },
    ],
  ])("%s", async (_name, answer, state, expected) => {
    const { uplink, link } = await openCloud(answer);
    const result = await uplink.sendBatch("vitals", batch, signal);
    expect(result).toMatchObject(expected);
    expect(link.state.state).toBe(state);
    expect(JSON.stringify([result, link.state])).not.toContain(KEY);
  });
});

test("a request under way ends when the gateway is told to", async () => {
  const stop = new AbortController();
  const { uplink } = await openCloud(() => stop.abort());
  await expect(uplink.sendBatch("vitals", batch, stop.signal)).resolves.toMatchObject({ kind: "retry" });
});
