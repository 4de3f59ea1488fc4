import { tickEvery } from "../pause.ts";
import type { TruthLog } from "../truth-log.ts";
import { chanceFor, wholeBetween } from "../ward-day/chance.ts";
import { dayAt } from "../ward-day/plan-ward-day.ts";
import type { WardClock } from "../ward-day/ward-clock.ts";
import { truthAt, type WardDayPlan } from "../ward-day/ward-day-plan.ts";
import type { Hospital } from "../ward-file.ts";
import { type BedsideMonitor, createBedsideMonitor } from "./bedside-monitor.ts";
import { createMonitorServer, type MonitorServer } from "./monitor-server.ts";
import type { Recording } from "./recording.ts";

export type MonitorsParts = {
  readonly hospital: Hospital;
  readonly plan: WardDayPlan;
  readonly clock: WardClock;
  readonly seed: number;
  readonly recordings: readonly Recording[];
  readonly nowMs: () => number;
  readonly truthLog: TruthLog;
  readonly ready: (line: string) => void;
};

const lineEveryMs = 1000;
/** Monitors are set by hand and drift; nobody notices ten minutes. */
const clockErrorSecondsMax = 600;

/** All monitors of a hospital, each behind a serial device server of its own, one line a second. */
export async function runMonitors(parts: MonitorsParts, signal: AbortSignal): Promise<void> {
  const { hospital, plan, clock, seed, recordings, nowMs, truthLog, ready } = parts;
  const monitors: { bedId: string; server: MonitorServer; monitor: BedsideMonitor }[] = [];
  try {
    for (const [place, { deviceId, bedId, host, port }] of hospital.monitors.entries()) {
      const chance = chanceFor(seed, "monitor-clock", deviceId);
      const clockErrorMs = wholeBetween(chance, -clockErrorSecondsMax, clockErrorSecondsMax) * 1000;
      const server = await createMonitorServer({ host, port, clockMs: () => nowMs() + clockErrorMs });
      const probeMoved = (kind: string) => truthLog.write({ bedId, kind });
      monitors.push({
        bedId,
        server,
        monitor: createBedsideMonitor({ recordings, startWith: place, probeMoved }),
      });
    }
    const ports = hospital.monitors.map(({ host, port }) => `${host}:${port}`);
    ready(`monitors of ${hospital.id}: ${monitors.length} on ${ports.join(", ")}`);

    let day = plan;
    const speak = () => {
      const wardTimeMs = clock.wardTimeMs();
      day = dayAt(day, wardTimeMs);
      for (const { bedId, server, monitor } of monitors) {
        const { values, probe } = monitor.nextSecond(truthAt(day, bedId, wardTimeMs));
        server.send(values, probe);
      }
    };
    await tickEvery({ everyMs: lineEveryMs }, speak, signal);
  } finally {
    await Promise.all(monitors.map(({ server }) => server.close()));
  }
}
