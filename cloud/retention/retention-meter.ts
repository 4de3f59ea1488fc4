/** What the removal of old data tells of itself, for /metrics, the health document and the log. */
import type { DataClass } from "./policy.ts";

/** standby: another process of the cloud did the round · stopped: the service did */
export const ROUND_OUTCOMES = ["done", "troubled", "standby", "stopped"] as const;
export type RoundOutcome = (typeof ROUND_OUTCOMES)[number];

export const WAYS = ["deleted", "archived"] as const;
export type Way = (typeof WAYS)[number];

export type RetentionMeter = {
  /** Readings or bed events. */
  removed(dataClass: DataClass, way: Way, rows: number): void;
  rollupsRemoved(rows: number): void;
  partitionDropped(): void;
  fileArchived(bytes: number): void;
  round(outcome: RoundOutcome, seconds: number): void;
};

export type RetentionStatus = {
  readonly isRunning: boolean;
  readonly policies: number;
  /** Null: none since the service started. */
  readonly lastRound: {
    readonly endedAtMs: number;
    readonly outcome: RoundOutcome;
    /** What went wrong and what to do, each once. */
    readonly troubles: readonly string[];
  } | null;
};
