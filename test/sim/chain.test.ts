/**
 * The promise, from a seed: what a device was told is kept, is kept, and in the end it is in the cloud once. A failure
 * prints the seed and the shortest steps that lead to it; `HOSPITELL_SEED=… npx vitest run test/sim` walks them again.
 */
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { memoryDir } from "../support/temp-dir.ts";
import { Chain, type ChainParts } from "./chain.ts";
import { breachesAfterStep, breachesAtTheEnd } from "./check-chain.ts";
import {
  cursorOffByOne,
  deletesBeforeStored,
  heedsNoRollback,
  markOffByOne,
  skipsTombstones,
} from "./lane-steppers.ts";
import { simulationSeed } from "./seed.ts";
import { type Step, steps } from "./step.ts";

const seed = simulationSeed();
/** Enough for the developer's loop; `HOSPITELL_RUNS=10000` for a night. */
const RUNS = Number(process.env.HOSPITELL_RUNS ?? 40);
const RUN_MS_MAX = 5_000;

type Coverage = Map<string, number>;

/** Takes the steps one by one; every sentence that the checker says. */
async function simulate(
  taken: readonly Step[],
  parts: ChainParts,
  coverage: Coverage = new Map(),
): Promise<string[]> {
  const chain = new Chain(parts);
  try {
    for (const step of taken) {
      await chain.take(step);
      const kind = "end" in step ? step.end : "weather" in step ? step.weather : step.do;
      coverage.set(kind, (coverage.get(kind) ?? 0) + 1);
      const breaches = await breachesAfterStep(chain);
      if (breaches.length > 0) return breaches;
    }
    await chain.heal();
    return [...(await breachesAfterStep(chain, true)), ...(await breachesAtTheEnd(chain))];
  } finally {
    await chain.close();
  }
}

function runs(parts: Omit<ChainParts, "file">, numRuns: number) {
  const directory = memoryDir();
  const coverage: Coverage = new Map();
  let run = 0;
  const property = fc.asyncProperty(steps, async (taken) => {
    run += 1;
    const breaches = await simulate(taken, { ...parts, file: join(directory, `${run}.sqlite`) }, coverage);
    if (breaches.length > 0) throw new Error(breaches.join("\n"));
  });
  return { coverage, property, parameters: { seed, numRuns } };
}

test(
  `nothing acknowledged is lost and nothing counts twice, whatever happens on the way (seed ${seed})`,
  async () => {
    const { property, parameters, coverage } = runs({}, RUNS);
    await fc.assert(property, parameters);
    // A simulation in which nothing happened would hold as well.
    for (const kind of [
      "acknowledged",
      "acknowledgement-lost",
      "commit-failed",
      "repeat",
      "power-cut",
      "rot",
      "tidy",
      "pass",
      "press",
      "clear",
      "request-lost",
      "reply-lost",
    ])
      expect([kind, (coverage.get(kind) ?? 0) > RUNS / 5]).toEqual([kind, true]);
  },
  RUN_MS_MAX * RUNS,
);

const checked = (mistake: Omit<ChainParts, "file">) => {
  const { property, parameters } = runs(mistake, 50);
  // To shorten it costs many runs; whoever meets such a failure for the first time shortens it.
  return fc.check(property, { ...parameters, endOnFailure: true });
};

describe("the checker finds", () => {
  test.each<[string, Omit<ChainParts, "file">, RegExp]>([
    [
      "a gateway that answers before it has stored",
      { acknowledgesBeforeAppend: true },
      /was acknowledged and is nowhere/,
    ],
    [
      "a gateway that lets go of what the cloud has not stored",
      { makeLaneStepper: deletesBeforeStored },
      /takes \d+ for stored, the cloud has \d+/,
    ],
    [
      "a gateway that begins a batch one record too late",
      { makeLaneStepper: cursorOffByOne },
      /never reached the cloud|the gateway says ".*", the cloud ".*"/,
    ],
    [
      "a gateway that takes the cloud's mark for one more than it is",
      { makeLaneStepper: markOffByOne },
      /takes \d+ for stored, the cloud has \d+/,
    ],
    [
      "a gateway that goes on with an old copy, and a cloud that skips what it knows unseen",
      { restoresFirstCopy: true, cloudMistake: "skips-known-unseen", makeLaneStepper: heedsNoRollback },
      /is one thing here and another there|was acknowledged and is nowhere|which is not there/,
    ],
    [
      "a cloud that says stored before it has stored",
      { cloudMistake: "answers-before-it-stores" },
      /the cloud has a gap/,
    ],
    [
      "a gateway that does not know after a restart what came before it",
      { forgetsRepeats: true },
      /counts [2-9] times/,
    ],
    [
      "a gateway that takes what rotted for what was measured",
      { trustsItsDisk: true },
      /which nobody said|is one thing here and another there|which is not there/,
    ],
    [
      "a gateway that is silent about what it had to give up",
      { makeLaneStepper: skipsTombstones },
      /never reached the cloud|the gateway says ".*", the cloud ".*"/,
    ],
  ])(
    "%s",
    async (_name, mistake, sentence) => {
      const { failed, errorInstance } = await checked(mistake);
      expect(failed).toBe(true);
      expect(String(errorInstance)).toMatch(sentence);
    },
    50 * RUN_MS_MAX,
  );
});

test("a run that went wrong can be told again step by step", async () => {
  const story: Step[] = [
    { do: "say", bed: "bed-1", occupied: true, timed: false, keptSeconds: 0, end: "acknowledgement-lost" },
    { do: "power-cut", seconds: 5 },
    { do: "sync", lane: "vitals", weather: "reply-lost" },
    { do: "repeat", bed: "bed-1" },
    { do: "power-cut", seconds: 5 },
    { do: "sync", lane: "vitals", weather: "clear" },
  ];
  const file = join(memoryDir(), "journal.sqlite");
  const chain = new Chain({ file });
  onTestFinished(() => chain.close());
  for (const step of story) await chain.take(step);
  expect([...chain.acknowledged]).toEqual([0.001]);
  expect([...chain.cloud.lane(chain.journal.epoch, "vitals").records.keys()]).toEqual([1, 2]);
  expect(await simulate(story, { file: `${file}-again` })).toEqual([]);
});
