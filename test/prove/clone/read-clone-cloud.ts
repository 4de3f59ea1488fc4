/** What the cloud has of one gateway, journal by journal, and whom it has found out; read after it has stopped. */
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";

export type FoundOut = {
  readonly epoch: string;
  readonly lane: string;
  readonly kind: string;
  readonly seq: number;
  readonly times: number;
};
export type CloneCloud = {
  /** Each journal's weights in the order of their numbers. */
  readonly journals: ReadonlyMap<string, readonly number[]>;
  readonly foundOut: readonly FoundOut[];
};

const WEIGHTS = `
  SELECT journals.epoch, readings.value FROM readings JOIN series USING (series_id) JOIN journals USING (journal_id)
  WHERE series.metric = 'load' AND journals.gateway_id = 'gw-prove' ORDER BY journal_id, seq`;
const FOUND_OUT = `
  SELECT epoch, lane, kind, seq::int AS seq, times::int AS times FROM equivocations
  WHERE gateway_id = 'gw-prove' ORDER BY first_at_ms`;

export async function readCloneCloud(cloudDirectory: string): Promise<CloneCloud> {
  const database = await open(cloudDirectory);
  try {
    const weights = await database.rows<{ epoch: string; value: number }>(WEIGHTS);
    const journals = Map.groupBy(weights, ({ epoch }) => epoch);
    return {
      journals: new Map([...journals].map(([epoch, rows]) => [epoch, rows.map(({ value }) => value)])),
      foundOut: await database.rows<FoundOut>(FOUND_OUT),
    };
  } finally {
    await database.close();
  }
}

async function open(cloudDirectory: string) {
  const url = process.env.DATABASE_URL;
  if (url !== undefined) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const rows = async <Row extends object>(sql: string) => (await client.query<Row>(sql)).rows;
    return { rows, close: () => client.end() };
  }
  const database = await PGlite.create(join(cloudDirectory, "pglite"));
  const rows = async <Row extends object>(sql: string) => (await database.query<Row>(sql)).rows;
  return { rows, close: () => database.close() };
}
