/** Takes in what gateways send, counts it, and tells the live side after the commit. */
import type { Lane } from "../../contracts/wire/ids.ts";
import type { Heartbeat, SyncBatch } from "../../contracts/wire/sync.ts";
import type { GatewayCaller } from "../access/scope.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/schema.ts";
import { type HeartbeatResult, noteHeard, storeHeartbeat } from "./heartbeat.ts";
import { type BatchResult, storeBatch } from "./store-batch.ts";

/** `lost`: acknowledged by an earlier state of this database, and gone from the gateway since. */
export type RecordOutcome = "stored" | "duplicate" | "parked" | "lost";

export type IngestDeps = {
  readonly db: Database;
  readonly clock: Clock;
  countRecords(lane: Lane, outcome: RecordOutcome, count: number): void;
  /** Called after the commit, so that whoever looks finds it. */
  bedsChanged(): void;
  evidenceChanged(): void;
};

export class Ingest {
  readonly #deps: IngestDeps;

  constructor(deps: IngestDeps) {
    this.#deps = deps;
  }

  async takeBatch(gateway: GatewayCaller, batch: SyncBatch): Promise<BatchResult> {
    const { db, clock, countRecords, bedsChanged } = this.#deps;
    const result = await storeBatch(db, gateway, batch, clock.nowMs());
    if (result.kind === "superseded") return result;
    if (result.kind === "stored") {
      countRecords(batch.lane, "stored", result.storedCount);
      countRecords(batch.lane, "duplicate", result.duplicateCount);
      countRecords(batch.lane, "parked", result.newlyParkedCount);
      countRecords(batch.lane, "lost", result.lostCount);
      if (batch.lane === "beds" && result.storedCount > 0) bedsChanged();
    }
    // Outside the transaction: the three lanes of a gateway would otherwise wait for each other at this one row.
    await noteHeard(db, gateway, clock.nowMs());
    return result;
  }

  async takeHeartbeat(gateway: GatewayCaller, heartbeat: Heartbeat): Promise<HeartbeatResult> {
    const { db, clock, evidenceChanged } = this.#deps;
    const result = await storeHeartbeat(db, gateway, heartbeat, clock.nowMs());
    if (result.kind === "heard") evidenceChanged();
    return result;
  }
}
