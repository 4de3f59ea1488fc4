/** Where another system is told what happens to beds, signed by Standard Webhooks' scheme (HMAC-SHA-256). */
import * as z from "zod";
import { At } from "./board.ts";
import { HospitalId } from "./ids.ts";
import { DESK_TOPICS } from "./live.ts";

export const WebhookBody = z.object({
  url: z.url({ protocol: /^https?$/ }).max(500),
  /** Left out: all that the caller may see. */
  hospital: HospitalId.optional(),
  topics: z.array(z.enum(DESK_TOPICS)).min(1),
  description: z.string().trim().max(128).default(""),
});
export type WebhookBody = z.infer<typeof WebhookBody>;

export const WebhookView = z.object({
  webhookId: z.uuid(),
  url: z.string(),
  hospitalId: HospitalId.nullable(),
  topics: z.array(z.enum(DESK_TOPICS)),
  description: z.string(),
  state: z.enum(["delivering", "waiting", "paused"]),
  /** Events that it has not been told. */
  behind: z.int(),
  attempts: z.int(),
  nextAttemptAt: At.nullable(),
  lastAnswer: z.object({ at: At, status: z.int().nullable(), error: z.string().nullable() }).nullable(),
  createdAt: At,
  version: z.int(),
});
export type WebhookView = z.infer<typeof WebhookView>;
/** The secret is shown once. */
export const WebhookCreated = WebhookView.extend({ secret: z.string() });
export const WebhookList = z.object({ webhooks: z.array(WebhookView), serverTime: At });
export type WebhookList = z.infer<typeof WebhookList>;
/** Tells everything again that happened from then on. */
export const WebhookReplayBody = z.object({ fromPosition: z.int().nonnegative() });
