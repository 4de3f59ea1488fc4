/** More than it can take, for as long as it takes: what does not fit must stay with the devices, not in memory. */
import { runLoad } from "../../load/run-load.ts";
import { rssMibOf, rssPeakMibOf } from "../../support/process-facts.ts";
import type { Measured } from "../bench.ts";
import { startGatewayUnderTest, storedBy } from "./gateway-under-test.ts";
import type { Size } from "./size.ts";

const CLIENTS = 1_000;
/** Messages that a device sends in one go when it has fallen behind. */
const BURST = 8;
/** Unacknowledged messages of one device; more it keeps to itself. */
const WINDOW = 64;
const TIMES_CAPACITY = 2;
const RSS_MIB_MAX = 250;
/** Nothing has settled after five seconds. */
const RSS_MIB_MAX_SHORT = 300;

export async function measureFlood(size: Size): Promise<Measured> {
  const gateway = await startGatewayUnderTest();
  try {
    const { mqttPort: port, pid } = gateway;
    const rssBeforeMib = rssMibOf(pid);
    const capacity = await runLoad(
      { port, clients: CLIENTS, pace: { kind: "closed", window: BURST }, ...size.run },
      [pid],
    );
    const perSecond = TIMES_CAPACITY * capacity.perSecond;
    const flood = await runLoad(
      {
        port,
        clients: CLIENTS,
        pace: { kind: "open", perSecond, burst: BURST, window: WINDOW },
        warmUpMs: 0,
        measuredMs: size.floodMs,
      },
      [pid],
    );
    const rssPeakMib = rssPeakMibOf(pid);
    const stored = await storedBy(gateway);
    const acknowledged = capacity.acknowledgedInAll + flood.acknowledgedInAll;
    return {
      figures: {
        capacityPerSecond: capacity.perSecond,
        offeredPerSecond: perSecond,
        takenPerSecond: flood.perSecond,
        heldBackByDevices: flood.heldBack,
        acknowledged,
        stored,
        rssBeforeMib,
        rssPeakMib,
        rssMibMax: RSS_MIB_MAX,
        generatorCpuShare: flood.cpuShare,
      },
      misses: [
        ...(rssPeakMib <= (size.slack === 1 ? RSS_MIB_MAX : RSS_MIB_MAX_SHORT)
          ? []
          : [`flooded, the gateway took ${rssPeakMib} MiB, more than ${RSS_MIB_MAX}`]),
        ...(stored >= acknowledged
          ? []
          : [`flooded, the gateway acknowledged ${acknowledged} and kept ${stored}`]),
      ],
    };
  } finally {
    await gateway.stop();
  }
}
