/**
 * Many want few beds at once, through two replicas on a real PostgreSQL, while connections are killed, clients lose
 * patience, holds lapse under their holders and the clock jumps: no bed is ever claimed twice, no patient lies in two, and
 * what each client was told last is what is stored. The control has neither the constraint nor the lock.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { somePostgresql } from "../../support/own-postgresql.ts";
import type { Claim, ProveOptions } from "../claim.ts";
import { BEDS, CLIENTS, contest, REPLICAS } from "./contest.ts";
import { compareAnswers, doublesInHistory, overlapsInTables } from "./judge.ts";

const ATTEMPTS = { full: 200_000, short: 5_000, control: 400 };
const SEED = 20_261_126;

export const proveNoDoubleBooking: Claim = async (options) => {
  const directory = mkdtempSync(join(tmpdir(), "hospitell-double-"));
  const postgresql = await somePostgresql();
  try {
    const shown = await claim(options, directory, postgresql.url);
    const control = await controlled(options, directory, postgresql.url);
    const misses = [...shown.misses];
    if (control.doubled === 0)
      misses.push("control: without constraint and lock a bed was to be claimed twice");
    return { figures: { ...shown.figures, control }, misses };
  } finally {
    await postgresql.stop();
    rmSync(directory, { recursive: true, force: true });
  }
};

async function claim({ isShort, say }: ProveOptions, directory: string, serverUrl: string) {
  const attempts = isShort ? ATTEMPTS.short : ATTEMPTS.full;
  const run = await contest({ serverUrl, directory, attempts, careless: false, chance: seeded(SEED), say });
  try {
    const history = await doublesInHistory(run.db);
    const overlaps = await overlapsInTables(run.db);
    const answers = await compareAnswers(run.db, run.known);
    const unexplained = run.unexplained;
    const misses = [
      ...miss(run.seenDoubled.size, `claimed twice at an instant: ${[...run.seenDoubled].slice(0, 3)}`),
      ...miss(history.beds.length, `claimed twice by the record: ${history.beds.slice(0, 3)}`),
      ...miss(history.encounters.length, `in two beds: ${history.encounters.slice(0, 3)}`),
      ...miss(overlaps, "overlapping ranges in the tables"),
      ...miss(answers.differing.length, `answers differ from the database: ${answers.differing.slice(0, 3)}`),
      ...miss(answers.unknownToClients, "bookings that no client was told of"),
      ...miss(unexplained.length, `answers of the kind 500: ${unexplained.slice(0, 2)}`),
      // A contest in which nothing happened shows nothing.
      ...(history.claims < attempts / 100 ? [`only ${history.claims} claims were made`] : []),
      ...(run.killed < 10 || run.jumps < 5 || run.counts.aborted < attempts / 500
        ? ["too few connections were killed, answers given up on, or jumps of the clock made"]
        : []),
    ];
    return {
      misses,
      figures: {
        clients: CLIENTS,
        beds: BEDS,
        replicas: REPLICAS,
        attempts: run.counts.attempts,
        seconds: Math.round(run.tookMs / 100) / 10,
        attemptsPerSecond: Math.round(run.counts.attempts / (run.tookMs / 1_000)),
        claims: history.claims,
        killedConnections: run.killed,
        clockJumps: run.jumps,
        abortedByClients: run.counts.aborted,
        retried: run.counts.retried,
        heldUp: run.counts.heldUp,
        answers: Object.fromEntries([...run.counts.byCode].sort(([, one], [, two]) => two - one)),
        looks: run.looks,
        bedsClaimedTwice: run.seenDoubled.size + history.beds.length + overlaps,
        encountersInTwoBeds: history.encounters.length,
        answersCompared: answers.compared,
        answersDiffering: answers.differing.length,
      },
    };
  } finally {
    await run.close();
  }
}

async function controlled({ say }: ProveOptions, directory: string, serverUrl: string) {
  const parts = { attempts: ATTEMPTS.control, careless: true, chance: seeded(SEED + 1) };
  const run = await contest({ serverUrl, directory, say, ...parts });
  try {
    const history = await doublesInHistory(run.db);
    return {
      attempts: run.counts.attempts,
      doubled: history.beds.length,
      doubledAtAnInstant: run.seenDoubled.size,
    };
  } finally {
    await run.close();
  }
}

const miss = (count: number, what: string) => (count === 0 ? [] : [`${count} ${what}`]);

/** xorshift32; the clients share it, so that chance is the seed's and the order the machine's. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
