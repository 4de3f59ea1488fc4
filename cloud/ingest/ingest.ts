/** Takes in what gateways send, within bounds, counts it, and tells the live side after the commit. */
import type { Logger } from "pino";
import type { GatewayId, Lane } from "../../contracts/wire/ids.ts";
import { SeenItems } from "../../contracts/wire/seen-items.ts";
import type { Heartbeat } from "../../contracts/wire/sync.ts";
import type { RawBatch } from "../../contracts/wire/sync-codec.ts";
import type { GatewayCaller } from "../access/scope.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/schema.ts";
import { CloudError } from "../http/problem.ts";
import { type BatchBody, readBatch } from "./batch-body.ts";
import { noteEquivocation } from "./equivocation-rows.ts";
import { Gate } from "./gate.ts";
import { type HeartbeatResult, noteHeard, storeHeartbeat } from "./heartbeat.ts";
import type { IngestMeter } from "./ingest-meter.ts";
import type { NewestValues } from "./newest-values.ts";
import { SeriesIds } from "./series.ts";
import { type BatchResult, type StoredBatch, storeBatch } from "./store-batch.ts";
import { WholeBatches } from "./whole-batches.ts";

/** Two fewer than there are connections, so that people are served while gateways drain. */
const BATCHES_AT_WORK_MAX = 8;
const BATCHES_WAITING_MAX = 64;
/** A gateway that sends a hundred batches a second needs no row written for each to be known to live. */
const HEARD_EVERY_MS = 1_000;

export type IngestDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly meter: IngestMeter;
  readonly newestValues: Pick<NewestValues, "add">;
  /** Called after the commit, so that whoever looks finds it. */
  bedsChanged(): void;
  evidenceChanged(): void;
  readingsStored(): void;
};

export class Ingest {
  readonly #deps: IngestDeps;
  readonly #gate = new Gate({ insideMax: BATCHES_AT_WORK_MAX, waitingMax: BATCHES_WAITING_MAX });
  readonly #seenSeries = new SeenItems();
  readonly #seriesIds = new SeriesIds();
  readonly #wholeBatches: WholeBatches;
  readonly #heardAtMs = new Map<GatewayId, number>();

  constructor(deps: IngestDeps) {
    this.#deps = deps;
    this.#wholeBatches = new WholeBatches(deps.db);
  }

  /** Batches at work and waiting, for the metrics. */
  get queue(): { readonly atWork: number; readonly waiting: number } {
    return { atWork: this.#gate.inside, waiting: this.#gate.waiting };
  }

  /** Before a body is read: nobody is to send what would be turned away. */
  requireRoom(): void {
    if (!this.#gate.isFull) return;
    this.#deps.meter.refusedBatch("busy");
    throw tooBusy();
  }

  async takeBatch(gateway: GatewayCaller, body: BatchBody): Promise<BatchResult> {
    const { meter } = this.#deps;
    const result = await this.#gate.pass(async () => {
      const batch = await readBatch(body, gateway, this.#seenSeries).catch((error: unknown) => {
        meter.refusedBatch("unreadable");
        throw error;
      });
      meter.bytes(batch.lane, body.bytes.byteLength);
      return await this.#store(gateway, batch);
    });
    if (result !== null) return result;
    meter.refusedBatch("busy");
    throw tooBusy();
  }

  async takeHeartbeat(gateway: GatewayCaller, heartbeat: Heartbeat): Promise<HeartbeatResult> {
    const { db, clock, log, bedsChanged, evidenceChanged } = this.#deps;
    const { epoch, bootId } = heartbeat;
    const result = await storeHeartbeat(db, gateway, heartbeat, clock.nowMs());
    if (result.kind === "heard") {
      evidenceChanged();
      const { retired: bedIds } = result;
      if (bedIds.length > 0) {
        log.warn(
          { gatewayId: gateway.gatewayId, epoch, bedIds },
          "beds that their gateway no longer speaks for were taken out of service",
        );
        bedsChanged();
      }
    }
    if (result.kind === "second-instance")
      await this.#noteTwo({ gatewayId: gateway.gatewayId, epoch, lane: "beds", bootId }, result.kind, null);
    return result;
  }

  async #store(gateway: GatewayCaller, batch: RawBatch): Promise<BatchResult> {
    const { db, clock, meter, newestValues } = this.#deps;
    const begunAtMs = performance.now();
    const result = await this.#tried(() =>
      storeBatch(
        { db, seriesIds: this.#seriesIds, newestValues, wholeBatches: this.#wholeBatches },
        gateway,
        batch,
        clock.nowMs(),
      ),
    );
    meter.batch(batch.lane, result.kind, (performance.now() - begunAtMs) / 1_000);
    switch (result.kind) {
      case "stored":
        this.#countStored(batch.lane, result);
        break;
      case "equivocation":
        await this.#noteTwo(batch, "different-record", result.differingSeq);
        return result;
      case "second-instance":
        await this.#noteTwo(batch, result.kind, null);
        return result;
      case "superseded":
        return result;
    }
    await this.#noteHeard(gateway);
    return result;
  }

  async #tried<T>(store: () => Promise<T>): Promise<T> {
    try {
      return await store();
    } catch (error) {
      this.#deps.meter.refusedBatch("failed");
      // The database that comes back may be another one, where the numbers of series mean something else.
      this.#seriesIds.forget();
      throw error;
    }
  }

  #countStored(
    lane: Lane,
    { storedCount, duplicateCount, newlyParkedCount, tombstonedCount }: StoredBatch,
  ): void {
    const { meter, bedsChanged, readingsStored } = this.#deps;
    meter.records(lane, "stored", storedCount);
    meter.records(lane, "duplicate", duplicateCount);
    meter.records(lane, "parked", newlyParkedCount);
    meter.records(lane, "tombstoned", tombstonedCount);
    if (storedCount === 0) return;
    if (lane === "beds") bedsChanged();
    else readingsStored();
  }

  /** Outside the batch's transaction: the three lanes of a gateway would otherwise wait for each other at this one row. */
  async #noteHeard(gateway: GatewayCaller): Promise<void> {
    const { db, clock } = this.#deps;
    const nowMs = clock.nowMs();
    const heardAtMs = this.#heardAtMs.get(gateway.gatewayId) ?? 0;
    if (Math.abs(nowMs - heardAtMs) < HEARD_EVERY_MS) return;
    this.#heardAtMs.set(gateway.gatewayId, nowMs);
    await noteHeard(db, gateway, nowMs);
  }

  async #noteTwo(
    { gatewayId, epoch, lane, bootId }: Pick<RawBatch, "gatewayId" | "epoch" | "lane" | "bootId">,
    kind: "different-record" | "second-instance",
    seq: number | null,
  ): Promise<void> {
    const { db, clock, log, meter } = this.#deps;
    meter.equivocation(kind);
    log.error(
      { gatewayId, epoch, lane, bootId, kind, seq },
      "two processes speak as one gateway: one of them runs on a copy of the other's data directory; nothing of this one was stored",
    );
    await noteEquivocation(db, { gatewayId, epoch, lane, bootId, kind, seq }, clock.nowMs());
  }
}

const tooBusy = () => new CloudError("SYNC_BUSY", "As many batches are at work and wait as may be.");
