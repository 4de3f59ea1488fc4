/** What an answer of the store means: which lines it refuses, and when the same ones are to be brought again. Pure. */
import { StoreTrouble } from "../series-store.ts";

export type Answered = {
  readonly status: number;
  /** What it said, cut to a bearable length; never an address, which may hold a password. */
  readonly message: string;
  readonly retryAfter: string | null;
};

/** The lines are at fault, and no repetition helps. */
export type LinesRefused = {
  readonly kind: "lines-refused";
  readonly reason: string;
  readonly droppedCount: number | null;
};

const REASON_CHARS_MAX = 300;
const RETRY_AFTER_MS_MAX = 300_000;

/** Its own limits, which somebody can raise: the lines are in order. */
const STORE_FULL =
  /max-series-per-database|max-values-per-tag|engine: cache-max-memory|no space left|disk full/;
const DROPPED = /dropped=(\d+)/;

const WHAT_TO_DO: Record<number, string> = {
  401: "Check INFLUXDB_USERNAME and INFLUXDB_PASSWORD, or INFLUXDB_TOKEN.",
  403: "Give the user or the token of the cloud the right to write and read.",
  404: "Check timeSeries.influxdb: its url, its api, and that its database, or org and bucket, exist.",
};

/** For every answer that is no success. */
export function judgeAnswer(
  { status, message, retryAfter }: Answered,
  nowMs: number,
): LinesRefused | StoreTrouble {
  const reason = shortened(message);
  if (STORE_FULL.test(message))
    return new StoreTrouble(
      "refused",
      `The store is at a limit of its own (${reason}). Raise it, or make room.`,
    );
  if (status === 400 || status === 413 || status === 422) {
    const dropped = DROPPED.exec(message)?.[1];
    return {
      kind: "lines-refused",
      reason: `${status}: ${reason}`,
      droppedCount: dropped === undefined ? null : Number(dropped),
    };
  }
  if (status === 429 || status >= 500)
    return new StoreTrouble(
      "busy",
      `The store answered ${status} (${reason}).`,
      retryAfterMs(retryAfter, nowMs),
    );
  const advice = WHAT_TO_DO[status] ?? "Check that timeSeries.influxdb.url is the store's own address.";
  return new StoreTrouble("refused", `The store answered ${status} (${reason}). ${advice}`);
}

/** Seconds or a date, as HTTP says; null for anything else. */
export function retryAfterMs(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), RETRY_AFTER_MS_MAX);
}

/** `{"error":"…"}` and `{"code":"…","message":"…"}` without their wrapping, on one line. */
function shortened(message: string): string {
  const text = /"(?:error|message)":\s*"((?:[^"\\]|\\.)*)"/.exec(message)?.[1] ?? message;
  return text.replace(/\s+/g, " ").trim().slice(0, REASON_CHARS_MAX) || "without a word";
}

/** No answer, or half of one. */
export function noAnswer(error: unknown): StoreTrouble {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const why = typeof code === "string" ? code : error instanceof Error ? error.message : "no reason given";
  return new StoreTrouble(
    "unreachable",
    `The store was to answer, but did not (${shortened(why)}).`,
    null,
    error,
  );
}
