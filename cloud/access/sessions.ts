/**
 * Sign-in links and the sessions that they open. A link is used once, by one UPDATE, so that of two who have it only
 * the first gets in. Both are random secrets, kept as hashes and with an end.
 */
import * as z from "zod";
import { HospitalId } from "../../contracts/wire/ids.ts";
import { PersonRole } from "../../contracts/wire/roles.ts";
import type { Clock, Randomness } from "../clock.ts";
import type { Database } from "../database/schema.ts";
import type { PersonCaller } from "./scope.ts";
import { newSecret, sha256Hex } from "./secret.ts";

export const SIGN_IN_LINK_LASTS_MS = 15 * 60_000;
export const SESSION_LASTS_MS = 12 * 3_600_000;

const Identity = z.object({ role: PersonRole, hospitalId: HospitalId.nullable() });
export type Identity = z.infer<typeof Identity>;
const StoredSession = Identity.extend({ tokenSha256: z.string() });

export type IssuedSecret = { readonly token: string; readonly expiresAtMs: number };
export type SessionsDeps = { readonly db: Database; readonly clock: Clock; readonly randomness: Randomness };

export class Sessions {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #randomness: Randomness;

  constructor({ db, clock, randomness }: SessionsDeps) {
    this.#db = db;
    this.#clock = clock;
    this.#randomness = randomness;
  }

  async issueLink(identity: Identity): Promise<IssuedSecret> {
    const nowMs = this.#clock.nowMs();
    const token = newSecret(this.#randomness);
    const expiresAtMs = nowMs + SIGN_IN_LINK_LASTS_MS;
    await this.#db.deleteFrom("signInLinks").where("expiresAtMs", "<=", nowMs).execute();
    await this.#db
      .insertInto("signInLinks")
      .values({ tokenSha256: sha256Hex(token), ...identity, createdAtMs: nowMs, expiresAtMs, usedAtMs: null })
      .execute();
    return { token, expiresAtMs };
  }

  /** Undefined where the link was used, has expired or never was. */
  async redeemLink(linkToken: string): Promise<IssuedSecret | undefined> {
    const nowMs = this.#clock.nowMs();
    const redeemed = await this.#db
      .updateTable("signInLinks")
      .set({ usedAtMs: nowMs })
      .where("tokenSha256", "=", sha256Hex(linkToken))
      .where("usedAtMs", "is", null)
      .where("expiresAtMs", ">", nowMs)
      .returning(["role", "hospitalId"])
      .executeTakeFirst();
    return redeemed === undefined ? undefined : await this.#open(Identity.parse(redeemed), nowMs);
  }

  async #open(identity: Identity, nowMs: number): Promise<IssuedSecret> {
    const token = newSecret(this.#randomness);
    const expiresAtMs = nowMs + SESSION_LASTS_MS;
    await this.#db.deleteFrom("sessions").where("expiresAtMs", "<=", nowMs).execute();
    await this.#db
      .insertInto("sessions")
      .values({ tokenSha256: sha256Hex(token), ...identity, createdAtMs: nowMs, expiresAtMs })
      .execute();
    return { token, expiresAtMs };
  }

  async callerOf(sessionToken: string): Promise<PersonCaller | undefined> {
    const row = await this.#db
      .selectFrom("sessions")
      .select(["tokenSha256", "role", "hospitalId"])
      .where("tokenSha256", "=", sha256Hex(sessionToken))
      .where("expiresAtMs", ">", this.#clock.nowMs())
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const { tokenSha256, role, hospitalId } = StoredSession.parse(row);
    return { kind: "person", role, hospitalId, sessionSha256: tokenSha256 };
  }

  /** Those of the given sessions that have neither ended nor been ended. */
  async stillOpen(sessionSha256s: readonly string[]): Promise<ReadonlySet<string>> {
    if (sessionSha256s.length === 0) return new Set();
    const rows = await this.#db
      .selectFrom("sessions")
      .select("tokenSha256")
      .where("tokenSha256", "in", sessionSha256s)
      .where("expiresAtMs", ">", this.#clock.nowMs())
      .execute();
    return new Set(rows.map(({ tokenSha256 }) => tokenSha256));
  }

  async end(sessionSha256: string): Promise<void> {
    await this.#db.deleteFrom("sessions").where("tokenSha256", "=", sessionSha256).execute();
  }
}
