/**
 * Readings through the cloud's ingest, roll-ups included, against one bare COPY of the same rows into a table of the same
 * columns without a key, in the same server. Ours brings as many gateways as it would at once; a COPY is one. What the same
 * COPY takes into a table with our key is measured too, and decides nothing.
 */
import pg from "pg";
import { copyIn } from "../../../cloud/database/copy-in.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import type { BenchOptions } from "../bench.ts";
import { interleaved, ratiosOf, spreadOf } from "../spread.ts";

import { IngestAndRollUp } from "./ingest-and-roll-up.ts";
import { AdvancingGateway, READINGS_PER_BATCH } from "./ward-months.ts";

export const COPY_RATIO_MIN = 0.4;
/** As 800 beds have, each with a batch on its way. */
const GATEWAYS = 16;
const columns = `
    seq bigint NOT NULL, value double precision NOT NULL, observed_at_ms bigint NOT NULL,
    gateway_received_at_ms bigint NOT NULL, received_at_ms bigint NOT NULL, clock_offset_ms bigint NOT NULL,
    journal_id int NOT NULL, series_id int NOT NULL, lane smallint NOT NULL, flags smallint NOT NULL`;
const TABLES = [
  `CREATE TABLE bare_readings (${columns})`,
  `CREATE TABLE keyed_readings (${columns}, PRIMARY KEY (journal_id, lane, seq, observed_at_ms))`,
];
const DAY_MS = 86_400_000;

export type CopySize = { readonly pairs: number; readonly batchesPerGateway: number; readonly slack: number };

export async function againstCopy(serverUrl: string, size: CopySize, say: BenchOptions["say"]) {
  const database = await freshDatabase(serverUrl, "bench_copy");
  const gateways = Array.from(
    { length: GATEWAYS },
    (_, n) => new AdvancingGateway(n + 1, Date.now() - DAY_MS),
  );
  const ours = new IngestAndRollUp(database.url);
  const theirs = new pg.Client({ connectionString: database.url });
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  try {
    await theirs.connect();
    for (const table of TABLES) await theirs.query(table);
    await ours.begin(gateways);
    running = ours.run(stop.signal);
    const readings = GATEWAYS * size.batchesPerGateway * READINGS_PER_BATCH;
    const made = { next: gateways.map((gateway) => gateway.next(size.batchesPerGateway)) };
    const perSecond = async (name: string, work: () => Promise<unknown>) => {
      // Neither side is to write out what the other one left behind.
      await theirs.query("CHECKPOINT").catch(() => {});
      const begunAtMs = performance.now();
      await work();
      const rate = Math.round((readings / (performance.now() - begunAtMs)) * 1_000);
      say(`${name} ${rate}/s`);
      return rate;
    };
    const ourTurn = async () => {
      const bodies = made.next;
      const rate = await perSecond("ours, rolled up", async () => {
        await Promise.all(
          gateways.map(async (gateway, n) => {
            for (const body of bodies[n]?.bodies ?? []) await ours.take(gateway, body);
          }),
        );
        await ours.catchUp();
      });
      made.next = gateways.map((gateway) => gateway.next(size.batchesPerGateway));
      return rate;
    };
    const keyed: number[] = [];
    const theirTurn = async () => {
      const rows = made.next.flatMap((batches) => batches.rows);
      const copied = (name: string, table: string) =>
        perSecond(name, () => copyIn(theirs, `COPY ${table} FROM STDIN`, rows));
      const bare = await copied("bare COPY", "bare_readings");
      // Two turns that follow each other bring the same rows.
      await theirs.query("TRUNCATE keyed_readings");
      keyed.push(await copied("COPY with our key", "keyed_readings"));
      return bare;
    };
    // The first turn of each makes connections, plans and pages; it does not count.
    await ourTurn();
    await theirTurn();
    const turns = await interleaved(size.pairs, ourTurn, theirTurn);
    const { stored, rolledUp } = await ours.counts();
    const sent = (size.pairs + 1) * readings;
    const ratio = ratiosOf(turns, (mine, bare) => mine / bare);
    return {
      figures: {
        gateways: GATEWAYS,
        readingsPerTurn: readings,
        ratio,
        oursPerSecond: spreadOf(turns.ours),
        copyPerSecond: spreadOf(turns.theirs),
        keyedCopyPerSecond: spreadOf(keyed),
      },
      misses: [
        ...(ratio.median >= COPY_RATIO_MIN / size.slack
          ? []
          : [`ingest was to reach ${COPY_RATIO_MIN} of a bare COPY, and reached ${ratio.median}`]),
        ...(stored === sent && rolledUp === sent
          ? []
          : [`of ${sent} readings ${stored} are stored and ${rolledUp} rolled up`]),
      ],
    };
  } finally {
    stop.abort();
    await running;
    await theirs.end();
    await ours.close();
    await database.drop();
  }
}
