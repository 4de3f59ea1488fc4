/**
 * One request to the cloud and what it means. The place that failed knows best, so the class of failure is decided here
 * and the loops read the class, never the message.
 */
import { gzipSync } from "node:zlib";
import * as z from "zod";
import { type Heartbeat, HeartbeatReply, type SyncBatch, SyncReply } from "../../contracts/wire/sync.ts";
import type { Clock } from "../moment.ts";
import type { Channel, CloudLink } from "./cloud-link.ts";

export type SendResult<Reply> =
  | { readonly kind: "stored"; readonly reply: Reply }
  /** The cloud expects another sequence number: it has more, or less, than this gateway thought. */
  | { readonly kind: "gap"; readonly expectedSeq: number }
  | { readonly kind: "retry"; readonly reason: string; readonly afterMs: number | null }
  /** Asking again will not help until somebody changes something: a wrong key, a batch the cloud cannot read. */
  | { readonly kind: "refused"; readonly reason: string };

export type Uplink = {
  /** `recordsJson`: the records as they stand in the journal, already JSON. */
  sendBatch(
    envelope: Omit<SyncBatch, "records" | "sentAtMs">,
    recordsJson: readonly string[],
    signal: AbortSignal,
  ): Promise<SendResult<SyncReply>>;
  sendHeartbeat(
    heartbeat: Omit<Heartbeat, "sentAtMs">,
    signal: AbortSignal,
  ): Promise<SendResult<HeartbeatReply>>;
};

const REQUEST_TIMEOUT_MS = 15_000;
/** Below this, compressing costs more than it saves. */
const GZIP_FROM_BYTES = 1_024;

const Gap = z.object({ code: z.literal("SYNC_GAP"), expectedSeq: z.int().min(1) });
const ProblemText = z.object({ code: z.string(), detail: z.string() });

export function createUplink(parts: { url: string; key: string; clock: Clock; link: CloudLink }): Uplink {
  const { url, key, clock, link } = parts;

  const post = async <Reply extends { serverTimeMs: number }>(
    channel: Channel,
    path: string,
    body: string,
    schema: z.ZodType<Reply>,
    signal: AbortSignal,
  ): Promise<SendResult<Reply>> => {
    const isLarge = body.length >= GZIP_FROM_BYTES;
    const started = clock.now();
    const response = await fetch(new URL(path, url), {
      method: "POST",
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
        ...(isLarge ? { "content-encoding": "gzip" } : {}),
      },
      body: isLarge ? gzipSync(body, { level: 1 }) : body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
    const text = await response.text();
    if (!response.ok) return failureOf(response, text);
    const reply = schema.safeParse(parseJson(text));
    if (!reply.success) return { kind: "retry", reason: "the cloud's answer cannot be read", afterMs: null };
    link.answered(channel, reply.data.serverTimeMs, started, clock.now());
    return { kind: "stored", reply: reply.data };
  };

  const attempt = async <Reply>(
    channel: Channel,
    send: () => Promise<SendResult<Reply>>,
  ): Promise<SendResult<Reply>> => {
    let result: SendResult<Reply>;
    try {
      result = await send();
    } catch (error) {
      result = { kind: "retry", reason: `the cloud cannot be reached: ${causeOf(error)}`, afterMs: null };
    }
    if (result.kind === "retry" || result.kind === "refused")
      link.failed(channel, result.kind, result.reason);
    return result;
  };

  return {
    sendBatch(envelope, recordsJson, signal) {
      const head = JSON.stringify({ ...envelope, sentAtMs: clock.now().atMs });
      const body = `${head.slice(0, -1)},"records":[${recordsJson.join(",")}]}`;
      return attempt(envelope.lane, () =>
        post(envelope.lane, "/api/v1/sync/batches", body, SyncReply, signal),
      );
    },
    sendHeartbeat(heartbeat, signal) {
      const body = JSON.stringify({ ...heartbeat, sentAtMs: clock.now().atMs });
      return attempt("heartbeat", () =>
        post("heartbeat", "/api/v1/sync/heartbeats", body, HeartbeatReply, signal),
      );
    },
  };
}

function failureOf(response: Response, text: string): Exclude<SendResult<never>, { kind: "stored" }> {
  const json = parseJson(text);
  const gap = Gap.safeParse(json);
  if (gap.success) return { kind: "gap", expectedSeq: gap.data.expectedSeq };
  const problem = ProblemText.safeParse(json);
  const said = problem.success ? `${problem.data.code}: ${problem.data.detail}` : "no reason given";
  const reason = `the cloud answered ${response.status}, ${said}`;
  const isPassing = response.status >= 500 || response.status === 429 || response.status === 408;
  if (!isPassing) return { kind: "refused", reason };
  const retryAfterS = Number(response.headers.get("retry-after"));
  return { kind: "retry", reason, afterMs: retryAfterS > 0 ? retryAfterS * 1_000 : null };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  return (cause as NodeJS.ErrnoException).code ?? cause.message;
}
