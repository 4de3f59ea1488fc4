import type { LinkStatus } from "../../contracts/wire/gateway-status.ts";
import type { Clock } from "../moment.ts";

type Link = Omit<LinkStatus, "since"> & { readonly sinceMs: number };

/** The state of every connection, as its transport last told it. */
export class LinkBook {
  readonly #clock: Clock;
  readonly #links = new Map<string, Link>();
  readonly #timesUp = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  tell(linkId: string, told: Pick<Link, "kind" | "running" | "state" | "detail">): void {
    const before = this.#links.get(linkId);
    const isSame = before !== undefined && before.state === told.state && before.running === told.running;
    const cameUp = isUp(told) && (before === undefined || !isUp(before));
    const timesUp = (this.#timesUp.get(linkId) ?? 0) + (cameUp ? 1 : 0);
    this.#timesUp.set(linkId, timesUp);
    this.#links.set(linkId, {
      linkId,
      ...told,
      sinceMs: isSame ? before.sinceMs : this.#clock.now().atMs,
      reconnects: Math.max(0, timesUp - 1),
    });
  }

  list(): readonly Link[] {
    return [...this.#links.values()];
  }
}

function isUp({ state }: Pick<Link, "state">): boolean {
  return state === "connected" || state === "listening";
}
