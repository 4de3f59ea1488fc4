import type { LinkStatus } from "../../contracts/wire/gateway-status.ts";
import type { Clock } from "../moment.ts";

type Link = Omit<LinkStatus, "since"> & { readonly sinceMs: number };
/** What came over a link since the gateway started; `bytes` of what was meant for us, without framing. */
export type LinkTraffic = { messages: number; bytes: number };

/** The state of every connection, as its transport last told it. */
export class LinkBook {
  readonly #clock: Clock;
  readonly #links = new Map<string, Link>();
  readonly #timesUp = new Map<string, number>();
  readonly #traffic = new Map<string, LinkTraffic>();

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

  heard(linkId: string, messages: number, bytes: number): void {
    const traffic = this.#traffic.get(linkId) ?? { messages: 0, bytes: 0 };
    traffic.messages += messages;
    traffic.bytes += bytes;
    this.#traffic.set(linkId, traffic);
  }

  traffic(linkId: string): Readonly<LinkTraffic> {
    return this.#traffic.get(linkId) ?? { messages: 0, bytes: 0 };
  }

  list(): readonly Link[] {
    return [...this.#links.values()];
  }
}

function isUp({ state }: Pick<Link, "state">): boolean {
  return state === "connected" || state === "listening";
}
