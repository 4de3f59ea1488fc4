/**
 * What it costs to keep what is acknowledged: the gateway against the same broker that keeps nothing, against a broker
 * with a subscriber that writes to the same database, and on a disk that is slow.
 */
import type { Bench, Measured } from "../bench.ts";
import { measureFlood } from "./flood.ts";
import { measureLatency } from "./latency.ts";
import { measureAgainstNodeRed } from "./node-red.ts";
import { FULL, SHORT } from "./size.ts";
import { measureSlow } from "./slow.ts";
import { measureStored } from "./stored.ts";
import { type LoadCase, measureThroughput, nameOf } from "./throughput.ts";

const LOADS: readonly LoadCase[] = [
  { clients: 1_000, window: 1, ratioMin: 0.9 },
  { clients: 100, window: 20, ratioMin: 0.65 },
];

export const benchDurable: Bench = async ({ isShort, say }) => {
  const size = isShort ? SHORT : FULL;
  const parts: Record<string, () => Promise<Measured>> = {
    ...Object.fromEntries(LOADS.map((load) => [nameOf(load), () => measureThroughput(load, size)])),
    rowsStored: () => measureStored(size),
    latencyAt2000: () => measureLatency(size),
    slowDisk: () => measureSlow(size),
    // Minutes of installing and of catching up; the short form is there to see that the rest runs.
    ...(isShort ? {} : { nodeRed: () => measureAgainstNodeRed(size) }),
    flood: () => measureFlood(size),
  };
  const figures: Record<string, unknown> = {};
  const misses: string[] = [];
  for (const [name, measure] of Object.entries(parts)) {
    say(`${name} …`);
    const measured = await measure();
    say(JSON.stringify(measured.figures));
    figures[name] = measured.figures;
    misses.push(...measured.misses);
  }
  return { figures, misses };
};
