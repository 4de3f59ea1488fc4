/** What the operators watch, for Prometheus. Every label set that can occur is there from the start, at zero. */
import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { DISPLAY_STATES } from "../../contracts/bed/derive.ts";
import type { Counts } from "../../contracts/wire/board.ts";
import type { AnchorMeter } from "../anchor/worker.ts";
import type { EvidenceFigures } from "../evidence/intake/evidence-figures.ts";
import type { EvidenceMeter } from "../evidence/intake/evidence-meter.ts";
import type { FeedMeter } from "../history/feed/feed-meter.ts";
import type { IngestMeter } from "../ingest/ingest-meter.ts";
import type { ReportMeter } from "../reports/report-runner.ts";
import type { RetentionMeter } from "../retention/retention-meter.ts";
import type { WebhookMeter } from "../webhooks/worker.ts";
import { type AnchorSources, createAnchorMeter, watchAnchor } from "./anchor-metrics.ts";
import { createEvidenceMeter, watchEvidence } from "./evidence-metrics.ts";
import { createHistoryMeter, type HistoryMeter } from "./history-metrics.ts";
import { createIngestMeter } from "./ingest-metrics.ts";
import { createReportMeter } from "./report-metrics.ts";
import { createRetentionMeter } from "./retention-metrics.ts";
import { createFeedMeter, type FeedSources, watchFeed } from "./series-metrics.ts";
import { createWebhookMeter, watchWebhooks } from "./webhook-metrics.ts";

const DURATION_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export type MetricsSources = {
  liveClients(): number;
  outboxLag(): Promise<number>;
  bedsByState(): Counts["byState"];
  ingestQueue(): { readonly atWork: number; readonly waiting: number };
};

export type Metrics = {
  readonly ingest: IngestMeter;
  readonly history: HistoryMeter;
  /** Once for each store that is fed. */
  feedMeter(store: string): FeedMeter;
  watchFeed(store: string, sources: FeedSources): void;
  readonly retention: RetentionMeter;
  readonly reports: ReportMeter;
  readonly webhooks: WebhookMeter;
  readonly anchor: AnchorMeter;
  watchAnchor(sources: AnchorSources): void;
  readonly evidence: EvidenceMeter;
  watchEvidence(figures: () => Promise<EvidenceFigures>): void;
  /** Asked when somebody looks. */
  watchWebhooks(behind: () => Promise<number>): void;
  onAnswer(answer: { method: string; route: string; status: number; ms: number }): void;
  /** What is looked up when somebody asks. */
  watch(sources: MetricsSources): void;
  text(): Promise<string>;
  readonly contentType: string;
};

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const durations = new Histogram({
    name: "hospitell_http_request_duration_seconds",
    help: "Time to answer, by route",
    labelNames: ["method", "route", "status"],
    buckets: DURATION_BUCKETS_S,
    registers,
  });

  return {
    ingest: createIngestMeter(registers),
    history: createHistoryMeter(registers),
    feedMeter: (store) => createFeedMeter(store, registers),
    watchFeed: (store, sources) => watchFeed(store, sources, registers),
    retention: createRetentionMeter(registers),
    reports: createReportMeter(registers),
    anchor: createAnchorMeter(registers),
    watchAnchor: (sources) => watchAnchor(sources, registers),
    webhooks: createWebhookMeter(registers),
    evidence: createEvidenceMeter(registers),
    watchEvidence: (figures) => watchEvidence(figures, registers),
    watchWebhooks: (behind) => watchWebhooks(behind, registers),
    onAnswer: ({ method, route, status, ms }) => durations.observe({ method, route, status }, ms / 1_000),
    watch: (sources) => watchSources(sources, registers),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

function watchSources(
  { liveClients, outboxLag, bedsByState, ingestQueue }: MetricsSources,
  registers: Registry[],
): void {
  new Gauge({
    name: "hospitell_ingest_queue_batches",
    help: "Batches that are taken in just now, and that wait for it",
    labelNames: ["state"],
    registers,
    collect() {
      const { atWork, waiting } = ingestQueue();
      this.set({ state: "at-work" }, atWork);
      this.set({ state: "waiting" }, waiting);
    },
  });
  new Gauge({
    name: "hospitell_live_clients",
    help: "Browsers on the live socket",
    registers,
    collect() {
      this.set(liveClients());
    },
  });
  new Gauge({
    name: "hospitell_outbox_lag_rows",
    help: "Stored changes that the live board does not show yet",
    registers,
    async collect() {
      this.set(await outboxLag());
    },
  });
  new Gauge({
    name: "hospitell_beds",
    help: "Beds in service, by display state",
    labelNames: ["state"],
    registers,
    collect() {
      const byState = bedsByState();
      for (const state of DISPLAY_STATES) this.set({ state }, byState[state]);
    },
  });
}
