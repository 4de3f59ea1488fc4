/** Makes one-time sign-in links that begin where people reach the service. */
import type { HospitalId } from "../../contracts/wire/ids.ts";
import type { Identity, Sessions } from "./sessions.ts";

export type IssuedLink = { readonly url: string; readonly expiresAtMs: number };

export type SignInLinksDeps = {
  readonly sessions: Sessions;
  readonly hospitalIds: readonly HospitalId[];
  /** Known once the service listens: the port may be any free one. */
  readonly publicUrl: () => string;
};

export class SignInLinks {
  readonly #deps: SignInLinksDeps;

  constructor(deps: SignInLinksDeps) {
    this.#deps = deps;
  }

  /** Undefined where there is no such hospital. */
  async issue(identity: Identity): Promise<IssuedLink | undefined> {
    const { sessions, hospitalIds, publicUrl } = this.#deps;
    if (identity.hospitalId !== null && !hospitalIds.includes(identity.hospitalId)) return undefined;
    const { token, expiresAtMs } = await sessions.issueLink(identity);
    const url = new URL("/sign-in", publicUrl());
    url.searchParams.set("token", token);
    return { url: url.href, expiresAtMs };
  }
}
