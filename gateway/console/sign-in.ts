/**
 * Who may see the status page, until accounts exist: whoever opened a one-time link that this process printed. The
 * token is 256 random bits and works once; the session lives in this process's memory and ends with it.
 */
import { createHash, randomBytes } from "node:crypto";

export const LINK_VALID_MS = 15 * 60_000;
export const SESSION_VALID_MS = 12 * 60 * 60_000;
/** Open links and sessions at once; the oldest gives way. */
const KEPT_MAX = 64;

const digest = (secret: string) => createHash("sha256").update(secret).digest("base64url");
const newSecret = () => randomBytes(32).toString("base64url");

export class SignIn {
  readonly #nowMs: () => number;
  readonly #links = new Map<string, number>();
  readonly #sessions = new Map<string, number>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  newLinkToken(): string {
    const token = newSecret();
    keep(this.#links, digest(token), this.#nowMs() + LINK_VALID_MS);
    return token;
  }

  /** A session secret for the token, or null where it is unknown, used or too old. */
  redeem(token: string): string | null {
    const key = digest(token);
    const untilMs = this.#links.get(key);
    this.#links.delete(key);
    if (untilMs === undefined || untilMs < this.#nowMs()) return null;
    const session = newSecret();
    keep(this.#sessions, digest(session), this.#nowMs() + SESSION_VALID_MS);
    return session;
  }

  isSignedIn(session: string | undefined): boolean {
    if (session === undefined) return false;
    const untilMs = this.#sessions.get(digest(session));
    return untilMs !== undefined && untilMs >= this.#nowMs();
  }

  signOut(session: string): void {
    this.#sessions.delete(digest(session));
  }
}

function keep(kept: Map<string, number>, key: string, untilMs: number): void {
  kept.set(key, untilMs);
  const [oldest] = kept.keys();
  if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest);
}
