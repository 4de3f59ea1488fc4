/** Which process a store is, by when it was started: both InfluxDB 2.x and VictoriaMetrics tell it at /metrics. */
import type { StoreProcess } from "../feed/settling.ts";

/**
 * VictoriaMetrics says yes when it has a sample in memory; killed, version 1.79.5 lost up to 10 s of what it had
 * accepted. Three times that, for a slower disk.
 */
const SETTLE_AFTER_MS = 30_000;
const ANSWER_MS_MAX = 5_000;
const STARTED = /^process_start_time_seconds (\S+)$/m;

export function storeProcess(url: string, settleAfterMs = SETTLE_AFTER_MS): StoreProcess {
  const metricsUrl = `${url.replace(/\/+$/, "")}/metrics`;
  return {
    settleAfterMs,
    async current(signal) {
      try {
        const either = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]);
        const answer = await fetch(metricsUrl, { signal: either });
        return STARTED.exec(await answer.text())?.[1] ?? null;
      } catch {
        return null;
      }
    },
  };
}
