import { createServer, type ServerResponse } from "node:http";
import { gunzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { Epoch, GatewayId } from "../../../contracts/wire/ids.ts";
import { SyncBatch } from "../../../contracts/wire/sync.ts";
import { CloudLink } from "../../../gateway/sync/cloud-link.ts";
import { createUplink } from "../../../gateway/sync/uplink.ts";
import { listenOnLoopback } from "../../support/loopback.ts";
import { BEGIN_MS, HandClock } from "../../support/moments.ts";
import { aReading } from "../../support/records.ts";

const KEY = "hk_secret";
const signal = new AbortController().signal;
const envelope = {
  version: 1,
  gatewayId: GatewayId.parse("gw-north"),
  epoch: Epoch.parse("0123456789abcdef"),
  lane: "vitals",
  firstSeq: 1,
  missing: null,
} as const;
const stored = {
  highWaterMarkSeq: 1,
  storedCount: 1,
  duplicateCount: 0,
  parked: [],
  serverTimeMs: BEGIN_MS + 3_000,
};

type Heard = { path: string; authorization: string | undefined; encoding: string | undefined; body: string };

/** A gateway's uplink to a cloud that answers as told. */
async function openCloud(answer: (response: ServerResponse) => void) {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const bytes = Buffer.concat(chunks);
      const encoding = request.headers["content-encoding"];
      const { authorization } = request.headers;
      heard.push({
        path: request.url ?? "",
        authorization,
        encoding,
        body: String(encoding === "gzip" ? gunzipSync(bytes) : bytes),
      });
      answer(response);
    });
  });
  const port = await listenOnLoopback(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const link = new CloudLink();
  const uplink = createUplink({ url: `http://127.0.0.1:${port}`, key: KEY, clock: new HandClock(), link });
  return { uplink, link, heard };
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    void response
      .writeHead(status, { "content-type": "application/json", ...headers })
      .end(JSON.stringify(body));
const problem = (code: string, more = {}) => ({ code, detail: "said so", ...more });

test("a batch goes as one JSON text with its records as they stand in the journal, and the reply comes back", async () => {
  const { uplink, link, heard } = await openCloud(json(200, stored));
  const result = await uplink.sendBatch(envelope, [JSON.stringify(aReading())], signal);
  expect(result).toEqual({ kind: "stored", reply: stored });
  expect(heard[0]).toMatchObject({
    path: "/api/v1/sync/batches",
    authorization: `Bearer ${KEY}`,
    encoding: undefined,
  });
  expect(SyncBatch.parse(JSON.parse(heard[0]?.body ?? ""))).toEqual({
    ...envelope,
    records: [aReading()],
    sentAtMs: BEGIN_MS,
  });
  expect(link.state).toEqual({
    state: "connected",
    lastReplyAtMs: BEGIN_MS,
    lastError: null,
    clockOffsetMs: 3_000,
  });
});

test("a long batch is compressed", async () => {
  const { uplink, heard } = await openCloud(json(200, stored));
  await uplink.sendBatch(envelope, Array(20).fill(JSON.stringify(aReading())), signal);
  expect(heard[0]?.encoding).toBe("gzip");
  expect(SyncBatch.parse(JSON.parse(heard[0]?.body ?? "")).records).toHaveLength(20);
});

describe("what the cloud answers", () => {
  test.each<[string, (response: ServerResponse) => void, object]>([
    ["a gap", json(409, problem("SYNC_GAP", { expectedSeq: 7 })), { kind: "gap", expectedSeq: 7 }],
    ["that a newer journal took over", json(409, problem("SYNC_EPOCH_SUPERSEDED")), { kind: "refused" }],
    [
      "that the key is wrong",
      json(401, problem("UNAUTHENTICATED")),
      { kind: "refused", reason: "the cloud answered 401, UNAUTHENTICATED: said so" },
    ],
    [
      "that it is busy, and until when",
      json(429, problem("BUSY"), { "retry-after": "7" }),
      { kind: "retry", afterMs: 7_000 },
    ],
    [
      "that it is down",
      json(503, {}),
      { kind: "retry", afterMs: null, reason: "the cloud answered 503, no reason given" },
    ],
    [
      "something that is not the cloud",
      (response) => void response.end("<html>"),
      { kind: "retry", reason: "the cloud's answer cannot be read" },
    ],
    ["a mark that is none", json(200, { ...stored, highWaterMarkSeq: -1 }), { kind: "retry" }],
    [
      "nothing, and hangs up",
      (response) => void response.destroy(),
      { kind: "retry", reason: expect.stringContaining("cannot be reached") },
    ],
  ])("%s", async (_name, answer, expected) => {
    const { uplink, link } = await openCloud(answer);
    const result = await uplink.sendBatch(envelope, ["{}"], signal);
    expect(result).toMatchObject(expected);
    if (result.kind !== "gap")
      expect(link.state.state).toBe(result.kind === "retry" ? "retrying" : "refused");
    expect(JSON.stringify(result)).not.toContain(KEY);
  });
});

test("a request under way ends when the gateway is told to", async () => {
  const stop = new AbortController();
  const { uplink } = await openCloud(() => stop.abort());
  await expect(uplink.sendBatch(envelope, ["{}"], stop.signal)).resolves.toMatchObject({ kind: "retry" });
});
