/** Takes in what gateways log and cosign, within bounds, and tells them of the network's log. */
import type { Logger } from "pino";
import type { Cosignature, LogBatch, LogReply } from "../../../contracts/wire/log-sync.ts";
import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/schema.ts";
import { CloudError } from "../../http/problem.ts";
import { Gate } from "../../ingest/gate.ts";
import { noteAlarm } from "./alarms.ts";
import type { EvidenceMeter } from "./evidence-meter.ts";
import type { NetworkLog } from "./network-log.ts";
import { networkNews } from "./network-news.ts";
import { readLogBatch } from "./read-log-batch.ts";
import { storeCosignature } from "./store-cosignature.ts";
import { type LogBatchResult, storeLogBatch } from "./store-log-batch.ts";

/** Few: beside them, batches of records and people want connections to the database. */
const BATCHES_AT_WORK_MAX = 2;
const BATCHES_WAITING_MAX = 128;

export type LogIntakeDeps = {
  readonly db: Database;
  readonly network: NetworkLog;
  readonly clock: Clock;
  readonly newEntryId: () => string;
  readonly meter: EvidenceMeter;
  readonly log: Logger;
};

export class LogIntake {
  readonly #deps: LogIntakeDeps;
  readonly #gate = new Gate({ insideMax: BATCHES_AT_WORK_MAX, waitingMax: BATCHES_WAITING_MAX });

  constructor(deps: LogIntakeDeps) {
    this.#deps = deps;
  }

  /** Before a body is read: nobody is to send what would be turned away. */
  requireRoom(): void {
    if (this.#gate.isFull) throw this.#busy();
  }

  /** Throws a CloudError where the batch is not taken. */
  async takeBatch(batch: LogBatch): Promise<Omit<LogReply, "serverTimeMs">> {
    const { meter } = this.#deps;
    const reply = await this.#gate.pass(async () => {
      const result = await this.#store(batch).catch((error: unknown) => {
        meter.batch("failed");
        throw error;
      });
      meter.batch(result.kind);
      if (result.kind !== "stored") throw this.#refusal(batch, result);
      if (result.isNewCheckpoint) meter.checkpoint("gateway");
      return { logSize: result.logSize, network: await this.#news(batch) };
    });
    if (reply === null) throw this.#busy();
    return reply;
  }

  /** Throws a CloudError where it is not one of ours, or not by the key in force. */
  async takeCosignature(cosignature: Cosignature): Promise<void> {
    const { db, network, clock, meter, log } = this.#deps;
    const { gatewayId, size } = cosignature;
    const taken = await this.#gate.pass(() => storeCosignature(db, network, cosignature, clock.nowMs()));
    if (taken === null) throw this.#busy();
    meter.cosignature(taken.kind === "stored" ? "stored" : "refused");
    switch (taken.kind) {
      case "stored":
        return;
      case "key-unknown":
        throw new CloudError("LOG_KEY_UNKNOWN", taken.detail);
      case "unreadable":
        throw new CloudError("LOG_UNREADABLE", taken.detail);
      case "other-root":
        log.error({ gatewayId, size }, "a gateway cosigned a checkpoint that this log does not have");
        throw new CloudError("LOG_CHECKPOINT_UNKNOWN", taken.detail);
    }
  }

  async #store(batch: LogBatch): Promise<LogBatchResult> {
    const { db, clock, newEntryId } = this.#deps;
    const read = readLogBatch(batch);
    if ("refusal" in read) return { kind: "unreadable", detail: read.refusal };
    return await storeLogBatch(db, read, { newEntryId, nowMs: clock.nowMs() });
  }

  async #news({ gatewayId, cosignedSize }: LogBatch): Promise<LogReply["network"]> {
    const { db, network, clock, newEntryId, log } = this.#deps;
    const news = await networkNews(db, network, cosignedSize);
    if (news.isBehindWitness) {
      const { size } = news;
      const nowMs = clock.nowMs();
      const detail = `${gatewayId} has cosigned ${cosignedSize} leaves of ${network.origin}, which has ${size} here.`;
      const isNew = await noteAlarm(db, {
        alarmId: newEntryId(),
        kind: "witness-refused",
        gatewayId,
        // Once a day, whatever sizes it names.
        subject: `${gatewayId}/${new Date(nowMs).toISOString().slice(0, 10)}`,
        detail,
        proof: null,
        atMs: nowMs,
      });
      if (isNew)
        log.error(
          { gatewayId, cosignedSize, size },
          "this database is older than what a witness has seen of it",
        );
    }
    return news.network;
  }

  #refusal(
    { gatewayId, epoch }: LogBatch,
    result: Exclude<LogBatchResult, { readonly kind: "stored" }>,
  ): CloudError {
    const { log } = this.#deps;
    switch (result.kind) {
      case "gap": {
        const { expectedIndex } = result;
        return new CloudError("LOG_GAP", `Leaf ${expectedIndex} is expected next.`, { expectedIndex });
      }
      case "fork":
        if (result.isNew)
          log.error(
            { gatewayId, epoch, detail: result.detail },
            "a gateway said two things of one log: nothing more is taken of it",
          );
        return new CloudError("LOG_FORK", result.detail);
      case "key-unknown":
        return new CloudError("LOG_KEY_UNKNOWN", result.detail);
      case "unreadable":
        return new CloudError("LOG_UNREADABLE", result.detail);
    }
  }

  #busy(): CloudError {
    this.#deps.meter.batch("busy");
    return new CloudError("SYNC_BUSY", "As many batches are at work and wait as may be.");
  }
}
