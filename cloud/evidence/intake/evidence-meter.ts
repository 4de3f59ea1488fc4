/** What becomes of what gateways log, in numbers. */
export const LOG_BATCH_OUTCOMES = [
  "stored",
  "gap",
  "fork",
  "key-unknown",
  "unreadable",
  "busy",
  "failed",
] as const;
export type LogBatchOutcome = (typeof LOG_BATCH_OUTCOMES)[number];
export const COSIGNATURE_OUTCOMES = ["stored", "refused"] as const;
export type CosignatureOutcome = (typeof COSIGNATURE_OUTCOMES)[number];
export const CHECKPOINT_LOGS = ["gateway", "network"] as const;

export type EvidenceMeter = {
  batch(outcome: LogBatchOutcome): void;
  cosignature(outcome: CosignatureOutcome): void;
  checkpoint(log: (typeof CHECKPOINT_LOGS)[number]): void;
};
