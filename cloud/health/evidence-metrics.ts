/** How the logging goes. Every label set is there from the start, at zero. */
import { Counter, type Registry } from "prom-client";
import {
  CHECKPOINT_LOGS,
  COSIGNATURE_OUTCOMES,
  type EvidenceMeter,
  LOG_BATCH_OUTCOMES,
} from "../evidence/intake/evidence-meter.ts";

export function createEvidenceMeter(registers: Registry[]): EvidenceMeter {
  const batches = new Counter({
    name: "hospitell_evidence_log_batches_total",
    help: "Batches of gateways' logs, by how they were answered",
    labelNames: ["outcome"],
    registers,
  });
  const cosignatures = new Counter({
    name: "hospitell_evidence_cosignatures_total",
    help: "Cosignatures of the network's log that gateways sent, by what became of them",
    labelNames: ["outcome"],
    registers,
  });
  const checkpoints = new Counter({
    name: "hospitell_evidence_checkpoints_total",
    help: "Checkpoints that were taken from gateways, and that the network's log signed",
    labelNames: ["log"],
    registers,
  });
  for (const outcome of LOG_BATCH_OUTCOMES) batches.inc({ outcome }, 0);
  for (const outcome of COSIGNATURE_OUTCOMES) cosignatures.inc({ outcome }, 0);
  for (const log of CHECKPOINT_LOGS) checkpoints.inc({ log }, 0);
  return {
    batch: (outcome) => batches.inc({ outcome }),
    cosignature: (outcome) => cosignatures.inc({ outcome }),
    checkpoint: (log) => checkpoints.inc({ log }),
  };
}
