/** What becomes of what gateways send, in numbers. Every label set is there from the start, at zero. */
import { Counter, Histogram, type Registry } from "prom-client";
import { LANES } from "../../contracts/wire/lanes.ts";
import {
  BATCH_OUTCOMES,
  BATCH_REFUSALS,
  EQUIVOCATIONS,
  type IngestMeter,
  RECORD_OUTCOMES,
} from "../ingest/ingest-meter.ts";

const TRANSACTION_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createIngestMeter(registers: Registry[]): IngestMeter {
  const records = new Counter({
    name: "hospitell_ingest_records_total",
    help: "Records that gateways sent, by lane and what became of them",
    labelNames: ["lane", "outcome"],
    registers,
  });
  const batches = new Counter({
    name: "hospitell_ingest_batches_total",
    help: "Batches that were read, by lane and how they were answered",
    labelNames: ["lane", "outcome"],
    registers,
  });
  const refused = new Counter({
    name: "hospitell_ingest_refused_batches_total",
    help: "Batches that could not be read, for which there was no room, or that failed in the database",
    labelNames: ["refusal"],
    registers,
  });
  const bytes = new Counter({
    name: "hospitell_ingest_bytes_total",
    help: "Bytes of batches as they came over the wire",
    labelNames: ["lane"],
    registers,
  });
  const transactions = new Histogram({
    name: "hospitell_ingest_transaction_seconds",
    help: "Time from a batch's first statement to its commit",
    labelNames: ["lane"],
    buckets: TRANSACTION_BUCKETS_S,
    registers,
  });
  const equivocations = new Counter({
    name: "hospitell_ingest_equivocations_total",
    help: "Times that two spoke under one gateway's name, and one was refused",
    labelNames: ["kind"],
    registers,
  });
  for (const lane of LANES) {
    for (const outcome of RECORD_OUTCOMES) records.inc({ lane, outcome }, 0);
    for (const outcome of BATCH_OUTCOMES) batches.inc({ lane, outcome }, 0);
    bytes.inc({ lane }, 0);
    transactions.zero({ lane });
  }
  for (const refusal of BATCH_REFUSALS) refused.inc({ refusal }, 0);
  for (const kind of EQUIVOCATIONS) equivocations.inc({ kind }, 0);
  return {
    records: (lane, outcome, count) => records.inc({ lane, outcome }, count),
    batch(lane, outcome, seconds) {
      batches.inc({ lane, outcome });
      transactions.observe({ lane }, seconds);
    },
    refusedBatch: (refusal) => refused.inc({ refusal }),
    bytes: (lane, count) => bytes.inc({ lane }, count),
    equivocation: (kind) => equivocations.inc({ kind }),
  };
}
