/**
 * What it costs to take in what gateways send, each record once: our ingest from compressed bodies to the commit,
 * with the newest values shown meanwhile, against a bare insert of the same columns into the same server by as many
 * connections.
 */
import { sql } from "kysely";
import { openPostgresql } from "../../../cloud/database/postgresql.ts";
import { somePostgresql } from "../../support/own-postgresql.ts";
import { until } from "../../support/until.ts";
import type { Bench } from "../bench.ts";
import { interleaved, ratiosOf, spreadOf } from "../spread.ts";
import { BareInsert } from "./bare-insert.ts";
import { OurIngest } from "./our-ingest.ts";
import { bytesPerReading, READINGS_PER_BATCH, WardGateway } from "./ward-batches.ts";

const CONNECTIONS = 4;
const RATIO_MIN = 0.9;
const BYTES_RATIO_MAX = 0.15;
/** `slack`: by how much the goal may be missed before the run fails; a second or two says little more. */
const FULL = { pairs: 9, batchesPerGateway: 80, slack: 1 };
const SHORT = { pairs: 3, batchesPerGateway: 15, slack: 2 };

export const benchIngest: Bench = async ({ isShort, say }) => {
  const size = isShort ? SHORT : FULL;
  const server = await somePostgresql();
  const database = await freshDatabase(server.url);
  const gateways = Array.from({ length: CONNECTIONS }, (_, n) => new WardGateway(`gw-${n + 1}`));
  const ours = new OurIngest(database.url);
  const stop = new AbortController();
  const following = ours.follow(stop.signal);
  const theirs = new BareInsert(database.url, CONNECTIONS);
  try {
    await ours.begin(gateways);
    await theirs.begin();
    const measured = await measure(ours, theirs, gateways, size, say);
    return verdict(measured, await isOnce(ours, gateways), size.slack);
  } finally {
    stop.abort();
    await following;
    await theirs.close();
    await ours.close();
    await database.drop();
    await server.stop();
  }
};

type Size = typeof FULL;

async function measure(
  ours: OurIngest,
  theirs: BareInsert,
  gateways: readonly WardGateway[],
  { pairs, batchesPerGateway }: Size,
  say: (line: string) => void,
) {
  const readings = gateways.length * batchesPerGateway * READINGS_PER_BATCH;
  const perSecond = async (work: () => Promise<unknown>) => {
    await theirs.settle();
    const begunAtMs = performance.now();
    await work();
    return Math.round((readings / (performance.now() - begunAtMs)) * 1_000);
  };
  const takeAll = async (bodies: readonly Uint8Array[][]) =>
    await Promise.all(
      gateways.map(async (gateway, n) => {
        for (const body of bodies[n] ?? []) await ours.take(gateway, body);
      }),
    );
  const ourTurn = async () => {
    const bodies = gateways.map((gateway) => gateway.nextBodies(batchesPerGateway));
    const perS = await perSecond(() => takeAll(bodies));
    // What is left of it is not to disturb the other side.
    await until(
      "the newest values are shown",
      async () => ((await ours.behind()) === 0 ? true : undefined),
      30_000,
    );
    say(`ours ${perS}/s`);
    return perS;
  };
  const theirTurn = async () => {
    const bare = await perSecond(() =>
      Promise.all(
        gateways.map(async (_gateway, n) => {
          for (let batch = 0; batch < batchesPerGateway; batch++) await theirs.insertBatch(n + 1);
        }),
      ),
    );
    say(`bare insert ${bare}/s`);
    return bare;
  };
  // The first turn of each makes connections, plans and pages; it does not count.
  await ourTurn();
  await theirTurn();
  const turns = await interleaved(pairs, ourTurn, theirTurn);
  const isWhole =
    (await ours.count()) === (pairs + 1) * readings && (await theirs.count()) === (pairs + 1) * readings;
  return { turns, isWhole };
}

/** What was stored comes again and is not stored again. */
async function isOnce(ours: OurIngest, [gateway]: readonly WardGateway[]): Promise<boolean> {
  if (gateway === undefined) return false;
  const [body] = gateway.nextBodies(1);
  if (body === undefined) return false;
  const first = await ours.take(gateway, body);
  const before = await ours.count();
  const again = await ours.take(gateway, body);
  return first === READINGS_PER_BATCH && again === 0 && (await ours.count()) === before;
}

function verdict(
  { turns, isWhole }: Awaited<ReturnType<typeof measure>>,
  isOnceOnly: boolean,
  slack: number,
): Awaited<ReturnType<Bench>> {
  const ratio = ratiosOf(turns, (mine, bare) => mine / bare);
  const bytes = bytesPerReading();
  const misses: string[] = [];
  if (ratio.median < RATIO_MIN / slack)
    misses.push(`ingest was to reach ${RATIO_MIN} of a bare insert, and reached ${ratio.median}`);
  if (bytes.ratio > BYTES_RATIO_MAX)
    misses.push(`a reading was to take ${BYTES_RATIO_MAX} of its JSON's bytes, and takes ${bytes.ratio}`);
  if (!isWhole) misses.push("each reading that was sent was to be stored, and some are not, or twice");
  if (!isOnceOnly) misses.push("a batch that comes again was to change nothing, and did");
  return {
    figures: {
      connections: CONNECTIONS,
      readingsPerBatch: READINGS_PER_BATCH,
      ratio,
      oursPerSecond: spreadOf(turns.ours),
      barePerSecond: spreadOf(turns.theirs),
      bytesPerReading: bytes,
    },
    misses,
  };
}

async function freshDatabase(url: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `hospitell_bench_${process.pid}`;
  const server = openPostgresql({ url, onIdleError: () => {} });
  await sql`CREATE DATABASE ${sql.id(name)}`.execute(server.db);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    url: own.href,
    async drop() {
      await sql`DROP DATABASE ${sql.id(name)} WITH (FORCE)`.execute(server.db);
      await server.close();
    },
  };
}
