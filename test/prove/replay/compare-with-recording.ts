import type { OximeterValues } from "../../../firmware-sim/monitor/masimo-line.ts";
import type { StoredReading } from "../../support/stored-readings.ts";

/** Each row's three values, in order, as the recording has them and as they were stored; the differences. */
export function compareWithRecording(
  rows: readonly OximeterValues[],
  stored: readonly StoredReading[],
): string[] {
  const columns = [
    ["spo2", rows.map((row) => row.spo2Pct)],
    ["pulse-rate", rows.map((row) => row.pulsePerMin)],
    ["perfusion-index", rows.map((row) => row.perfusionIndex)],
  ] as const;
  return columns.flatMap(([metric, expected]) => {
    const got = stored.filter((reading) => reading.metric === metric).map((reading) => reading.value);
    if (got.length !== expected.length)
      return [`${metric}: ${expected.length} recorded, ${got.length} stored`];
    return expected.flatMap((value, row) =>
      value === got[row] ? [] : [`${metric} row ${row}: recorded ${value}, stored ${got[row]}`],
    );
  });
}
