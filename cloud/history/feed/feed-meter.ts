/** What a feed tells of itself, for /metrics, the health document and the log. */
import type { TroubleKind } from "../series-store.ts";

export const ATTEMPTS = ["stored", "unreachable", "refused", "busy"] as const satisfies readonly (
  | TroubleKind
  | "stored"
)[];
export type Attempt = (typeof ATTEMPTS)[number];

/** unwritable: cannot be said in the store's language · store: it answered that it will not have it */
export const REFUSALS = ["unwritable", "store"] as const;
export type Refusal = (typeof REFUSALS)[number];

/** standby: another process of the cloud feeds · idle: nothing to do · waiting: the store is in trouble */
export const FEED_STATES = ["standby", "idle", "feeding", "waiting"] as const;
export type FeedState = (typeof FEED_STATES)[number];

export type FeedMeter = {
  attempt(outcome: Attempt, seconds: number): void;
  written(points: number): void;
  refused(refusal: Refusal, points: number): void;
  /** Accepted and then lost by a store that was killed; they are brought again. */
  repeated(times: number): void;
};

export type FeedStatus = {
  readonly state: FeedState;
  /** What keeps it waiting, and what to do. */
  readonly trouble: { readonly kind: TroubleKind; readonly message: string; readonly sinceMs: number } | null;
};
