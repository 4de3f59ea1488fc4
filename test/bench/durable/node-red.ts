/** Rows stored a second against Node-RED's MQTT, JSON and SQLite, in WAL. */
import type { Measured } from "../bench.ts";
import { interleaved, ratiosOf } from "../spread.ts";
import { installNodeRed, startNodeRedWay } from "./node-red-way.ts";
import { measureRows } from "./rows-stored.ts";
import type { Size } from "./size.ts";
import { rowsTold, startOurWay } from "./stored.ts";

const RATIO_MIN = 15;
/** It takes so long to catch up that a moment of flood is enough to see how fast it is. */
const SEND_MS = 500;

export async function measureAgainstNodeRed(size: Size): Promise<Measured> {
  const missing = installNodeRed();
  if (missing !== null) return { figures: { skipped: missing }, misses: [] };
  const ours = await startOurWay();
  const theirs = await startNodeRedWay();
  try {
    for (const way of [ours, theirs]) await measureRows(way, size, SEND_MS / 5);
    const measured = await interleaved(
      size.pairs,
      () => measureRows(ours, size),
      () => measureRows(theirs, size, SEND_MS),
    );
    const ratio = ratiosOf(measured, (one, other) => one.rowsPerSecond / other.rowsPerSecond);
    return {
      figures: {
        ratio,
        ratioMin: RATIO_MIN,
        cpuRatio: ratiosOf(measured, (one, other) => one.cpuSecondsPer100k / other.cpuSecondsPer100k),
        ours: rowsTold(measured.ours),
        nodeRed: rowsTold(measured.theirs),
      },
      misses:
        ratio.median >= RATIO_MIN ? [] : [`${ratio.median} times Node-RED's rows, less than ${RATIO_MIN}`],
    };
  } finally {
    await theirs.stop();
    await ours.stop();
  }
}
