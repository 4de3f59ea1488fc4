/** Sends one message to one receiver, and says how it answered. Redirects are not followed: the address was checked. */
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { lookupFor, requireAddress } from "./address.ts";

/** From the first byte of the lookup to the head of the answer. */
export const ANSWER_MS_MAX = 10_000;

export type Answered = {
  /** Null: there was no answer. */
  readonly status: number | null;
  readonly error: string | null;
  readonly retryAfter: string | null;
};

export type Post = {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly allowPrivate: boolean;
  readonly answerMsMax?: number;
  readonly signal: AbortSignal;
};

/** Never rejects. The body of the answer is not read. */
export function post({ url, body, headers, allowPrivate, answerMsMax, signal }: Post): Promise<Answered> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const done = (answered: Answered) => {
      clearTimeout(timer);
      resolve(answered);
    };
    const failed = (error: unknown) =>
      done({ status: null, error: error instanceof Error ? wordsOf(error) : "unknown", retryAfter: null });
    try {
      const to = new URL(url);
      requireAddress(to, allowPrivate);
      const send = to.protocol === "https:" ? requestHttps : requestHttp;
      const request = send(to, {
        method: "POST",
        lookup: lookupFor(allowPrivate),
        // Each its own connection: no answer of one is taken for another's.
        agent: false,
        signal,
        headers: {
          ...headers,
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          "user-agent": "hospitell-webhooks",
        },
      });
      const msMax = answerMsMax ?? ANSWER_MS_MAX;
      timer = setTimeout(() => request.destroy(new Error(`no answer within ${msMax} ms`)), msMax);
      request.on("error", failed);
      request.on("response", (response) => {
        const { statusCode = null, headers: told } = response;
        response.on("error", () => undefined);
        response.destroy();
        done({ status: statusCode, error: null, retryAfter: told["retry-after"] ?? null });
      });
      request.end(body);
    } catch (error) {
      failed(error);
    }
  });
}

/** Where several addresses were tried, the outer error says nothing. */
function wordsOf(error: Error): string {
  const inner =
    error instanceof AggregateError ? error.errors.find((one) => one instanceof Error) : undefined;
  return (inner instanceof Error ? inner.message : error.message).slice(0, 200);
}
