/**
 * Rows on disk a second, from the first message to the last row, and what all the processes of a way spent on it. A way
 * that acknowledges first and stores later is given the time to catch up, and it counts.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { runLoad } from "../../load/run-load.ts";
import { cpuSecondsOf } from "../../support/process-facts.ts";
import type { Size } from "./size.ts";

const CLIENTS = 100;
const WINDOW = 20;
const STORED_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 20;
const PER = 100_000;

/** A way from a device to rows on a disk. */
export type StoringWay = {
  readonly pids: readonly number[];
  readonly mqttPort: number;
  stored(): Promise<number>;
  stop(): Promise<void>;
};

export type RowsStored = {
  readonly rowsPerSecond: number;
  readonly cpuSecondsPer100k: number;
  readonly acknowledged: number;
  /** Rows that were acknowledged and never came. */
  readonly missing: number;
};

export async function measureRows(
  way: StoringWay,
  size: Size,
  sendMs = size.run.measuredMs,
): Promise<RowsStored> {
  const spent = () => way.pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
  const [cpuBefore, storedBefore] = [spent(), await way.stored()];
  const load = await runLoad(
    {
      port: way.mqttPort,
      clients: CLIENTS,
      pace: { kind: "closed", window: WINDOW },
      warmUpMs: 0,
      measuredMs: sendMs,
    },
    way.pids,
  );
  const drainedMs = performance.now();
  const giveUpMs = drainedMs + STORED_WITHIN_MS;
  let rows = (await way.stored()) - storedBefore;
  while (rows < load.acknowledgedInAll && performance.now() < giveUpMs) {
    await sleep(LOOK_EVERY_MS);
    rows = (await way.stored()) - storedBefore;
  }
  const lastedMs = load.lastedMs + performance.now() - drainedMs;
  return {
    rowsPerSecond: Math.round((rows * 1_000) / lastedMs),
    cpuSecondsPer100k: Number((((spent() - cpuBefore) / rows) * PER).toFixed(3)),
    acknowledged: load.acknowledgedInAll,
    missing: Math.max(0, load.acknowledgedInAll - rows),
  };
}
