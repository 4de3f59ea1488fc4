/**
 * The scheme of Standard Webhooks (standardwebhooks.com, version 1): HMAC-SHA-256 over id, time and body, so that a
 * receiver knows who sent it, and that it is neither changed nor old.
 */
import { createHmac } from "node:crypto";

export const SECRET_BYTES = 32;

export const secretText = (secret: Uint8Array): string => `whsec_${Buffer.from(secret).toString("base64")}`;

export function signedHeaders(
  secret: Uint8Array,
  { id, body, sentAtMs }: { readonly id: string; readonly body: string; readonly sentAtMs: number },
): Record<string, string> {
  const timestamp = String(Math.floor(sentAtMs / 1_000));
  const signature = createHmac("sha256", secret).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
}
