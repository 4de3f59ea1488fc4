/** What an answer of the cloud about the gateway's log means, where it is no reply. Pure. */
import * as z from "zod";
import { type Answer, type Failure, parseJson, understandAnswer } from "./understand-answer.ts";

export type LogFailure =
  | Failure
  /** The cloud expects another leaf: it has more, or fewer, than this gateway thought. */
  | { readonly kind: "log-gap"; readonly expectedIndex: number }
  /** What the cloud has of this log says something else: nothing more of it is taken. */
  | { readonly kind: "fork"; readonly reason: string }
  /** An administrator may let this key in later. */
  | { readonly kind: "key-unknown"; readonly reason: string };

const Gap = z.object({ code: z.literal("LOG_GAP"), expectedIndex: z.int().nonnegative() });
const Code = z.object({ code: z.enum(["LOG_FORK", "LOG_KEY_UNKNOWN"]) });

export function understandLogAnswer(answer: Answer, nowMs: number): LogFailure {
  const json = parseJson(answer.text);
  const gap = Gap.safeParse(json).data;
  if (gap !== undefined) return { kind: "log-gap", expectedIndex: gap.expectedIndex };
  const failure = understandAnswer(answer, nowMs);
  const code = Code.safeParse(json).data?.code;
  if (code === undefined || failure.kind !== "refused") return failure;
  return { kind: code === "LOG_FORK" ? "fork" : "key-unknown", reason: failure.reason };
}
