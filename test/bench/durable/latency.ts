/** How long a device waits at a hospital's pace: ours, the empty broker, and the disk itself, one after the other. */
import { type Load, runLoad } from "../../load/run-load.ts";
import type { Spread as Latency } from "../../load/samples.ts";
import { Forked } from "../../support/forked.ts";
import type { Measured } from "../bench.ts";
import { spreadOf } from "../spread.ts";
import { type GatewayUnderTest, startGatewayUnderTest } from "./gateway-under-test.ts";
import type { Size } from "./size.ts";
import { type Served, startEmptyAedes } from "./start-peers.ts";

const CLIENTS = 1_000;
const PACE = { kind: "open", perSecond: 2_000, burst: 1, window: 16 } as const;
/** How many times the disk's own p99 ours may be above the empty broker's. */
const SYNCS_ABOVE_EMPTY_MAX = 3;
/** On a slow disk: one commit that was just missed, and one's own, and half for the rest. */
const SLOW_SYNCS_MAX = 2.5;

/** In pairs with the empty broker, on the disk as it is. */
export async function measureLatency(size: Size): Promise<Measured> {
  const empty = await startEmptyAedes();
  const gateway = await startGatewayUnderTest();
  try {
    const sinceStart = await runFirst(gateway, size);
    await runFirst(empty, size);
    const rounds: { ours: Load; empty: Load; disk: Latency }[] = [];
    for (let n = 0; n < size.pairs; n++) {
      const first = n % 2 === 0 ? await runPaced(gateway, size) : null;
      const theirs = await runPaced(empty, size);
      rounds.push({
        ours: first ?? (await runPaced(gateway, size)),
        empty: theirs,
        disk: await probe(gateway.directory, {}, size),
      });
    }
    const syncsAbove = spreadOf(
      rounds.map(({ ours, empty: theirs, disk }) => (p99(ours) - p99(theirs)) / disk.p99Ms),
    );
    return {
      figures: {
        fdatasyncsAboveEmpty: syncsAbove,
        fdatasyncsAboveEmptyMax: SYNCS_ABOVE_EMPTY_MAX,
        oursSinceStart: sinceStart,
        ours: waits(rounds.map(({ ours }) => ours)),
        emptyAedes: waits(rounds.map((round) => round.empty)),
        fdatasync: diskTold(rounds.map(({ disk }) => disk)),
      },
      misses:
        syncsAbove.median <= SYNCS_ABOVE_EMPTY_MAX * size.slack
          ? []
          : [
              `PUBACK p99 is ${syncsAbove.median} times fdatasync's p99 above the empty broker's, more than ${SYNCS_ABOVE_EMPTY_MAX}`,
            ],
    };
  } finally {
    await gateway.stop();
    await empty.stop();
  }
}

/** On the slow disk, in pairs with the disk itself. */
export async function measureSlowLatency(
  gateway: GatewayUnderTest,
  env: Readonly<Record<string, string>>,
  size: Size,
): Promise<Measured> {
  const sinceStart = await runFirst(gateway, size);
  const rounds: { ours: Load; disk: Latency }[] = [];
  for (let n = 0; n < size.pairs; n++)
    rounds.push({ ours: await runPaced(gateway, size), disk: await probe(gateway.directory, env, size) });
  const syncs = spreadOf(rounds.map(({ ours, disk }) => p99(ours) / disk.p99Ms));
  return {
    figures: {
      fdatasyncs: syncs,
      fdatasyncsMax: SLOW_SYNCS_MAX,
      oursSinceStart: sinceStart,
      ours: waits(rounds.map(({ ours }) => ours)),
      fdatasync: diskTold(rounds.map(({ disk }) => disk)),
    },
    misses:
      syncs.median <= SLOW_SYNCS_MAX * size.slack
        ? []
        : [
            `with 5 ms more a sync, PUBACK p99 is ${syncs.median} times fdatasync's, more than ${SLOW_SYNCS_MAX}`,
          ],
  };
}

const runPaced = ({ mqttPort, pid }: Pick<Served, "mqttPort" | "pid">, size: Size) =>
  runLoad({ port: mqttPort, clients: CLIENTS, pace: PACE, ...size.pacedRun }, [pid]);

/** What a device waits for in each of the first runs since the server was started. */
async function runFirst(served: Pick<Served, "mqttPort" | "pid">, size: Size) {
  const p99Ms: number[] = [];
  for (let n = 0; n < size.firstPacedRuns; n++) p99Ms.push(p99(await runPaced(served, size)));
  return { p99Ms };
}

async function probe(
  directory: string,
  env: Readonly<Record<string, string>>,
  { probedMs }: Size,
): Promise<Latency> {
  const program = new Forked<{ readonly kind: "probed"; readonly spread: Latency }>({
    file: "test/bench/durable/sync-probe.ts",
    args: [directory, String(probedMs)],
    env,
  });
  try {
    return (await program.said("probed")).spread;
  } finally {
    await program.end();
  }
}

const p99 = ({ latency }: Load) => latency?.p99Ms ?? Number.NaN;

const waits = (loads: readonly Load[]) => ({
  p50Ms: spreadOf(loads.map(({ latency }) => latency?.p50Ms ?? Number.NaN)),
  p99Ms: spreadOf(loads.map(p99)),
  maxMs: spreadOf(loads.map(({ latency }) => latency?.maxMs ?? Number.NaN)),
  cpuShare: spreadOf(loads.map((load) => load.serverCpuShare)),
  generatorLatenessP99Ms: spreadOf(loads.map(({ lateness }) => lateness?.p99Ms ?? Number.NaN)),
});

const diskTold = (probes: readonly Latency[]) => ({
  p50Ms: spreadOf(probes.map(({ p50Ms }) => p50Ms)),
  p99Ms: spreadOf(probes.map(({ p99Ms }) => p99Ms)),
});
