/**
 * What the broker remembers of its clients, in one SQLite file: sessions and subscriptions, what waits for whom, which
 * QoS 2 messages were handed on, retained messages and wills. It works where the file is open, in a thread of its own;
 * each public method is called from there by name, and all of a group of calls go to disk in one transaction.
 */
import type Database from "better-sqlite3";
import { type OutgoingName, OutgoingQueue } from "./outgoing-queue.ts";
import { SESSION_LIMITS, type SessionLimits } from "./session-limits.ts";
import { migrateSessions } from "./session-schema.ts";
import type {
  IncomingKey,
  KeptPacket,
  OutgoingPacket,
  OutgoingPage,
  Payload,
  StoredSessions,
  StoredSubscription,
} from "./stored.ts";

/** Rows of `fields` and payload, as they stand in the tables of retained messages and wills. */
type KeptRow = { fields: string; payload: Payload };

export class SessionStore {
  readonly #database: Database.Database;
  readonly #limits: SessionLimits;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #outgoing: OutgoingQueue;

  /** Whoever opens the database has set it to WAL and synchronous = FULL: what is answered here is acknowledged. */
  constructor(database: Database.Database, limits: SessionLimits = SESSION_LIMITS) {
    migrateSessions(database);
    this.#database = database;
    this.#limits = limits;
    this.#statements = prepare(database);
    this.#outgoing = new OutgoingQueue(database, limits);
  }

  /** All of them in one transaction: answers in their order, or, where one fails, none of it was done. */
  run(calls: readonly SessionCall[]): unknown[] {
    const answer = ({ method, args }: SessionCall) => {
      const call = this[method] as (...args: readonly unknown[]) => unknown;
      return call.apply(this, args as unknown[]);
    };
    return this.#database.transaction(() => calls.map(answer))();
  }

  load(): StoredSessions {
    const subscriptions = this.#statements.allSubscriptions.all() as (Omit<StoredSubscription, "fields"> & {
      clientId: string;
      fields: string;
    })[];
    const wills = this.#statements.allWills.all() as (KeptRow & { clientId: string })[];
    return {
      clientIds: (this.#statements.allSessions.all() as { clientId: string }[]).map((row) => row.clientId),
      subscriptions: subscriptions.map((row) => ({ ...row, fields: JSON.parse(row.fields) })),
      incoming: this.#statements.allIncoming.all() as IncomingKey[],
      retainedTopics: (this.#statements.allRetained.all() as { topic: string }[]).map((row) => row.topic),
      wills: wills.map((row) => ({ clientId: row.clientId, ...keptOf(row) })),
    };
  }

  /** A client connects and wants its session back. Returns whether there was one. */
  resume(clientId: string, nowMs: number): boolean {
    this.#outgoing.markSent(clientId);
    const wasThere = this.#statements.hasSession.get(clientId) !== undefined;
    this.#statements.seen.run(clientId, nowMs);
    return wasThere;
  }

  /** Ends a session, except for what `forgetIncoming` ends. */
  discard(clientId: string): void {
    this.#statements.endSession.run(clientId);
    this.#statements.endSubscriptions.run(clientId);
    this.#outgoing.clear(clientId);
  }

  /**
   * Ends what nobody came back to. Who is connected now is seen now; where the clock was set, everybody is. Returns the
   * clients whose sessions ended.
   */
  expire(nowMs: number, connected: readonly string[]): string[] {
    const lastAtMs = (this.#statements.lookedThrough.get() as { atMs: number } | undefined)?.atMs ?? nowMs;
    this.#statements.lookThrough.run(nowMs);
    if (Math.abs(nowMs - lastAtMs) > this.#limits.clockStepMsMax) {
      this.#statements.allSeen.run(nowMs);
      return [];
    }
    for (const clientId of connected) this.#statements.seenAgain.run(nowMs, clientId);
    const before = nowMs - this.#limits.sessionKeptMs;
    const ended = (this.#statements.unseenSince.all(before) as { clientId: string }[]).map(
      (row) => row.clientId,
    );
    for (const clientId of ended) {
      this.discard(clientId);
      this.forgetIncoming(clientId);
    }
    return ended;
  }

  subscribe(clientId: string, subscriptions: readonly StoredSubscription[], nowMs: number): void {
    this.#statements.begin.run(clientId, nowMs);
    for (const { topic, qos, fields } of subscriptions) {
      this.#statements.subscribe.run(clientId, topic, qos, JSON.stringify(fields));
    }
  }

  unsubscribe(clientId: string, topics: readonly string[]): void {
    for (const topic of topics) this.#statements.unsubscribe.run(clientId, topic);
  }

  /** False where the owner's limit does not allow a further one; an older message on this topic is gone then too. */
  keepRetained(topic: string, owner: string, { fields, payload }: KeptPacket): boolean {
    const { topics, bytes } = this.#statements.retainedOfOthers.get(owner, topic) as {
      topics: number;
      bytes: number;
    };
    const { retainedTopicsMax, retainedBytesMax } = this.#limits;
    if (topics >= retainedTopicsMax || bytes + Buffer.byteLength(payload) > retainedBytesMax) {
      this.dropRetained(topic);
      return false;
    }
    this.#statements.keepRetained.run(topic, owner, JSON.stringify(fields), payload);
    return true;
  }

  dropRetained(topic: string): void {
    this.#statements.dropRetained.run(topic);
  }

  retained(topics: readonly string[]): (KeptPacket & { readonly topic: string })[] {
    return topics.flatMap((topic) => {
      const row = this.#statements.retained.get(topic) as KeptRow | undefined;
      return row === undefined ? [] : [{ topic, ...keptOf(row) }];
    });
  }

  /**
   * Queues a message for each of these clients and, in the same transaction, notes that the QoS 2 message it came as was
   * handed on. Returns for whom something gave way.
   */
  enqueue(
    clients: readonly { readonly clientId: string; readonly qos: number }[],
    packet: OutgoingPacket,
    handedOn: IncomingKey | null,
  ): { readonly clientId: string; readonly gaveWay: number }[] {
    if (handedOn !== null) this.#statements.keepIncoming.run(handedOn.clientId, handedOn.messageId);
    return clients
      .map(({ clientId, qos }) => ({
        clientId,
        gaveWay: this.#outgoing.enqueue(clientId, { ...packet, qos }),
      }))
      .filter(({ gaveWay }) => gaveWay > 0);
  }

  setMessageId(clientId: string, name: OutgoingName): void {
    this.#outgoing.setMessageId(clientId, name);
  }

  releaseOutgoing(clientId: string, messageId: number): void {
    this.#outgoing.release(clientId, messageId);
  }

  removeOutgoing(clientId: string, name: OutgoingName): OutgoingPacket | null {
    return this.#outgoing.remove(clientId, name);
  }

  outgoingPage(clientId: string, afterSeq: number, throughSeq: number | null): OutgoingPage {
    return this.#outgoing.page(clientId, afterSeq, throughSeq);
  }

  keepIncoming({ clientId, messageId }: IncomingKey): void {
    this.#statements.keepIncoming.run(clientId, messageId);
  }

  releaseIncoming({ clientId, messageId }: IncomingKey): void {
    this.#statements.releaseIncoming.run(clientId, messageId);
  }

  forgetIncoming(clientId: string): void {
    this.#statements.forgetIncoming.run(clientId);
  }

  keepWill(clientId: string, { fields, payload }: KeptPacket): void {
    this.#statements.keepWill.run(clientId, JSON.stringify(fields), payload);
  }

  dropWill(clientId: string): void {
    this.#statements.dropWill.run(clientId);
  }
}

export type SessionMethod = Exclude<keyof SessionStore, "run">;
export type SessionCall = { readonly method: SessionMethod; readonly args: readonly unknown[] };

const keptOf = ({ fields, payload }: KeptRow): KeptPacket => ({ fields: JSON.parse(fields), payload });

function prepare(database: Database.Database) {
  const sql = (text: string) => database.prepare(text);
  return {
    allSessions: sql("SELECT client_id AS clientId FROM session"),
    hasSession: sql("SELECT 1 FROM session WHERE client_id = ?"),
    seen: sql(
      "INSERT INTO session VALUES (?, ?) ON CONFLICT (client_id) DO UPDATE SET seen_at_ms = excluded.seen_at_ms",
    ),
    begin: sql("INSERT INTO session VALUES (?, ?) ON CONFLICT (client_id) DO NOTHING"),
    seenAgain: sql("UPDATE session SET seen_at_ms = ? WHERE client_id = ?"),
    allSeen: sql("UPDATE session SET seen_at_ms = ?"),
    lookedThrough: sql("SELECT at_ms AS atMs FROM looked_through"),
    lookThrough: sql(
      "INSERT INTO looked_through VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET at_ms = excluded.at_ms",
    ),
    unseenSince: sql("SELECT client_id AS clientId FROM session WHERE seen_at_ms < ?"),
    endSession: sql("DELETE FROM session WHERE client_id = ?"),
    allSubscriptions: sql(
      "SELECT client_id AS clientId, topic, qos, fields FROM subscription ORDER BY client_id, topic",
    ),
    subscribe: sql(
      `INSERT INTO subscription VALUES (?, ?, ?, ?)
       ON CONFLICT (client_id, topic) DO UPDATE SET qos = excluded.qos, fields = excluded.fields`,
    ),
    unsubscribe: sql("DELETE FROM subscription WHERE client_id = ? AND topic = ?"),
    endSubscriptions: sql("DELETE FROM subscription WHERE client_id = ?"),
    allIncoming: sql("SELECT client_id AS clientId, message_id AS messageId FROM incoming"),
    keepIncoming: sql("INSERT INTO incoming VALUES (?, ?) ON CONFLICT DO NOTHING"),
    releaseIncoming: sql("DELETE FROM incoming WHERE client_id = ? AND message_id = ?"),
    forgetIncoming: sql("DELETE FROM incoming WHERE client_id = ?"),
    allRetained: sql("SELECT topic FROM retained"),
    retained: sql("SELECT fields, payload FROM retained WHERE topic = ?"),
    retainedOfOthers: sql(
      `SELECT count(*) AS topics, coalesce(sum(length(CAST(payload AS BLOB))), 0) AS bytes
       FROM retained WHERE owner = ? AND topic <> ?`,
    ),
    keepRetained: sql(
      `INSERT INTO retained VALUES (?, ?, ?, ?)
       ON CONFLICT (topic) DO UPDATE SET fields = excluded.fields, payload = excluded.payload`,
    ),
    dropRetained: sql("DELETE FROM retained WHERE topic = ?"),
    allWills: sql("SELECT client_id AS clientId, fields, payload FROM will"),
    keepWill: sql(
      `INSERT INTO will VALUES (?, ?, ?)
       ON CONFLICT (client_id) DO UPDATE SET fields = excluded.fields, payload = excluded.payload`,
    ),
    dropWill: sql("DELETE FROM will WHERE client_id = ?"),
  };
}
