import { Counter, Gauge, type Registry } from "prom-client";
import { DISK_STATES } from "../../contracts/wire/gateway-status.ts";
import { LANES } from "../../contracts/wire/lanes.ts";
import { COMMIT_MS_BOUNDS, type JournalFacts, TOMBSTONE_REASONS } from "../journal/journal-port.ts";
import { ReadHistogram } from "./read-histogram.ts";

/** The disk: how full, how fast, and what it cost. Every reason is there from the start, at zero. */
export function addJournalMetrics(registry: Registry, facts: () => JournalFacts): void {
  const registers = [registry];
  const prefix = "hospitell_gateway_journal_";
  new Gauge({
    name: `${prefix}disk_state`,
    help: "1 for the state that the journal's disk is in",
    labelNames: ["state"],
    registers,
    collect() {
      for (const state of DISK_STATES) this.set({ state }, facts().disk === state ? 1 : 0);
    },
  });
  const gauge = (name: string, help: string, read: (now: JournalFacts) => number) =>
    new Gauge({
      name: prefix + name,
      help,
      registers,
      collect() {
        this.set(read(facts()));
      },
    });
  gauge("bytes", "The journal's file, its log and what is set aside", ({ bytes }) => bytes);
  gauge("budget_bytes", "What the journal may grow to", ({ budgetBytes }) => budgetBytes);
  gauge("disk_free_bytes", "Free on the journal's disk", ({ diskFreeBytes }) => diskFreeBytes);
  gauge(
    "damaged_rows",
    "Damaged rows that the newest full check found",
    ({ lastCheck }) => lastCheck?.damaged ?? 0,
  );
  gauge(
    "commit_seconds_max",
    "The longest commit of the last minute",
    ({ commits }) => commits.lastMinuteMsMax / 1_000,
  );
  new Counter({
    name: `${prefix}tombstoned_records_total`,
    help: "Records that were given up, each accounted for, by lane and reason",
    labelNames: ["lane", "reason"],
    registers,
    collect() {
      this.reset();
      for (const lane of LANES)
        for (const reason of TOMBSTONE_REASONS) this.inc({ lane, reason }, facts().tombstoned[lane][reason]);
    },
  });
  const commits = {
    name: `${prefix}commit_seconds`,
    help: "Commits by how long they took: the log's pages, fdatasync, and now and then a checkpoint",
    labelNames: [],
  };
  new ReadHistogram(registry, commits, () => {
    const { counts, sumMs } = facts().commits;
    return [{ labels: {}, boundsMs: COMMIT_MS_BOUNDS, counts, sumMs }];
  });
}
