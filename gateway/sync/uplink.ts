/** One request to the cloud and what it means; the link hears of each how it went. */
import { gzipSync } from "node:zlib";
import * as z from "zod";
import { AtMs, type Lane } from "../../contracts/wire/ids.ts";
import { type Cosignature, LogReply } from "../../contracts/wire/log-sync.ts";
import { type Heartbeat, HeartbeatReply, SYNC_BATCH_TYPE, SyncReply } from "../../contracts/wire/sync.ts";
import type { Clock } from "../moment.ts";
import type { CloudLink } from "./cloud-link.ts";
import type { Channel } from "./link-pace.ts";
import { type Answer, type Failure, parseJson, understandAnswer } from "./understand-answer.ts";
import { type LogFailure, understandLogAnswer } from "./understand-log-answer.ts";

type Stored<Reply> = { readonly kind: "stored"; readonly reply: Reply };
export type SendResult<Reply> = Stored<Reply> | Failure;
export type LogSendResult<Reply = LogReply> = Stored<Reply> | LogFailure;

export type Uplink = {
  /** `body`: compressed, as the journal made it. */
  sendBatch(lane: Lane, body: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<SendResult<SyncReply>>;
  sendHeartbeat(
    heartbeat: Omit<Heartbeat, "sentAtMs">,
    signal: AbortSignal,
  ): Promise<SendResult<HeartbeatReply>>;
  /** `body`: compressed, as the journal made it. */
  sendLog(body: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<LogSendResult>;
  sendCosignature(
    cosignature: Cosignature,
    signal: AbortSignal,
  ): Promise<LogSendResult<z.infer<typeof Taken>>>;
};

const Taken = z.object({ serverTimeMs: AtMs });

const REQUEST_TIMEOUT_MS = 15_000;

type Request = {
  readonly channel: Channel;
  readonly path: string;
  readonly type: string;
  /** Compressed. */
  readonly body: Uint8Array<ArrayBuffer>;
};

export function createUplink(parts: { url: string; key: string; clock: Clock; link: CloudLink }): Uplink {
  const { url, key, clock, link } = parts;

  const post = async <Reply extends { serverTimeMs: number }, Failed>(
    { channel, path, type, body }: Request,
    schema: z.ZodType<Reply>,
    understand: (answer: Answer, nowMs: number) => Failed,
    signal: AbortSignal,
  ): Promise<Stored<Reply> | Failed | Failure> => {
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
    if (!ok) return understand({ status, retryAfter: headers.get("retry-after"), text }, received.atMs);
    const reply = schema.safeParse(parseJson(text));
    if (!reply.success) return { kind: "retry", reason: "the cloud's answer cannot be read", afterMs: null };
    link.answered(channel, reply.data.serverTimeMs, sent, received);
    return { kind: "stored", reply: reply.data };
  };

  const attempt = async <Reply extends { serverTimeMs: number }, Failed extends LogFailure = Failure>(
    request: Request,
    schema: z.ZodType<Reply>,
    understand: (answer: Answer, nowMs: number) => Failed,
    signal: AbortSignal,
  ): Promise<Stored<Reply> | Failed | Failure> => {
    const { channel } = request;
    let result: Stored<Reply> | Failed | Failure;
    try {
      result = await post(request, schema, understand, signal);
    } catch (error) {
      result = { kind: "retry", reason: `the cloud cannot be reached: ${causeOf(error)}`, afterMs: null };
    }
    if (result.kind === "retry") link.failed(channel, result.reason, result.afterMs);
    // Who refuses the log alone, such as a proxy that does not know its address, refuses no bed.
    else if (result.kind === "refused")
      link.refused(channel, result.reason, channel === "log" ? "alone" : result.scope);
    else if (result.kind !== "stored") link.understood(channel);
    return result;
  };

  const json = (channel: Channel, path: string, content: object): Request => {
    const body = new Uint8Array(gzipSync(JSON.stringify(content), { level: 1 }));
    return { channel, path, type: "application/json", body };
  };

  return {
    sendBatch(lane, body, signal) {
      const request = { channel: lane, path: "/api/v1/sync/batches", type: SYNC_BATCH_TYPE, body };
      return attempt(request, SyncReply, understandAnswer, signal);
    },
    sendHeartbeat(heartbeat, signal) {
      const content = { ...heartbeat, sentAtMs: clock.now().atMs };
      const request = json("heartbeat", "/api/v1/sync/heartbeats", content);
      return attempt(request, HeartbeatReply, understandAnswer, signal);
    },
    sendLog(body, signal) {
      const request = { channel: "log", path: "/api/v1/sync/log", type: "application/json", body } as const;
      return attempt(request, LogReply, understandLogAnswer, signal);
    },
    sendCosignature: (cosignature, signal) =>
      attempt(json("log", "/api/v1/sync/cosignatures", cosignature), Taken, understandLogAnswer, signal),
  };
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return (cause as NodeJS.ErrnoException).code ?? cause.message;
}
