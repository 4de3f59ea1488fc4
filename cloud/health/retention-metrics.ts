/** What becomes of old data, in numbers. Every label set is there from the start, at zero. */
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { RETENTION_CLASSES } from "../../config/history.ts";
import { type RetentionMeter, ROUND_OUTCOMES, WAYS } from "../retention/retention-meter.ts";

const ROUND_BUCKETS_S = [0.1, 1, 10, 60, 300, 900, 3_600];

export function createRetentionMeter(registers: Registry[]): RetentionMeter {
  const removed = new Counter({
    name: "hospitell_retention_removed_records_total",
    help: "Readings and bed events that were removed since their time was over; those of dropped partitions are not counted",
    labelNames: ["class", "way"],
    registers,
  });
  const rollups = new Counter({
    name: "hospitell_retention_removed_rollups_total",
    help: "Roll-ups that were removed since their time was over",
    registers,
  });
  const partitions = new Counter({
    name: "hospitell_retention_dropped_partitions_total",
    help: "Partitions of readings that were dropped whole",
    registers,
  });
  const archivedBytes = new Counter({
    name: "hospitell_retention_archived_bytes_total",
    help: "Bytes of archive files that were verified and recorded",
    registers,
  });
  const rounds = new Counter({
    name: "hospitell_retention_rounds_total",
    help: "Rounds through all that may be due, by how they ended",
    labelNames: ["outcome"],
    registers,
  });
  const seconds = new Histogram({
    name: "hospitell_retention_round_seconds",
    help: "Time that a round took",
    buckets: ROUND_BUCKETS_S,
    registers,
  });
  const lastRound = new Gauge({
    name: "hospitell_retention_last_round_timestamp_seconds",
    help: "When a round ended in which everything that was due was removed; 0: none since the start",
    registers,
  });
  for (const dataClass of RETENTION_CLASSES)
    for (const way of WAYS) removed.inc({ class: dataClass, way }, 0);
  for (const outcome of ROUND_OUTCOMES) rounds.inc({ outcome }, 0);
  return {
    removed: (dataClass, way, rows) => removed.inc({ class: dataClass, way }, rows),
    rollupsRemoved: (rows) => rollups.inc(rows),
    partitionDropped: () => partitions.inc(),
    fileArchived: (bytes) => archivedBytes.inc(bytes),
    round(outcome, took) {
      rounds.inc({ outcome });
      seconds.observe(took);
      if (outcome === "done") lastRound.setToCurrentTime();
    },
  };
}
