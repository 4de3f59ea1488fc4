/**
 * The other side: columns that are in memory already go into a table of the same columns and the same key, with
 * nothing decoded, checked, compared or remembered. A prepared statement, arrays as text, as fast as it goes.
 */
import pg from "pg";
import { arrayText } from "../../../cloud/database/array-text.ts";
import { READINGS, READINGS_PER_BATCH } from "./ward-batches.ts";

const TABLE = `
  CREATE TABLE bare_readings (
    seq bigint NOT NULL, value double precision NOT NULL, observed_at_ms bigint NOT NULL,
    gateway_received_at_ms bigint NOT NULL, received_at_ms bigint NOT NULL, clock_offset_ms bigint NOT NULL,
    journal_id int NOT NULL, series_id int NOT NULL, lane smallint NOT NULL, flags smallint NOT NULL,
    PRIMARY KEY (journal_id, lane, seq))`;
const INSERT = {
  name: "bare",
  text: `INSERT INTO bare_readings
    SELECT seq, value, observed, received, $7, $8, $9, series, 1, flags
    FROM unnest($1::bigint[], $2::float8[], $3::bigint[], $4::bigint[], $5::int[], $6::smallint[])
      AS reading(seq, value, observed, received, series, flags)`,
};

export class BareInsert {
  readonly #pool: pg.Pool;
  readonly #nextSeq = new Map<number, number>();

  constructor(url: string, connections: number) {
    this.#pool = new pg.Pool({ connectionString: url, max: connections });
    // At the end the database goes, and may end a connection that was just being closed.
    this.#pool.on("error", () => undefined);
  }

  async begin(): Promise<void> {
    await this.#pool.query(TABLE);
  }

  async insertBatch(journalId: number): Promise<void> {
    const first = this.#nextSeq.get(journalId) ?? 1;
    this.#nextSeq.set(journalId, first + READINGS_PER_BATCH);
    const seq = Array.from({ length: READINGS_PER_BATCH }, (_, place) => first + place);
    const { value, observedAtMs, receivedAtMs, seriesOf, flags } = READINGS;
    const columns = [seq, value, observedAtMs, receivedAtMs, seriesOf, flags].map(arrayText);
    await this.#pool.query({ ...INSERT, values: [...columns, Date.now(), 0, journalId] });
  }

  async count(): Promise<number> {
    const { rows } = await this.#pool.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM bare_readings",
    );
    return rows[0]?.count ?? 0;
  }

  /** Neither side is to write out what the other one left behind. */
  async settle(): Promise<void> {
    await this.#pool.query("CHECKPOINT").catch(() => {});
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}
