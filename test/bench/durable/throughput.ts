/** Messages acknowledged a second: ours, checked, interpreted and on disk before each acknowledgement; theirs, nothing. */

import { type Load, runLoad } from "../../load/run-load.ts";
import type { Measured } from "../bench.ts";
import { interleaved, ratiosOf, spreadOf } from "../spread.ts";
import { startGatewayUnderTest, storedBy } from "./gateway-under-test.ts";
import type { Size } from "./size.ts";
import { startEmptyAedes } from "./start-peers.ts";

export type LoadCase = { readonly clients: number; readonly window: number; readonly ratioMin: number };

/** From which share of a core on the generator may be what limits. */
const GENERATOR_BOUND_FROM = 0.9;

export const nameOf = ({ clients, window }: Pick<LoadCase, "clients" | "window">) => `${clients}x${window}`;

export async function measureThroughput(load: LoadCase, size: Size): Promise<Measured> {
  const empty = await startEmptyAedes();
  const gateway = await startGatewayUnderTest();
  try {
    const { clients, window } = load;
    const run = ({ mqttPort, pid }: { readonly mqttPort: number; readonly pid: number }) =>
      runLoad({ port: mqttPort, clients, pace: { kind: "closed", window }, ...size.run }, [pid]);
    const storedBefore = await storedBy(gateway);
    const measured = await interleaved(
      size.pairs,
      () => run(gateway),
      () => run(empty),
    );
    const stored = (await storedBy(gateway)) - storedBefore;
    const acknowledged = measured.ours.reduce((sum, one) => sum + one.acknowledgedInAll, 0);
    const ratio = ratiosOf(measured, (ours, theirs) => ours.perSecond / theirs.perSecond);
    return {
      figures: {
        ratio,
        ratioMin: load.ratioMin,
        ours: { ...told(measured.ours), acknowledged, stored },
        emptyAedes: told(measured.theirs),
      },
      misses: [
        ...(ratio.median >= load.ratioMin / size.slack
          ? []
          : [`${nameOf(load)}: ${ratio.median} of the empty broker's rate, less than ${load.ratioMin}`]),
        ...(stored >= acknowledged
          ? []
          : [`${nameOf(load)}: ${acknowledged} acknowledged, but only ${stored} on disk`]),
      ],
    };
  } finally {
    await gateway.stop();
    await empty.stop();
  }
}

export function told(loads: readonly Load[]) {
  const generatorCpuShare = spreadOf(loads.map(({ cpuShare }) => cpuShare));
  return {
    perSecond: spreadOf(loads.map(({ perSecond }) => perSecond)),
    p50Ms: spreadOf(loads.map(({ latency }) => latency?.p50Ms ?? Number.NaN)),
    p99Ms: spreadOf(loads.map(({ latency }) => latency?.p99Ms ?? Number.NaN)),
    cpuSecondsPer100k: spreadOf(loads.map((load) => load.serverCpuSecondsPer100k)),
    cpuShare: spreadOf(loads.map((load) => load.serverCpuShare)),
    generatorCpuShare,
    isGeneratorBound: generatorCpuShare.median >= GENERATOR_BOUND_FROM,
  };
}
