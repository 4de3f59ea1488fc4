/**
 * InfluxDB 1.x through the package `influx`. Three things are done around it: it waits for ever for the rest of half an
 * answer, it repeats by itself what failed, and it rests a host that failed; whoever calls decides all three here.
 */
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { InfluxDB } from "influx";
import type { Pool } from "influx/lib/src/pool.js";
import type { Clock } from "../../clock.ts";
import { StoreTrouble } from "../series-store.ts";
import { type Answered, judgeAnswer, type LinesRefused, noAnswer } from "./answers.ts";
import { inTime } from "./in-time.ts";

/** null: the store asks for none. */
export type Login =
  | { readonly username: string; readonly password: string }
  | { readonly token: string }
  | null;

export type Influx1Options = {
  readonly url: string;
  readonly database: string;
  readonly login: Login;
  readonly clock: Clock;
  readonly answerMsMax?: number;
};

const ANSWER_MS_MAX = 10_000;
/** A host that failed is asked again when its caller says so, and not before. */
const NO_REST = { getDelay: () => 0, next: () => NO_REST, reset: () => NO_REST };

/**
 * The library escapes every tag of every point anew and turns the text of a batch into bytes three times, which takes
 * more of the time that a feed has for a point than all the rest. Here its pool is given finished bytes, under the same
 * address as by its `writePoints`; what arrives is held against lineOf by a test.
 */
class LineWriter extends InfluxDB {
  writeBody(body: Uint8Array, database: string, login: Login): Promise<void> {
    const query = { db: database, precision: "n" };
    const auth = login !== null && "username" in login ? { auth: `${login.username}:${login.password}` } : {};
    // The library keeps it private, and without its type.
    const pool: Pool = Reflect.get(this, "_pool");
    // Its type knows a body of text alone; what it does with one takes bytes as they are.
    const bytes = body as Uint8Array & string;
    return pool.discard({ method: "POST", path: "/write", query, ...auth, body: bytes });
  }
}

export class Influx1 {
  readonly #clock: Clock;
  readonly #influx: LineWriter;
  readonly #database: string;
  readonly #login: Login;
  readonly #agent: HttpAgent;
  readonly #answerMsMax: number;

  constructor({ url, database, login, clock, answerMsMax = ANSWER_MS_MAX }: Influx1Options) {
    const { protocol, hostname, port, pathname } = new URL(url);
    const isSafe = protocol === "https:";
    this.#clock = clock;
    this.#database = database;
    this.#login = login;
    this.#answerMsMax = answerMsMax;
    this.#agent = isSafe ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
    this.#influx = new LineWriter({
      database,
      ...(login !== null && "username" in login ? login : {}),
      hosts: [
        {
          protocol: isSafe ? "https" : "http",
          host: hostname,
          port: port === "" ? (isSafe ? 443 : 80) : Number(port),
          path: pathname === "/" ? "" : pathname,
          options: {
            agent: this.#agent,
            ...(login !== null && "token" in login
              ? { headers: { authorization: `Token ${login.token}` } }
              : {}),
          },
        },
      ],
      pool: { maxRetries: 0, requestTimeout: answerMsMax, backoff: NO_REST },
    });
  }

  /** Null: it has them all, on its disk (`wal-fsync-delay` 0, its default). Makes the database where there is none. */
  async post(body: string, signal: AbortSignal): Promise<LinesRefused | null> {
    const answer = await this.#write(body, signal);
    if (answer === null) return null;
    if (answer.status !== 404 || !answer.message.includes("database not found")) return this.#judged(answer);
    const refusal = await this.#call(() => this.#influx.createDatabase(this.#database), signal);
    if (refusal !== null)
      throw new StoreTrouble(
        "refused",
        `The store has no database ${this.#database} and did not let us make it (${refusal.status}). Make it there, or give our user the right to.`,
      );
    const again = await this.#write(body, signal);
    return again === null ? null : this.#judged(again);
  }

  /** The body of the answer to statements of InfluxQL, with times in milliseconds. */
  async ask(statements: string, signal: AbortSignal): Promise<unknown> {
    let body: unknown;
    const answer = await this.#call(async (inner) => {
      body = await this.#influx.queryRaw(statements, { method: "POST", precision: "ms", signal: inner });
    }, signal);
    if (answer === null) return body;
    const { reason } = this.#judged(answer);
    throw new StoreTrouble("refused", `The store did not take what it was asked (${reason}).`);
  }

  close(): void {
    this.#agent.destroy();
  }

  #write(body: string, signal: AbortSignal): Promise<Answered | null> {
    const bytes = Buffer.from(body);
    return this.#call(() => this.#influx.writeBody(bytes, this.#database, this.#login), signal);
  }

  #judged(answer: Answered): LinesRefused {
    const judged = judgeAnswer(answer, this.#clock.nowMs());
    if (judged instanceof StoreTrouble) throw judged;
    return judged;
  }

  /** Null: it worked. Rejects with StoreTrouble where there was no answer. */
  async #call(
    call: (signal: AbortSignal) => Promise<unknown>,
    signal: AbortSignal,
  ): Promise<Answered | null> {
    try {
      await inTime(call, this.#answerMsMax, signal);
      return null;
    } catch (error) {
      const answered = answeredBy(error);
      if (answered !== null) return answered;
      // Whatever came half way on these connections, nobody waits for the rest.
      this.#agent.destroy();
      throw error instanceof StoreTrouble ? error : noAnswer(error);
    }
  }
}

type LibraryError = Error & {
  readonly res?: { readonly statusCode?: number; readonly headers?: Record<string, string | undefined> };
};

/** The library keeps the status of an answer below 500, of others only what they are called. Null: there was none. */
function answeredBy(error: unknown): Answered | null {
  if (!(error instanceof Error)) return null;
  const { res, message } = error as LibraryError;
  if (res?.statusCode !== undefined)
    return { status: res.statusCode, message, retryAfter: res.headers?.["retry-after"] ?? null };
  // ServiceNotAvailableError, which says the same of a timeout.
  const isServerError =
    error.constructor.name === "ServiceNotAvailableError" && message !== "Request timed out";
  if (isServerError) return { status: 503, message, retryAfter: null };
  return error.constructor.name === "ResultError" ? { status: 403, message, retryAfter: null } : null;
}
