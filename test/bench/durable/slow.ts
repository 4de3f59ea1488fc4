/** What a slow disk costs: little throughput, since groups grow; two commits of waiting; and never the event loop. */
import { runLoad } from "../../load/run-load.ts";
import type { Measured } from "../bench.ts";
import { interleaved, ratiosOf } from "../spread.ts";
import { type GatewayUnderTest, startGatewayUnderTest } from "./gateway-under-test.ts";
import { measureSlowLatency } from "./latency.ts";
import type { Size } from "./size.ts";
import { makeSlowDisk } from "./slow-disk.ts";
import { told } from "./throughput.ts";

const CLIENTS = 1_000;
const RATIO_MIN = 0.75;
const LOOP_DELAY_MS_MAX = 20;
/** The histogram counts from tick to tick, and a tick is due every so often even where nothing delays it. */
const LOOP_TICK_MS = 10;

export async function measureSlow(size: Size): Promise<Measured> {
  const slowDisk = makeSlowDisk();
  if (slowDisk === null)
    return {
      figures: { skipped: "no C compiler to make a slow disk with: apt-get install gcc" },
      misses: [],
    };
  const fast = await startGatewayUnderTest();
  const slow = await startGatewayUnderTest(slowDisk.env);
  try {
    const latency = await measureSlowLatency(slow, slowDisk.env, size);
    const run = ({ mqttPort, pid }: GatewayUnderTest) =>
      runLoad({ port: mqttPort, clients: CLIENTS, pace: { kind: "closed", window: 1 }, ...size.run }, [pid]);
    await loopDelayMs(slow);
    const measured = await interleaved(
      size.pairs,
      () => run(slow),
      () => run(fast),
    );
    const delayMs = await loopDelayMs(slow);
    const ratio = ratiosOf(measured, (ours, theirs) => ours.perSecond / theirs.perSecond);
    return {
      figures: {
        how: "every fsync and fdatasync takes 5 ms longer, by a library loaded before libc",
        latencyAt2000: latency.figures,
        throughput1000x1: {
          ratio,
          ratioMin: RATIO_MIN,
          slow: told(measured.ours),
          fast: told(measured.theirs),
        },
        loopDelayP99Ms: delayMs,
        loopDelayP99MsMax: LOOP_DELAY_MS_MAX,
      },
      misses: [
        ...latency.misses,
        ...(ratio.median >= RATIO_MIN / size.slack
          ? []
          : [`with 5 ms more a sync, ${ratio.median} of the throughput is left, less than ${RATIO_MIN}`]),
        ...(delayMs <= LOOP_DELAY_MS_MAX * size.slack
          ? []
          : [
              `with 5 ms more a sync, the event loop is ${delayMs} ms late at p99, more than ${LOOP_DELAY_MS_MAX}`,
            ]),
      ],
    };
  } finally {
    await slow.stop();
    await fast.stop();
    slowDisk.remove();
  }
}

/** Since it was last asked. */
async function loopDelayMs(gateway: GatewayUnderTest): Promise<number> {
  const seconds = await gateway.metric("nodejs_eventloop_lag_p99_seconds");
  return Number((seconds * 1_000 - LOOP_TICK_MS).toFixed(1));
}
