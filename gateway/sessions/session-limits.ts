/** How much the broker remembers for its devices, and what gives way where that is not enough. */
export type SessionLimits = {
  /** Of one client. A further filter is not granted. */
  readonly subscriptionsMax: number;
  /** Retained messages of one device. A further topic is not kept; those that are kept may change. */
  readonly retainedTopicsMax: number;
  readonly retainedBytesMax: number;
  /**
   * Messages that wait for one client. The oldest that was never sent gives way to a newer one: who comes back wants the
   * news. What was sent and is not yet acknowledged never gives way; where all of it was sent, the newcomer is not taken.
   */
  readonly queuedMessagesMax: number;
  readonly queuedBytesMax: number;
  /** A client that stays away for longer begins anew. */
  readonly sessionKeptMs: number;
  /**
   * Sessions are looked through every hour. Where more than this seems to have passed in between, or less than none by
   * as much, the clock may be wrong: then nobody has stayed away for longer than since now.
   */
  readonly clockStepMsMax: number;
};

const DAY_MS = 24 * 3_600_000;

export const SESSION_LIMITS: SessionLimits = {
  subscriptionsMax: 32,
  retainedTopicsMax: 16,
  retainedBytesMax: 64 * 1024,
  queuedMessagesMax: 1_000,
  queuedBytesMax: 1024 * 1024,
  sessionKeptMs: 14 * DAY_MS,
  clockStepMsMax: 3 * DAY_MS,
};
