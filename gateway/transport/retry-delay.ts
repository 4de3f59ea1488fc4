export type RetryPolicy = {
  readonly firstDelayMs: number;
  readonly delayMsMax: number;
  readonly jitter: number;
};

/** Doubles from attempt 0 on, up to the policy's bound, less a random share, so that many do not come at once. */
export function retryDelayMs(policy: RetryPolicy, attempt: number, random: number): number {
  const base = Math.min(policy.firstDelayMs * 2 ** Math.min(attempt, 30), policy.delayMsMax);
  return Math.round(base * (1 - policy.jitter * random));
}
