/** A change asked of the cloud: sent once, its answer parsed at the door, its refusal told as the cloud told it. */
import type * as z from "zod";
import { Problem } from "../wire/board.ts";

/** Why a change was not made. `unknown-outcome`: no answer came; sending it again under the same key is safe. */
export type SendFailure =
  | { readonly kind: "unknown-outcome" }
  | { readonly kind: "signed-out" }
  | { readonly kind: "unreadable" }
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly code: string;
      readonly detail: string;
      readonly hint: string;
      /** All members, those beyond RFC 9457's too. */
      readonly problem: unknown;
    };

export class SendError extends Error {
  readonly failure: SendFailure;
  constructor(failure: SendFailure) {
    super(`could not send: ${failure.kind}`);
    this.failure = failure;
  }
}

const ANSWER_MS_MAX = 10_000;

export type Change = {
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: string;
  readonly body?: unknown;
  /** For what creates something. */
  readonly key?: string;
  /** The version that the person has seen. */
  readonly version?: number;
};

/** Throws a SendError and nothing else. */
export async function sendJson<T>(schema: z.ZodType<T>, change: Change): Promise<T> {
  const { method, url, body, key, version } = change;
  const response = await fetch(url, {
    method,
    headers: {
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
      ...(version === undefined ? {} : { "if-match": `"${version}"` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  }).catch(() => {
    throw new SendError({ kind: "unknown-outcome" });
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.status === 401) throw new SendError({ kind: "signed-out" });
  if (!response.ok) throw new SendError(refusalOf(response.status, answer));
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw new SendError({ kind: "unreadable" });
  return parsed.data;
}

export function refusalOf(status: number, answer: unknown): SendFailure {
  // A gateway in between that gave up says nothing of what the cloud did.
  if (status >= 502 && status <= 504) return { kind: "unknown-outcome" };
  const problem = Problem.partial().safeParse(answer).data;
  return {
    kind: "refused",
    status,
    code: problem?.code ?? "UNKNOWN",
    detail: problem?.detail ?? "No reason was given.",
    hint: problem?.hint ?? "",
    problem: answer,
  };
}

/** What a person reads, and what they can do. */
export function sendFailureWords(failure: SendFailure): string {
  switch (failure.kind) {
    case "unknown-outcome":
      return "No answer came, so it is not known whether it was done. Try again: it is done once at the most.";
    case "signed-out":
      return "You are signed out, nothing was done. Open a new sign-in link.";
    case "unreadable":
      return "The service answered what this page cannot read. Load the page again and look at what stands.";
    case "refused":
      return `${failure.detail} ${failure.hint}`.trim();
  }
}
