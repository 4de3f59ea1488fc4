/**
 * How long a message spends where, from its transport's hand to its acknowledgement. Switched on to look for what is
 * slow; while it is off no clock is read.
 *
 *   taken ─▶ interpreted ─▶ posted ─▶ committed ─▶ acknowledged
 */
import { Histogram } from "./histogram.ts";

/** Each from the one before it; `acknowledged` from the beginning. */
export const STAGES = ["interpreted", "posted", "committed", "acknowledged"] as const;
export type Stage = (typeof STAGES)[number];

export class StageTrace {
  enabled = false;
  readonly stages: Readonly<Record<Stage, Histogram>> = {
    interpreted: new Histogram(),
    posted: new Histogram(),
    committed: new Histogram(),
    acknowledged: new Histogram(),
  };
}
