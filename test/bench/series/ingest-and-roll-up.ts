/** Our side: from the bytes of a request's body to the commit, and on until everything is in the roll-ups. */
import { sql } from "kysely";
import { pino } from "pino";
import { systemClock } from "../../../cloud/clock.ts";
import { migrate } from "../../../cloud/database/migrate.ts";
import { openPostgresql } from "../../../cloud/database/postgresql.ts";
import type { Database } from "../../../cloud/database/schema.ts";
import { PartitionKeeper } from "../../../cloud/history/postgresql/partition-keeper.ts";
import { PARTITIONED } from "../../../cloud/history/postgresql/partitions.ts";
import { RollupFeed } from "../../../cloud/history/postgresql/rollup-feed.ts";
import { Ingest } from "../../../cloud/ingest/ingest.ts";
import { HospitalId } from "../../../contracts/wire/ids.ts";
import type { AdvancingGateway } from "./ward-months.ts";

const HOSPITAL = HospitalId.parse("north");
const ROLLED_UP_WITHIN_MS = 600_000;
const log = pino({ level: "silent" });

export class IngestAndRollUp {
  readonly #opened: ReturnType<typeof openPostgresql>;
  readonly #ingest: Ingest;
  readonly #rollups: RollupFeed;

  constructor(url: string) {
    this.#opened = openPostgresql({ url, onIdleError: () => {} });
    this.#rollups = new RollupFeed({ db: this.#opened.db, log });
    this.#ingest = new Ingest({
      db: this.#opened.db,
      clock: systemClock,
      log,
      meter: { records() {}, batch() {}, refusedBatch() {}, bytes() {}, equivocation() {} },
      newestValues: { add() {} },
      bedsChanged() {},
      evidenceChanged() {},
      readingsStored: () => this.#rollups.wake(),
    });
  }

  get db(): Database {
    return this.#opened.db;
  }

  async begin(gateways: readonly AdvancingGateway[]): Promise<void> {
    const { db } = this.#opened;
    await migrate(db);
    const partitions = new PartitionKeeper({ db, clock: systemClock, log });
    for (const partitioned of PARTITIONED) await partitions.keep(partitioned);
    await db.insertInto("hospitals").values({ hospitalId: HOSPITAL, name: "Northside" }).execute();
    for (const { gatewayId } of gateways)
      await db
        .insertInto("gateways")
        .values({ gatewayId, hospitalId: HOSPITAL, lastHeardAtMs: null, lastHeartbeatAtMs: null })
        .execute();
  }

  /** Rolls up meanwhile, as the service does. */
  run(signal: AbortSignal): Promise<void> {
    return this.#rollups.run(signal);
  }

  async take({ gatewayId }: AdvancingGateway, bytes: Uint8Array): Promise<void> {
    const caller = { kind: "gateway", gatewayId, hospitalId: HOSPITAL } as const;
    const result = await this.#ingest.takeBatch(caller, { bytes, isGzip: true });
    if (result.kind !== "stored") throw new Error(`a batch was to be stored, but: ${JSON.stringify(result)}`);
  }

  /** What is left to roll up, now and not when its time comes. */
  async catchUp(): Promise<void> {
    await this.#rollups.round(1, AbortSignal.timeout(ROLLED_UP_WITHIN_MS));
  }

  async counts(): Promise<{ readonly stored: number; readonly rolledUp: number }> {
    const { rows } = await sql<{ stored: number; rolledUp: number }>`
      SELECT (SELECT count(*) FROM readings)::float8 AS stored,
        (SELECT sum(count + bad_count) FROM rollups_1m)::float8 AS rolled_up`.execute(this.#opened.db);
    return rows[0] ?? { stored: 0, rolledUp: 0 };
  }

  async close(): Promise<void> {
    await this.#opened.close();
  }
}
