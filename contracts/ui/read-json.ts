import type * as z from "zod";
import { Problem } from "../wire/board.ts";

/** Why an answer could not be had, by what the reader can do about it. */
export type ReadFailure =
  | { readonly kind: "unreachable" }
  | { readonly kind: "signed-out" }
  | { readonly kind: "denied"; readonly detail: string; readonly hint: string }
  | { readonly kind: "missing" }
  | { readonly kind: "failed"; readonly status: number; readonly detail: string }
  | { readonly kind: "unreadable" };

export class ReadError extends Error {
  readonly failure: ReadFailure;
  constructor(failure: ReadFailure) {
    super(`could not read: ${failure.kind}`);
    this.failure = failure;
  }
}

/** A server that takes longer is treated as gone; the next try is a new request. */
const ANSWER_MS_MAX = 10_000;

/** One GET, parsed by its schema at the door. Throws a ReadError and nothing else. */
export async function readJson<T>(schema: z.ZodType<T>, url: string, signal: AbortSignal): Promise<T> {
  const response = await answerOf(url, signal);
  const body = await bodyOf(response);
  if (!response.ok) throw new ReadError(failureOf(response.status, body));
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new ReadError({ kind: "unreadable" });
  return parsed.data;
}

async function answerOf(url: string, signal: AbortSignal): Promise<Response> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]);
    return await fetch(url, { signal: limit, headers: { accept: "application/json" } });
  } catch {
    throw new ReadError({ kind: "unreachable" });
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

export function failureOf(status: number, body: unknown): ReadFailure {
  if (status === 401) return { kind: "signed-out" };
  const problem = Problem.partial().safeParse(body).data;
  if (status === 403)
    return {
      kind: "denied",
      detail: problem?.detail ?? "Your role may not see this.",
      hint: problem?.hint ?? "Ask whoever runs this service for a sign-in with the role you need.",
    };
  if (status === 404) return { kind: "missing" };
  return { kind: "failed", status, detail: problem?.detail ?? "No reason was given." };
}
