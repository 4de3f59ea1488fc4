/** What a load generator is told to do, and what it tells of it. */
import type { Spread } from "./samples.ts";

export type LoadOrder = {
  readonly port: number;
  readonly clients: number;
  /**
   * `closed`: each client has `window` messages in flight, and sends the next when one is acknowledged.
   * `open`: so many a second over all clients, `burst` at a time from one, whether acknowledged or not; a client with
   * `window` messages unacknowledged holds back.
   */
  readonly pace:
    | { readonly kind: "closed"; readonly window: number }
    | { readonly kind: "open"; readonly perSecond: number; readonly burst: number; readonly window: number };
  /** Before anything counts. */
  readonly warmUpMs: number;
  readonly measuredMs: number;
};

export type LoadReport = {
  /** Within the measured time. */
  readonly acknowledged: number;
  readonly perSecond: number;
  /** From the write to the PUBACK. */
  readonly latency: Spread | null;
  /** Open pace: from when a message was due to its write; what is late here is the generator, not the server. */
  readonly lateness: Spread | null;
  /** Open pace: due, but its client had too many unacknowledged. */
  readonly heldBack: number;
  /** From the first message to the last acknowledgement, warm-up and all. */
  readonly sentInAll: number;
  readonly acknowledgedInAll: number;
  readonly lastedMs: number;
  /** CPU seconds a second while measuring; near 1 the generator, not the server, is the limit. */
  readonly cpuShare: number;
};

export type LoadMessage =
  | { readonly kind: "connected" }
  | { readonly kind: "measuring" }
  | { readonly kind: "measured" }
  | { readonly kind: "done"; readonly report: LoadReport }
  | { readonly kind: "failed"; readonly reason: string };
