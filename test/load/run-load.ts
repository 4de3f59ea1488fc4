/** Runs the load generator, and tells what the measured processes spent while it measured. */
import { Forked } from "../support/forked.ts";
import { cpuSecondsOf } from "../support/process-facts.ts";
import type { LoadMessage, LoadOrder, LoadReport } from "./load-order.ts";

export type Load = LoadReport & {
  /** Of all the measured processes together, per 100,000 messages acknowledged within the measured time. */
  readonly serverCpuSecondsPer100k: number;
  /** CPU seconds a second of all the measured processes together. */
  readonly serverCpuShare: number;
};

const PER = 100_000;

export async function runLoad(order: LoadOrder, pids: readonly number[]): Promise<Load> {
  const generator = new Forked<LoadMessage>({
    file: "test/load/mqtt-load.ts",
    args: [JSON.stringify(order)],
  });
  const failed: Promise<never> = generator.said("failed").then(({ reason }) => {
    throw new Error(`load generator: ${reason}`);
  });
  // It is no failure that it ended without one.
  failed.catch(() => undefined);
  const spent = () => pids.reduce((sum, pid) => sum + cpuSecondsOf(pid), 0);
  const run = async (): Promise<Load> => {
    await generator.said("measuring");
    const before = spent();
    await generator.said("measured");
    const seconds = spent() - before;
    const { report } = await generator.said("done");
    return {
      ...report,
      serverCpuSecondsPer100k: Number(((seconds / report.acknowledged) * PER).toFixed(3)),
      serverCpuShare: Number(((seconds * 1_000) / order.measuredMs).toFixed(2)),
    };
  };
  try {
    return await Promise.race([run(), failed]);
  } finally {
    await generator.end();
  }
}
