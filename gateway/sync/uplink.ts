/** One request to the cloud and what it means; the link hears of each how it went. */
import { gzipSync } from "node:zlib";
import type * as z from "zod";
import type { Lane } from "../../contracts/wire/ids.ts";
import { type Heartbeat, HeartbeatReply, SYNC_BATCH_TYPE, SyncReply } from "../../contracts/wire/sync.ts";
import type { Clock } from "../moment.ts";
import type { CloudLink } from "./cloud-link.ts";
import type { Channel } from "./link-pace.ts";
import { type Failure, parseJson, understandAnswer } from "./understand-answer.ts";

export type SendResult<Reply> = { readonly kind: "stored"; readonly reply: Reply } | Failure;

export type Uplink = {
  /** `body`: compressed, as the journal made it. */
  sendBatch(lane: Lane, body: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<SendResult<SyncReply>>;
  sendHeartbeat(
    heartbeat: Omit<Heartbeat, "sentAtMs">,
    signal: AbortSignal,
  ): Promise<SendResult<HeartbeatReply>>;
};

const REQUEST_TIMEOUT_MS = 15_000;

type Request = {
  readonly path: string;
  readonly type: string;
  /** Compressed. */
  readonly body: Uint8Array<ArrayBuffer>;
};

export function createUplink(parts: { url: string; key: string; clock: Clock; link: CloudLink }): Uplink {
  const { url, key, clock, link } = parts;

  const post = async <Reply extends { serverTimeMs: number }>(
    channel: Channel,
    { path, type, body }: Request,
    schema: z.ZodType<Reply>,
    signal: AbortSignal,
  ): Promise<SendResult<Reply>> => {
    const sent = clock.now();
    const response = await fetch(new URL(path, url), {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": type, "content-encoding": "gzip" },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
    const text = await response.text();
    const { ok, status, headers } = response;
    const received = clock.now();
    if (!ok) return understandAnswer({ status, retryAfter: headers.get("retry-after"), text }, received.atMs);
    const reply = schema.safeParse(parseJson(text));
    if (!reply.success) return { kind: "retry", reason: "the cloud's answer cannot be read", afterMs: null };
    link.answered(channel, reply.data.serverTimeMs, sent, received);
    return { kind: "stored", reply: reply.data };
  };

  const attempt = async <Reply extends { serverTimeMs: number }>(
    channel: Channel,
    request: Request,
    schema: z.ZodType<Reply>,
    signal: AbortSignal,
  ): Promise<SendResult<Reply>> => {
    let result: SendResult<Reply>;
    try {
      result = await post(channel, request, schema, signal);
    } catch (error) {
      result = { kind: "retry", reason: `the cloud cannot be reached: ${causeOf(error)}`, afterMs: null };
    }
    if (result.kind === "retry") link.failed(channel, result.reason, result.afterMs);
    else if (result.kind === "refused") link.refused(channel, result.reason, result.scope);
    else if (result.kind !== "stored") link.understood(channel);
    return result;
  };

  return {
    sendBatch: (lane, body, signal) =>
      attempt(lane, { path: "/api/v1/sync/batches", type: SYNC_BATCH_TYPE, body }, SyncReply, signal),
    sendHeartbeat(heartbeat, signal) {
      const json = JSON.stringify({ ...heartbeat, sentAtMs: clock.now().atMs });
      const body = new Uint8Array(gzipSync(json, { level: 1 }));
      const request = { path: "/api/v1/sync/heartbeats", type: "application/json", body };
      return attempt("heartbeat", request, HeartbeatReply, signal);
    },
  };
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return (cause as NodeJS.ErrnoException).code ?? cause.message;
}
