/** What becomes of readings on their way to a store of series beside the database. Every label set is there at zero. */
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { FeedLag } from "../history/feed/cursors.ts";
import {
  ATTEMPTS,
  FEED_STATES,
  type FeedMeter,
  type FeedStatus,
  REFUSALS,
} from "../history/feed/feed-meter.ts";

const WRITE_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createFeedMeter(store: string, registers: Registry[]): FeedMeter {
  const written = new Counter({
    name: "hospitell_series_points_written_total",
    help: "Readings and bed events that a store of series said it has",
    labelNames: ["store"],
    registers,
  });
  const refused = new Counter({
    name: "hospitell_series_points_refused_total",
    help: "Readings and bed events that a store of series will never take; they stay in the database",
    labelNames: ["store", "refusal"],
    registers,
  });
  const attempts = new Counter({
    name: "hospitell_series_write_attempts_total",
    help: "Times that a chunk was brought to a store of series, by what came of it",
    labelNames: ["store", "outcome"],
    registers,
  });
  const repeated = new Counter({
    name: "hospitell_series_repeated_total",
    help: "Times that a store of series was given again what it had accepted and may have lost",
    labelNames: ["store"],
    registers,
  });
  const seconds = new Histogram({
    name: "hospitell_series_write_seconds",
    help: "Time until a store of series said that it has a chunk",
    labelNames: ["store"],
    buckets: WRITE_BUCKETS_S,
    registers,
  });
  written.inc({ store }, 0);
  repeated.inc({ store }, 0);
  seconds.zero({ store });
  for (const refusal of REFUSALS) refused.inc({ store, refusal }, 0);
  for (const outcome of ATTEMPTS) attempts.inc({ store, outcome }, 0);
  return {
    attempt(outcome, took) {
      attempts.inc({ store, outcome });
      if (outcome === "stored") seconds.observe({ store }, took);
    },
    written: (points) => written.inc({ store }, points),
    refused: (refusal, points) => refused.inc({ store, refusal }, points),
    repeated: (times) => repeated.inc({ store }, times),
  };
}

export type FeedSources = { status(): FeedStatus; lag(): Promise<FeedLag>; nowMs(): number };

/** What is looked up when somebody asks. */
export function watchFeed(store: string, { status, lag, nowMs }: FeedSources, registers: Registry[]): void {
  new Gauge({
    name: "hospitell_series_feed_state",
    help: "1 for what the feed of a store of series does: standby (another process feeds), idle, feeding, waiting",
    labelNames: ["store", "state"],
    registers,
    collect() {
      const { state } = status();
      for (const some of FEED_STATES) this.set({ store, state: some }, some === state ? 1 : 0);
    },
  });
  new Gauge({
    name: "hospitell_series_lag_records",
    help: "Readings and bed events that a store of series does not have yet",
    labelNames: ["store"],
    registers,
    async collect() {
      this.set({ store }, (await lag()).records);
    },
  });
  new Gauge({
    name: "hospitell_series_lag_seconds",
    help: "How long the oldest reading that a store of series does not have is in the database",
    labelNames: ["store"],
    registers,
    async collect() {
      const { oldestReceivedAtMs } = await lag();
      this.set(
        { store },
        oldestReceivedAtMs === null ? 0 : Math.max(0, nowMs() - oldestReceivedAtMs) / 1_000,
      );
    },
  });
}
