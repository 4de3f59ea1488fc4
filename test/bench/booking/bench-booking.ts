/**
 * What it costs to hold a bed, and to find one among 5,000: over HTTP, by the service as it runs, on PostgreSQL. Client
 * and service share a process, so each figure has both sides' work in it. Holds come at a fixed rate for the figures that
 * the goals name (150 ms for a hold, 100 ms for a search, at the 99th percentile, which is for a machine that does nothing
 * else). What must hold on any machine are ratios of pairs: a hold against a bare insert with the same constraint right
 * after it, a search against writing the same beds as JSON.
 */
import { randomUUID } from "node:crypto";
import { freshDatabase } from "../../support/fresh-database.ts";
import { somePostgresql } from "../../support/own-postgresql.ts";
import { percentile } from "../../support/percentile.ts";
import { until } from "../../support/until.ts";
import type { Bench } from "../bench.ts";
import { BareClaims } from "./bare-claims.ts";
import { bedIdOf, type Network, startNetwork } from "./network.ts";
import { paced } from "./paced.ts";

const BEDS = 5_000;
const HOLDS_PER_SECOND = 50;
const FULL = { seconds: 30, searches: 300 };
const SHORT = { seconds: 5, searches: 60 };
/** A hold is 15 statements and their round trips, a signed-in caller and an answer; the bare side is three of them. */
const HOLD_RATIO_MAX = 8;
const SEARCH_RATIO_MAX = 2;
const PAIRS = 60;
/** The first ones make connections and plans; they do not count. */
const WARM_PAIRS = 10;
const REQUESTS_AT_ONCE = 4;

const PLACE = { kind: "place", label: "Roadside", latitude: 48.2, longitude: 16.37 };
const LEVELS = ["general", "high-dependency", "intensive"];
/** What bed n is, so that it fits. */
const needOf = (n: number) => ({ levelOfCare: LEVELS[n % 3], features: [], sex: "female", from: PLACE });

export const benchBooking: Bench = async ({ isShort, say }) => {
  const { seconds, searches } = isShort ? SHORT : FULL;
  const server = await somePostgresql();
  const database = await freshDatabase(server.url, "bench_booking");
  const network = await startNetwork(database.url, BEDS);
  const bare = new BareClaims(database.url);
  try {
    await bare.begin();
    await until(
      "all beds are searched",
      async () => ((await searchOnce(network, 0)).searched === BEDS ? true : undefined),
      30_000,
    );
    const search = await measureSearch(network, searches);
    say(`search p50 ${search.p50Ms} ms, p99 ${search.p99Ms} ms; as JSON p50 ${search.jsonP50Ms} ms`);
    const holds = await measureHolds(network, bare, seconds * HOLDS_PER_SECOND);
    say(
      `hold p50 ${holds.p50Ms} ms, p99 ${holds.p99Ms} ms; bare p50 ${holds.bareP50Ms} ms, p99 ${holds.bareP99Ms} ms; one at a time ${holds.aloneP50Ms} ms, bare ${holds.bareAloneP50Ms} ms`,
    );
    return {
      figures: { beds: BEDS, holdsPerSecond: HOLDS_PER_SECOND, search, holds },
      misses: missesOf(search, holds),
    };
  } finally {
    await bare.close();
    await network.close();
    await database.drop();
    await server.stop();
  }
};

type MatchAnswer = { searched: number; offered: number; beds: { bedId: string }[] };

async function searchOnce(network: Network, n: number): Promise<MatchAnswer> {
  const { status, body } = await network.post("/api/v1/matches", { need: needOf(n) });
  if (status !== 200) throw new Error(`a search was to be answered: ${JSON.stringify(body)}`);
  return body as MatchAnswer;
}

async function measureSearch(network: Network, searches: number) {
  const beds = await allBeds(network);
  const ours: number[] = [];
  const json: number[] = [];
  let wrong = 0;
  for (let n = 0; n < searches; n++) {
    const begunAtMs = performance.now();
    const { offered } = await searchOnce(network, n);
    ours.push(performance.now() - begunAtMs);
    if (offered === 0) wrong++;
    const jsonAtMs = performance.now();
    JSON.stringify(beds);
    json.push(performance.now() - jsonAtMs);
  }
  const [p50Ms, p99Ms] = [ms(ours, 0.5), ms(ours, 0.99)];
  const jsonP50Ms = ms(json, 0.5);
  return {
    p50Ms,
    p99Ms,
    jsonP50Ms,
    ratio: ratio(p50Ms, jsonP50Ms),
    searches,
    wrong,
    bedsWritten: beds.length,
  };
}

async function allBeds(network: Network): Promise<unknown[]> {
  const beds: unknown[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const after = cursor === "" ? "" : `&cursor=${cursor}`;
    const { body } = await network.get(`/api/v1/beds?limit=500${after}`);
    const page = body as { beds: unknown[]; nextCursor: string | null };
    beds.push(...page.beds);
    cursor = page.nextCursor;
  }
  return beds;
}

async function measureHolds(network: Network, bare: BareClaims, count: number) {
  const requestIds = await askFor(network, count + PAIRS);
  const numbers = requestIds.map((requestId, n) => ({ requestId, bedId: bedIdOf(n) }));
  let refused = 0;
  const hold = async (n: number, status: number) => {
    const reply = await network.post("/api/v1/bookings", numbers[n] ?? {}, randomUUID());
    if (reply.status !== status) refused++;
    if (reply.status !== status && refused < 3)
      throw new Error(`${status} was expected: ${JSON.stringify(reply.body)}`);
  };
  // The first ones make connections and plans; they do not count.
  const warm = HOLDS_PER_SECOND;
  const ours = (await paced(count, HOLDS_PER_SECOND, (n) => hold(n, 201))).slice(warm);
  const theirs = (await paced(count, HOLDS_PER_SECOND, (n) => bare.claim(bedIdOf(n)))).slice(warm);
  const alone: number[] = [];
  const bareAlone: number[] = [];
  for (let n = count; n < count + PAIRS; n++) {
    alone.push(await timed(() => hold(n, 201)));
    bareAlone.push(await timed(() => bare.claim(bedIdOf(n))));
  }
  const { held } = await network.db
    .selectFrom("bookings")
    .select((select) => select.fn.countAll<number>().as("held"))
    .where("state", "=", "held")
    .executeTakeFirstOrThrow();
  const [p50Ms, p99Ms, bareP50Ms, bareP99Ms] = [
    ms(ours, 0.5),
    ms(ours, 0.99),
    ms(theirs, 0.5),
    ms(theirs, 0.99),
  ];
  const offered = (await searchOnce(network, 0)).beds.map(({ bedId }) => bedId);
  const offeredTwice = numbers.filter(({ bedId }) => offered.includes(bedId)).length;
  const aloneP50Ms = ms(alone.slice(WARM_PAIRS), 0.5);
  const bareAloneP50Ms = ms(bareAlone.slice(WARM_PAIRS), 0.5);
  const paired = { aloneP50Ms, bareAloneP50Ms, ratio: ratio(aloneP50Ms, bareAloneP50Ms) };
  return {
    p50Ms,
    p99Ms,
    bareP50Ms,
    bareP99Ms,
    ...paired,
    count: count + PAIRS,
    refused,
    held: Number(held),
    offeredTwice,
  };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const begunAtMs = performance.now();
  await work();
  return performance.now() - begunAtMs;
}

async function askFor(network: Network, count: number): Promise<string[]> {
  const requestIds: string[] = [];
  for (let from = 0; from < count; from += REQUESTS_AT_ONCE) {
    const some = Array.from({ length: Math.min(REQUESTS_AT_ONCE, count - from) }, async (_, n) => {
      const asked = { need: needOf(from + n), urgency: "emergency", clinicalPriority: 1 };
      const { status, body } = await network.post("/api/v1/requests", asked, randomUUID());
      if (status !== 201) throw new Error(`a request was to be filed: ${JSON.stringify(body)}`);
      return (body as { requestId: string }).requestId;
    });
    requestIds.push(...(await Promise.all(some)));
  }
  return requestIds;
}

function missesOf(
  search: Awaited<ReturnType<typeof measureSearch>>,
  holds: Awaited<ReturnType<typeof measureHolds>>,
): string[] {
  const misses: string[] = [];
  if (search.wrong > 0 || search.bedsWritten !== BEDS)
    misses.push(
      `each search was to offer beds of ${BEDS}, and ${search.wrong} of ${search.searches} did not`,
    );
  if (search.ratio > SEARCH_RATIO_MAX)
    misses.push(
      `a search was to take ${SEARCH_RATIO_MAX} times its beds' JSON at the most, and takes ${search.ratio}`,
    );
  if (holds.refused > 0 || holds.held !== holds.count)
    misses.push(`${holds.count} holds were to stand, ${holds.held} do and ${holds.refused} were refused`);
  if (holds.offeredTwice > 0)
    misses.push(`a held bed was to be offered to nobody, and ${holds.offeredTwice} were`);
  if (holds.ratio > HOLD_RATIO_MAX)
    misses.push(`a hold was to take ${HOLD_RATIO_MAX} bare inserts at the most, and takes ${holds.ratio}`);
  return misses;
}

const ms = (samples: readonly number[], share: number) => Number(percentile(samples, share).toFixed(2));
const ratio = (ours: number, theirs: number) => Number((ours / theirs).toFixed(2));
