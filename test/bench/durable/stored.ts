/** Rows stored a second, and what each cost: one process that checks and keeps, against a broker with a subscriber. */
import type { Measured } from "../bench.ts";
import { interleaved, ratiosOf, spreadOf } from "../spread.ts";
import { startGatewayUnderTest, storedBy } from "./gateway-under-test.ts";
import { startMosquittoWay } from "./mosquitto-way.ts";
import { measureRows, type RowsStored, type StoringWay } from "./rows-stored.ts";
import type { Size } from "./size.ts";

const RATIO_MIN = 2;
const CPU_RATIO_MAX = 0.5;

export async function measureStored(size: Size): Promise<Measured> {
  const ours = await startOurWay();
  const theirs = await startMosquittoWay();
  try {
    // Once each for nothing: programs are compiled while they run.
    for (const way of [ours, theirs]) await measureRows(way, size, size.run.warmUpMs);
    const measured = await interleaved(
      size.pairs,
      () => measureRows(ours, size),
      () => measureRows(theirs, size),
    );
    const ratio = ratiosOf(measured, (one, other) => one.rowsPerSecond / other.rowsPerSecond);
    const cpuRatio = ratiosOf(measured, (one, other) => one.cpuSecondsPer100k / other.cpuSecondsPer100k);
    const missing = measured.ours.reduce((sum, one) => sum + one.missing, 0);
    return {
      figures: {
        ratio,
        ratioMin: RATIO_MIN,
        cpuRatio,
        cpuRatioMax: CPU_RATIO_MAX,
        ours: rowsTold(measured.ours),
        mosquittoAndSubscriber: rowsTold(measured.theirs),
      },
      misses: [
        ...(ratio.median >= RATIO_MIN / size.slack
          ? []
          : [`${ratio.median} times the rows of mosquitto with a subscriber, less than ${RATIO_MIN}`]),
        ...(cpuRatio.median <= CPU_RATIO_MAX * size.slack
          ? []
          : [`${cpuRatio.median} of the CPU of mosquitto with a subscriber, more than ${CPU_RATIO_MAX}`]),
        ...(missing === 0 ? [] : [`${missing} acknowledged readings are not on disk`]),
      ],
    };
  } finally {
    await theirs.stop();
    await ours.stop();
  }
}

export async function startOurWay(): Promise<StoringWay> {
  const gateway = await startGatewayUnderTest();
  return {
    pids: [gateway.pid],
    mqttPort: gateway.mqttPort,
    stored: () => storedBy(gateway),
    stop: gateway.stop,
  };
}

export const rowsTold = (runs: readonly RowsStored[]) => ({
  rowsPerSecond: spreadOf(runs.map((run) => run.rowsPerSecond)),
  cpuSecondsPer100k: spreadOf(runs.map((run) => run.cpuSecondsPer100k)),
  acknowledged: runs.reduce((sum, run) => sum + run.acknowledged, 0),
  missing: runs.reduce((sum, run) => sum + run.missing, 0),
});
