/**
 * The write API of InfluxDB 2.x (and of VictoriaMetrics) through `@influxdata/influxdb-client`. Its buffer sends full
 * batches in the background, and its `flush` resolves even where the store refused those: so each call has a buffer of
 * its own that one batch fits in, and counts as stored only by what `writeSuccess` was told.
 */
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { HttpError, InfluxDB, setLogger } from "@influxdata/influxdb-client";
import type { Clock } from "../../clock.ts";
import { StoreTrouble } from "../series-store.ts";
import { judgeAnswer, type LinesRefused, noAnswer } from "./answers.ts";
import { inTime } from "./in-time.ts";
import type { TimePrecision } from "./reading-point.ts";

export type Influx2Options = {
  readonly url: string;
  readonly org: string;
  readonly bucket: string;
  /** Null: the store asks for none. */
  readonly token: string | null;
  readonly precision: TimePrecision;
  readonly clock: Clock;
  readonly answerMsMax?: number;
};

const ANSWER_MS_MAX = 10_000;
const BATCH_BYTES_MAX = 1_000_000_000;

export class Influx2 {
  readonly #options: Influx2Options;
  readonly #agent: HttpAgent;

  constructor(options: Influx2Options) {
    this.#options = options;
    const isSafe = new URL(options.url).protocol === "https:";
    this.#agent = isSafe ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
    // What goes wrong is thrown here; the library would print it too.
    setLogger({ error: () => {}, warn: () => {} });
  }

  async post(body: string, signal: AbortSignal): Promise<LinesRefused | null> {
    const { answerMsMax = ANSWER_MS_MAX, clock } = this.#options;
    try {
      await inTime((inner) => this.#send(body, inner, answerMsMax), answerMsMax, signal);
      return null;
    } catch (error) {
      if (!(error instanceof HttpError)) {
        this.#agent.destroy();
        throw error instanceof StoreTrouble ? error : noAnswer(error);
      }
      const { statusCode: status, message, body, headers } = error;
      const retryAfter = headers?.["retry-after"];
      const answered = {
        status,
        message: body ?? message,
        retryAfter: typeof retryAfter === "string" ? retryAfter : null,
      };
      const judged = judgeAnswer(answered, clock.nowMs());
      if (judged instanceof StoreTrouble) throw judged;
      return judged;
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  async #send(body: string, signal: AbortSignal, timeout: number): Promise<void> {
    const { url, token, org, bucket, precision } = this.#options;
    let isStored = false;
    const client = new InfluxDB({
      url,
      timeout,
      ...(token === null ? {} : { token }),
      transportOptions: { agent: this.#agent, signal },
    });
    const buffer = client.getWriteApi(org, bucket, precision, {
      batchSize: 2,
      maxBatchBytes: BATCH_BYTES_MAX,
      maxRetries: 0,
      flushInterval: 0,
      gzipThreshold: BATCH_BYTES_MAX,
      writeSuccess: () => {
        isStored = true;
      },
    });
    try {
      // To the library all lines together are one record, and as such it sends them.
      buffer.writeRecord(body);
      await buffer.flush();
    } finally {
      buffer.dispose();
    }
    if (!isStored)
      throw new StoreTrouble("unreachable", "The store was to say that it has the lines, and did not.");
  }
}
