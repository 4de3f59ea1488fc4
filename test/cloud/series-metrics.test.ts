/** What a feed tells Prometheus, from the start. */
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { createFeedMeter, watchFeed } from "../../cloud/health/series-metrics.ts";

test("every label set is there at zero, and then what happened", async () => {
  const registry = new Registry();
  const meter = createFeedMeter("influxdb", [registry]);
  const lag = { records: 12, oldestReceivedAtMs: 4_000 };
  const status = { state: "waiting", trouble: null } as const;
  watchFeed("influxdb", { status: () => status, lag: async () => lag, nowMs: () => 9_000 }, [registry]);
  const before = await registry.metrics();
  for (const line of [
    'hospitell_series_points_written_total{store="influxdb"} 0',
    'hospitell_series_points_refused_total{store="influxdb",refusal="store"} 0',
    'hospitell_series_write_attempts_total{store="influxdb",outcome="busy"} 0',
    'hospitell_series_repeated_total{store="influxdb"} 0',
    'hospitell_series_write_seconds_count{store="influxdb"} 0',
    'hospitell_series_feed_state{store="influxdb",state="waiting"} 1',
    'hospitell_series_feed_state{store="influxdb",state="idle"} 0',
    'hospitell_series_lag_records{store="influxdb"} 12',
    'hospitell_series_lag_seconds{store="influxdb"} 5',
  ])
    expect(before).toContain(line);
  meter.attempt("stored", 0.02);
  meter.written(500);
  meter.refused("store", 2);
  meter.repeated(1);
  const after = await registry.metrics();
  expect(after).toContain('hospitell_series_points_written_total{store="influxdb"} 500');
  expect(after).toContain('hospitell_series_points_refused_total{store="influxdb",refusal="store"} 2');
  expect(after).toContain('hospitell_series_write_seconds_count{store="influxdb"} 1');
});
