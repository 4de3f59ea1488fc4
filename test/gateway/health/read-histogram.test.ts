import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { ReadHistogram } from "../../../gateway/health/read-histogram.ts";

test("a histogram that is kept elsewhere stands in the text: buckets that add up, the sum in seconds, the count", async () => {
  const registry = new Registry();
  let counts = [0, 0, 0];
  new ReadHistogram(registry, { name: "commit_seconds", help: "Commits", labelNames: ["disk"] }, () => [
    { labels: { disk: "a" }, boundsMs: [1, 10], counts, sumMs: 1_234 },
  ]);
  expect(await registry.metrics()).toContain('commit_seconds_count{disk="a"} 0');
  counts = [3, 2, 1];
  expect((await registry.metrics()).trim().split("\n")).toEqual([
    "# HELP commit_seconds Commits",
    "# TYPE commit_seconds histogram",
    'commit_seconds_bucket{disk="a",le="0.001"} 3',
    'commit_seconds_bucket{disk="a",le="0.01"} 5',
    'commit_seconds_bucket{disk="a",le="+Inf"} 6',
    'commit_seconds_sum{disk="a"} 1.234',
    'commit_seconds_count{disk="a"} 6',
  ]);
  expect((await registry.getMetricsAsJSON())[0]).toMatchObject({ name: "commit_seconds", type: "histogram" });
});
