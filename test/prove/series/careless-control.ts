/** The careless cloud, and a store that refuses for a while: what was sent meanwhile must be missing in the end. */
import { mkdirSync } from "node:fs";
import { until } from "../../support/until.ts";
import type { ProveOptions } from "../claim.ts";
import { GatewayDeliveries } from "./gateway-deliveries.ts";
import { Rig } from "./rig.ts";
import { Tallies } from "./tally.ts";
import type { Trouble } from "./troubled-proxy.ts";

const GATEWAY = "gw-1";
const READINGS = 6_000;
const READINGS_PER_BATCH = 500;
const REFUSED_WRITES = 2;
const NOTICED_WITHIN_MS = 60_000;
/** What a careful feed brings again it brings within this. */
const BROUGHT_WITHIN_MS = 3_000;

export type ControlFigures = {
  readonly expected: "missing";
  /** Series of which the store has too little. */
  readonly missing: number;
  readonly first: string | null;
};

export async function carelessControl(directory: string, say: ProveOptions["say"]): Promise<ControlFigures> {
  mkdirSync(directory, { recursive: true });
  const rig = await Rig.start({
    directory,
    name: "influxdb",
    gatewayIds: [GATEWAY],
    postgresqlUrl: null,
    program: "test/prove/series/careless-cloud.ts",
  });
  try {
    const tallies = new Tallies();
    const beginMs = Date.now() - 3_600_000;
    const parts = { gatewayId: GATEWAY, epochs: 1, readings: READINGS, beginMs, seed: 99, tallies };
    const deliveries = new GatewayDeliveries({ ...parts, readingsPerBatch: READINGS_PER_BATCH });
    say("control: a feed that acknowledges before the store does");
    const refused: readonly Trouble[] = Array.from({ length: REFUSED_WRITES }, () => 500);
    rig.proxy.play(refused);
    const bodies = [...deliveries.bodies()];
    const last = bodies.pop();
    for (const body of bodies) await rig.cloud.deliver(GATEWAY, body);
    const met = async () => (rig.proxy.counts.spoilt > 0 ? true : undefined);
    await until("the careless feed was refused", met, NOTICED_WITHIN_MS);
    rig.proxy.play([]);
    if (last !== undefined) await rig.cloud.deliver(GATEWAY, last);
    const arrived = async () => (rig.proxy.counts.writes > rig.proxy.counts.spoilt ? true : undefined);
    await until("what came last was written", arrived, NOTICED_WITHIN_MS);
    const missing = await rig.missingInStore(tallies.bySeries, BROUGHT_WITHIN_MS);
    return { expected: "missing", missing: missing.length, first: missing[0] ?? null };
  } finally {
    await rig.stop();
    await rig.drop();
  }
}
