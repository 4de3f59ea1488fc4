/** The serial path: a monitor's probe goes on and off; then a recording is played, and what is stored equals it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { OximeterValues } from "../../../firmware-sim/monitor/masimo-line.ts";
import type { createMonitorServer } from "../../../firmware-sim/monitor/monitor-server.ts";
import { SERIAL_BED } from "./proving-ward.ts";
import type { Change, Tile } from "./tiles.ts";

type Monitor = Awaited<ReturnType<typeof createMonitorServer>>;

const PROBE_ON: OximeterValues = { spo2Pct: 97, pulsePerMin: 72, perfusionIndex: 1.5 };
const PROBE_OFF: OximeterValues = { spo2Pct: null, pulsePerMin: null, perfusionIndex: null };
/** A pulse proves an occupant; without one nothing is known, and that is what the tile says. */
const showsOccupied = (tile: Tile) => tile.display === "occupied";
const showsUnknown = (tile: Tile) => tile.display === "unknown";

export type Probe = { put(isOn: boolean): void; stop(): void };

/** A monitor sends a line every second whatever happens; one that is silent is taken for unplugged. */
export function startProbe(monitor: Monitor): Probe {
  let values = PROBE_OFF;
  const every = setInterval(() => monitor.send(values), 1_000);
  return {
    put(isOn) {
      values = isOn ? PROBE_ON : PROBE_OFF;
      monitor.send(values);
    },
    stop: () => clearInterval(every),
  };
}

export async function driveProbe(probe: Probe, count: number): Promise<Change[]> {
  const changes: Change[] = [];
  for (let n = 0; n < count; n++) {
    const isOn = n % 2 === 0;
    const atMs = Date.now();
    probe.put(isOn);
    changes.push({ bedId: SERIAL_BED, atMs, shows: isOn ? showsOccupied : showsUnknown });
    await sleep(1_800);
  }
  return changes;
}
