import { Gauge, type Registry } from "prom-client";
import { BUCKETS_MS, type Histogram } from "../ingest/histogram.ts";
import { STAGES, type StageTrace } from "../ingest/stage-trace.ts";
import { addReadCounter } from "./read-counter.ts";
import { ReadHistogram } from "./read-histogram.ts";

export type IngestFigures = {
  readonly messages: number;
  readonly groups: number;
  /** Taken and not yet acknowledged. */
  readonly depth: number;
  readonly values: number;
  readonly repeats: number;
  /** From posting a group to the journal's thread until it is known to be on disk. */
  readonly commitMs: Histogram;
};

/** From a transport's hand to the acknowledgement. */
export function addIngestMetrics(registry: Registry, trace: StageTrace, figures: () => IngestFigures): void {
  const registers = [registry];
  const prefix = "hospitell_gateway_ingest_";
  const counter = (name: string, help: string, read: (now: IngestFigures) => number) =>
    addReadCounter(registry, prefix + name, help, () => read(figures()));
  counter("messages_total", "Messages taken from transports", ({ messages }) => messages);
  counter("values_total", "Values read from them", ({ values }) => values);
  counter("repeats_total", "Values left out because they had come before", ({ repeats }) => repeats);
  counter("groups_total", "Groups committed together", ({ groups }) => groups);
  new Gauge({
    name: `${prefix}waiting`,
    help: "Messages taken and not on disk yet",
    registers,
    collect() {
      this.set(figures().depth);
    },
  });
  const commit = {
    name: `${prefix}commit_seconds`,
    help: "From handing a group to the journal until it is known to be on disk",
    labelNames: [],
  };
  new ReadHistogram(registry, commit, () => [counted({}, figures().commitMs)]);
  const stages = {
    name: `${prefix}stage_seconds`,
    help: "How long messages spent in each stage while the trace was on",
    labelNames: ["stage"],
  };
  new ReadHistogram(registry, stages, () => STAGES.map((stage) => counted({ stage }, trace.stages[stage])));
  new Gauge({
    name: `${prefix}trace_on`,
    help: "1 while the latency trace by stage is switched on",
    registers,
    collect() {
      this.set(trace.enabled ? 1 : 0);
    },
  });
}

function counted(labels: Readonly<Record<string, string>>, histogram: Histogram) {
  let before = 0;
  const counts = histogram.cumulative().map((sum) => {
    const own = sum - before;
    before = sum;
    return own;
  });
  return {
    labels,
    boundsMs: BUCKETS_MS,
    counts: [...counts, histogram.count - before],
    sumMs: histogram.sumMs,
  };
}
