/** How the logging goes. Every label set is there from the start, at zero. */
import { Counter, Gauge, type Registry } from "prom-client";
import { ALARM_KINDS } from "../evidence/intake/alarms.ts";
import type { EvidenceFigures } from "../evidence/intake/evidence-figures.ts";
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

/** Of all gauges, whoever comes first has the database asked, and the others wait for the same answer. */
export function watchEvidence(figures: () => Promise<EvidenceFigures>, registers: Registry[]): void {
  const ask = sharing(figures);
  const gauge = (name: string, help: string, of: (now: EvidenceFigures) => number) =>
    new Gauge({
      name: `hospitell_evidence_${name}`,
      help,
      registers,
      async collect() {
        this.set(of(await ask()));
      },
    });
  gauge("waiting_entries", "Entries that the network's log has not taken yet", (now) => now.waitingEntries);
  gauge(
    "witnessed_leaves",
    "Leaves of the network's log that enough gateways cosigned",
    (now) => now.witnessedSize,
  );
  gauge(
    "witnessed_age_seconds",
    "Since the newest witnessed checkpoint of the network's log was signed; 0 before the first",
    (now) => (now.witnessedAgeMs ?? 0) / 1_000,
  );
  gauge(
    "unwitnessed_seconds",
    "Since the oldest checkpoint that no witnessed one covers was signed; 0: all are covered",
    (now) => now.unwitnessedAgeMs / 1_000,
  );
  gauge(
    "halted_logs",
    "Gateways' logs of which nothing is taken until somebody decides",
    (now) => now.haltedLogs,
  );
  new Gauge({
    name: "hospitell_evidence_leaves",
    help: "Leaves of the network's log, and of all gateways' together",
    labelNames: ["log"],
    registers,
    async collect() {
      const now = await ask();
      this.set({ log: "network" }, now.networkLeaves);
      this.set({ log: "gateways" }, now.gatewayLeaves);
    },
  });
  new Gauge({
    name: "hospitell_evidence_alarms",
    help: "What was found that must not be, since the beginning, by kind",
    labelNames: ["kind"],
    registers,
    async collect() {
      const { alarms } = await ask();
      for (const kind of ALARM_KINDS) this.set({ kind }, alarms[kind]);
    },
  });
}

function sharing<Answer>(ask: () => Promise<Answer>): () => Promise<Answer> {
  let asked: Promise<Answer> | null = null;
  return () => {
    asked ??= ask().finally(() => {
      asked = null;
    });
    return asked;
  };
}
