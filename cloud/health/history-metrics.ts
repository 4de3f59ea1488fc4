/** How the history is read and exported, in numbers. Every label set is there from the start, at zero. */
import { Counter, type Registry } from "prom-client";
import { STORE_NAMES } from "../../contracts/wire/history.ts";
import { EXPORT_OUTCOMES, type ExportMeter } from "../exports/runner.ts";
import { READ_OUTCOMES, type ReadMeter } from "../history/routed-reader.ts";

export type HistoryMeter = ReadMeter & ExportMeter;

export function createHistoryMeter(registers: Registry[]): HistoryMeter {
  const reads = new Counter({
    name: "hospitell_series_reads_total",
    help: "Reads of a store of series: answered, failed (PostgreSQL answered instead), or not asked since it failed a moment ago",
    labelNames: ["store", "outcome"],
    registers,
  });
  const exports = new Counter({
    name: "hospitell_exports_total",
    help: "Exports that ended, or were begun anew",
    labelNames: ["outcome"],
    registers,
  });
  for (const store of STORE_NAMES) for (const outcome of READ_OUTCOMES) reads.inc({ store, outcome }, 0);
  for (const outcome of EXPORT_OUTCOMES) exports.inc({ outcome }, 0);
  return {
    read: (store, outcome) => reads.inc({ store, outcome }),
    ended: (outcome) => exports.inc({ outcome }),
  };
}
