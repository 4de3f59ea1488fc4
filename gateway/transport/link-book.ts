import type { LinkStatus } from "../../contracts/wire/gateway-status.ts";
import type { Clock } from "../moment.ts";

type Link = Omit<LinkStatus, "since"> & { readonly sinceMs: number };

/** The state of every connection, as its transport last told it. */
export class LinkBook {
  readonly #clock: Clock;
  readonly #links = new Map<string, Link>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  tell(linkId: string, told: Pick<Link, "kind" | "running" | "state" | "detail">): void {
    const before = this.#links.get(linkId);
    const isSame = before !== undefined && before.state === told.state && before.running === told.running;
    this.#links.set(linkId, { linkId, ...told, sinceMs: isSame ? before.sinceMs : this.#clock.now().atMs });
  }

  list(): readonly Link[] {
    return [...this.#links.values()];
  }
}
