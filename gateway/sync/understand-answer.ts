/** What an answer of the cloud that is no reply means. The class of failure is decided here and nowhere else. Pure. */
import * as z from "zod";

export type Failure =
  /** The cloud expects another sequence number: it has more, or less, than this gateway thought. */
  | { readonly kind: "gap"; readonly expectedSeq: number }
  | { readonly kind: "too-large"; readonly reason: string }
  | { readonly kind: "retry"; readonly reason: string; readonly afterMs: number | null }
  /**
   * Asking again will not help until somebody changes something. `alone`: a request that the cloud cannot read.
   * `all`: a wrong key, or a journal that is not the only one with its numbers.
   */
  | { readonly kind: "refused"; readonly scope: "alone" | "all"; readonly reason: string };

const Gap = z.object({ code: z.literal("SYNC_GAP"), expectedSeq: z.int().min(1) });
const ProblemText = z.object({ code: z.string(), detail: z.string(), hint: z.string().default("") });

/** Whoever goes on after one of these does harm. */
const STOPS_ALL: ReadonlySet<string> = new Set([
  "SYNC_EQUIVOCATION",
  "SYNC_SECOND_INSTANCE",
  "SYNC_EPOCH_SUPERSEDED",
]);

export type Answer = {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
};

export function understandAnswer({ status, retryAfter, text }: Answer, nowMs: number): Failure {
  const json = parseJson(text);
  const gap = Gap.safeParse(json);
  if (gap.success) return { kind: "gap", expectedSeq: gap.data.expectedSeq };
  const problem = ProblemText.safeParse(json).data;
  const said =
    problem === undefined ? "no reason given" : `${problem.code}: ${problem.detail} ${problem.hint}`.trim();
  const reason = `the cloud answered ${status}, ${said}`;
  if (status === 413) return { kind: "too-large", reason };
  if (status >= 500 || status === 429 || status === 408)
    return { kind: "retry", reason, afterMs: waitAskedMs(retryAfter, nowMs) };
  const stopsAll = status === 401 || status === 403 || STOPS_ALL.has(problem?.code ?? "");
  return { kind: "refused", scope: stopsAll ? "all" : "alone", reason };
}

/** `Retry-After` is a number of seconds or a date; null: neither, or it is past. */
export function waitAskedMs(retryAfter: string | null, nowMs: number): number | null {
  if (retryAfter === null) return null;
  const asked = retryAfter.trim();
  const waitMs = /^\d+$/.test(asked) ? Number(asked) * 1_000 : Date.parse(asked) - nowMs;
  return waitMs > 0 ? waitMs : null;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
