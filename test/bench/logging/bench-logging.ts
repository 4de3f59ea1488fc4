/**
 * What the gateway's own log costs: the gateway with it against the same gateway without, in the messages that it
 * acknowledges a second, each on disk; its journal alone, at its most; and how long an event waits for a signature.
 */
import { rmSync } from "node:fs";
import { runLoad } from "../../load/run-load.ts";
import type { Bench, Measured } from "../bench.ts";
import { benchDirectory, startGatewayUnderTest, storedBy } from "../durable/gateway-under-test.ts";
import { told } from "../durable/throughput.ts";
import { interleaved, ratiosOf, spreadOf } from "../spread.ts";
import { appendEvent, appendReadingGroup, floodJournal, openBenchJournal } from "./journal-load.ts";

const RATIO_MIN = 0.85;
const SIGNED_MS_MAX = 1_000;
const LOAD = { clients: 100, pace: { kind: "closed", window: 20 } } as const;
/** Beside the events whose signature is waited for. */
const READINGS_A_GROUP = 20;

type Size = {
  readonly pairs: number;
  readonly run: { readonly warmUpMs: number; readonly measuredMs: number };
  readonly journalMs: number;
  readonly signingMs: number;
  /** By how much a goal may be missed before the run fails: a second or two says little more. */
  readonly slack: number;
};
const FULL: Size = {
  pairs: 7,
  run: { warmUpMs: 2_000, measuredMs: 4_000 },
  journalMs: 3_000,
  signingMs: 20_000,
  slack: 1,
};
const SHORT: Size = {
  pairs: 3,
  run: { warmUpMs: 500, measuredMs: 1_000 },
  journalMs: 1_000,
  signingMs: 5_000,
  slack: 2,
};

export const benchLogging: Bench = async ({ isShort, say }) => {
  const size = isShort ? SHORT : FULL;
  const parts = { gateway: measureGateway, journal: measureJournal, signing: measureSigning };
  const figures: Record<string, unknown> = {};
  const misses: string[] = [];
  for (const [name, measure] of Object.entries(parts)) {
    const measured = await measure(size);
    say(`${name} ${JSON.stringify(measured.figures)}`);
    figures[name] = measured.figures;
    misses.push(...measured.misses);
  }
  return { figures, misses };
};

async function measureGateway({ pairs, run, slack }: Size): Promise<Measured> {
  const logged = await startGatewayUnderTest();
  const unlogged = await startGatewayUnderTest({}, "test/bench/logging/unlogged-gateway.ts");
  try {
    const flood = ({ mqttPort, pid }: typeof logged) => runLoad({ port: mqttPort, ...LOAD, ...run }, [pid]);
    const before = await storedBy(logged);
    const measured = await interleaved(
      pairs,
      () => flood(logged),
      () => flood(unlogged),
    );
    const stored = (await storedBy(logged)) - before;
    const acknowledged = measured.ours.reduce((sum, one) => sum + one.acknowledgedInAll, 0);
    const ratio = ratiosOf(measured, (ours, theirs) => ours.perSecond / theirs.perSecond);
    const leaves = await logged.metric("hospitell_gateway_log_leaves");
    return {
      figures: {
        ratio,
        ratioMin: RATIO_MIN,
        leaves,
        logged: told(measured.ours),
        unlogged: told(measured.theirs),
      },
      misses: [
        ...(ratio.median >= RATIO_MIN / slack
          ? []
          : [`with its log the gateway was to keep ${RATIO_MIN} of its rate, and keeps ${ratio.median}`]),
        ...(stored >= acknowledged ? [] : [`${acknowledged} acknowledged, but only ${stored} on disk`]),
        ...(leaves > 0 ? [] : ["the gateway was to log what it kept, and logged nothing"]),
      ],
    };
  } finally {
    await logged.stop();
    await unlogged.stop();
  }
}

/** The thread alone, with nobody in front of it who could be what limits: told, and no goal. */
async function measureJournal({ pairs, journalMs }: Size): Promise<Measured> {
  const directories = [benchDirectory(), benchDirectory()] as const;
  const logged = await openBenchJournal(directories[0], { isLogged: true });
  const unlogged = await openBenchJournal(directories[1], { isLogged: false });
  try {
    const measured = await interleaved(
      pairs,
      () => floodJournal(logged, journalMs),
      () => floodJournal(unlogged, journalMs),
    );
    const figures = {
      ratio: ratiosOf(measured, (ours, theirs) => ours / theirs),
      loggedPerSecond: spreadOf(measured.ours),
      unloggedPerSecond: spreadOf(measured.theirs),
    };
    return { figures, misses: [] };
  } finally {
    await logged.close();
    await unlogged.close();
    for (const directory of directories) rmSync(directory, { recursive: true, force: true });
  }
}

async function measureSigning({ signingMs, slack }: Size): Promise<Measured> {
  const directory = benchDirectory();
  const journal = await openBenchJournal(directory, { isLogged: true });
  try {
    const waits = await waitsForSignature(journal, signingMs);
    const at = (share: number) =>
      Math.round(waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? Number.NaN);
    const p99Ms = at(0.99);
    const figures = {
      events: waits.length,
      p50Ms: at(0.5),
      p99Ms,
      longestMs: at(1),
      p99MsMax: SIGNED_MS_MAX,
    };
    return {
      figures,
      misses:
        p99Ms <= SIGNED_MS_MAX * slack
          ? []
          : [`an event was to be signed within ${SIGNED_MS_MAX} ms, and p99 is ${p99Ms}`],
    };
  } finally {
    await journal.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** From appending an event to a signed checkpoint over it, sorted. What is settled before a checkpoint's word is under it. */
async function waitsForSignature(
  journal: Awaited<ReturnType<typeof openBenchJournal>>,
  forMs: number,
): Promise<number[]> {
  const waits: number[] = [];
  const unsigned: number[] = [];
  if (journal.log === null) throw new Error("expected a journal with a log");
  journal.log.onCheckpoint = () => {
    for (const sinceMs of unsigned.splice(0)) waits.push(performance.now() - sinceMs);
  };
  const beganMs = performance.now();
  for (let n = 0; performance.now() - beganMs < forMs; n++) {
    const sinceMs = performance.now();
    void appendReadingGroup(journal, READINGS_A_GROUP);
    void appendEvent(journal, n).then(() => unsigned.push(sinceMs));
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
  }
  return waits.toSorted((a, b) => a - b);
}
