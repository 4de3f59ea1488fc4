/** Secrets are random, handed out once and kept as SHA-256: with 256 random bits a slow hash would add nothing. */
import { createHash } from "node:crypto";
import type { Randomness } from "../clock.ts";

const SECRET_BYTES = 32;
/** 32 bytes in base64url. */
export const SECRET_PATTERN = /^[A-Za-z0-9_-]{43}$/;

export function newSecret(randomness: Randomness): string {
  return Buffer.from(randomness.bytes(SECRET_BYTES)).toString("base64url");
}

export function sha256Hex(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
