/** What ingest counts; whoever keeps the counters implements it. */
import type { Lane } from "../../contracts/wire/ids.ts";
import type { Equivocation } from "./equivocation-rows.ts";
import type { BatchResult } from "./store-batch.ts";

export const RECORD_OUTCOMES = ["stored", "duplicate", "parked", "tombstoned"] as const;
export type RecordOutcome = (typeof RECORD_OUTCOMES)[number];

export const BATCH_OUTCOMES = [
  "stored",
  "gap",
  "superseded",
  "equivocation",
  "second-instance",
] as const satisfies readonly BatchResult["kind"][];

/** Before a lane was known, or without an answer of its own. */
export const BATCH_REFUSALS = ["unreadable", "busy", "failed"] as const;
export type BatchRefusal = (typeof BATCH_REFUSALS)[number];

export const EQUIVOCATIONS = [
  "different-record",
  "second-instance",
] as const satisfies readonly Equivocation["kind"][];

export type IngestMeter = {
  records(lane: Lane, outcome: RecordOutcome, count: number): void;
  /** `seconds` from the first statement to the commit. */
  batch(lane: Lane, outcome: BatchResult["kind"], seconds: number): void;
  refusedBatch(refusal: BatchRefusal): void;
  /** As they came over the wire. */
  bytes(lane: Lane, count: number): void;
  equivocation(kind: Equivocation["kind"]): void;
};
