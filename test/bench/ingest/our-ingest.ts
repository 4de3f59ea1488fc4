/** Our side: the service's own ingest, from the bytes of a request's body to the commit. */
import { sql } from "kysely";
import { pino } from "pino";
import { systemClock } from "../../../cloud/clock.ts";
import { migrate } from "../../../cloud/database/migrate.ts";
import { openPostgresql } from "../../../cloud/database/postgresql.ts";
import { Ingest } from "../../../cloud/ingest/ingest.ts";
import { LatestValues } from "../../../cloud/ingest/latest-values.ts";
import { NewestValues } from "../../../cloud/ingest/newest-values.ts";
import { HospitalId } from "../../../contracts/wire/ids.ts";
import type { WardGateway } from "./ward-batches.ts";

const HOSPITAL = HospitalId.parse("north");

export class OurIngest {
  readonly #opened: ReturnType<typeof openPostgresql>;
  readonly #ingest: Ingest;
  readonly #newestValues = new NewestValues();
  readonly #latestValues: LatestValues;

  constructor(url: string) {
    this.#opened = openPostgresql({ url, onIdleError: () => {} });
    this.#ingest = new Ingest({
      db: this.#opened.db,
      clock: systemClock,
      log: pino({ level: "silent" }),
      meter: { records() {}, batch() {}, refusedBatch() {}, bytes() {}, equivocation() {} },
      newestValues: this.#newestValues,
      bedsChanged() {},
      evidenceChanged() {},
      readingsStored: () => this.#latestValues.wake(),
    });
    this.#latestValues = new LatestValues({
      db: this.#opened.db,
      log: pino({ level: "silent" }),
      newestValues: this.#newestValues,
    });
  }

  /** Shows the newest values meanwhile, as the service does. */
  follow(signal: AbortSignal): Promise<void> {
    return this.#latestValues.run(signal);
  }

  async begin(gateways: readonly WardGateway[]): Promise<void> {
    const { db } = this.#opened;
    await migrate(db);
    await db.insertInto("hospitals").values({ hospitalId: HOSPITAL, name: "Northside" }).execute();
    for (const { gatewayId } of gateways)
      await db
        .insertInto("gateways")
        .values({ gatewayId, hospitalId: HOSPITAL, lastHeardAtMs: null, lastHeartbeatAtMs: null })
        .execute();
  }

  /** The numbers that were new. */
  async take({ gatewayId }: WardGateway, bytes: Uint8Array): Promise<number> {
    const caller = { kind: "gateway", gatewayId, hospitalId: HOSPITAL } as const;
    const result = await this.#ingest.takeBatch(caller, { bytes, isGzip: true });
    if (result.kind !== "stored") throw new Error(`a batch was to be stored, but: ${JSON.stringify(result)}`);
    return result.storedCount;
  }

  /** Lanes whose newest values are not shown yet. */
  async behind(): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      SELECT count(*)::int AS count FROM lanes JOIN latest_marks mark USING (journal_id, lane)
      WHERE lanes.high_water_mark_seq > mark.through_seq`.execute(this.#opened.db);
    return rows[0]?.count ?? 0;
  }

  async count(): Promise<number> {
    const { rows } = await sql<{ count: number }>`SELECT count(*)::int AS count FROM readings`.execute(
      this.#opened.db,
    );
    return rows[0]?.count ?? 0;
  }

  async close(): Promise<void> {
    await this.#opened.close();
  }
}
