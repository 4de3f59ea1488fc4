/** What waits for each client, in SQLite, in order and within limits. */
import type Database from "better-sqlite3";
import type { SessionLimits } from "./session-limits.ts";
import type { OutgoingPacket, OutgoingPage, Payload } from "./stored.ts";

const PAGE_ROWS = 32;

type Row = {
  seq: number;
  cmd: "publish" | "pubrel";
  brokerId: string | null;
  brokerCounter: number | null;
  messageId: number | null;
  topic: string | null;
  payload: Payload | null;
  qos: number | null;
  retain: number | null;
  dup: number | null;
};

/** By its packet id, or, where it was never sent, by the broker that took it and its number there. */
export type OutgoingName = {
  readonly messageId: number | null;
  readonly brokerId: string | null;
  readonly brokerCounter: number | null;
};

export class OutgoingQueue {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #limits: SessionLimits;

  constructor(database: Database.Database, limits: SessionLimits) {
    this.#statements = prepare(database);
    this.#limits = limits;
  }

  /** Returns how many messages gave way: older ones, or this one itself. */
  enqueue(clientId: string, packet: OutgoingPacket): number {
    const bytes = bytesOf(packet.payload);
    let gaveWay = 0;
    let { messages, bytes: queuedBytes } = this.#statements.size.get(clientId) as {
      messages: number;
      bytes: number;
    };
    while (messages >= this.#limits.queuedMessagesMax || queuedBytes + bytes > this.#limits.queuedBytesMax) {
      const oldest = this.#statements.deleteOldestUnsent.get(clientId) as { bytes: number } | undefined;
      if (oldest === undefined) return gaveWay + 1;
      gaveWay++;
      messages--;
      queuedBytes -= oldest.bytes;
    }
    this.#statements.insert.run(bound(clientId, packet));
    return gaveWay;
  }

  /**
   * Notes under which packet id a message is sent. One that gave way while it was being sent has no row any more: it is
   * sent this once.
   */
  setMessageId(clientId: string, { messageId, brokerId, brokerCounter }: OutgoingName): void {
    this.#statements.setMessageId.run(messageId, clientId, brokerId, brokerCounter, messageId);
  }

  /**
   * The client has received it: a PUBREL until its PUBCOMP is all that is left. A retained message is sent without having
   * been queued, and its PUBREL has to be kept all the same.
   */
  release(clientId: string, messageId: number): void {
    if (this.#statements.release.run(clientId, messageId).changes > 0) return;
    const { messages } = this.#statements.size.get(clientId) as { messages: number };
    if (messages < this.#limits.queuedMessagesMax)
      this.#statements.insert.run(bound(clientId, pubrel(messageId)));
  }

  /** Takes out what was acknowledged, or may not be forwarded. */
  remove(clientId: string, { messageId, brokerId, brokerCounter }: OutgoingName): OutgoingPacket | null {
    const row = (
      messageId === null
        ? this.#statements.removeUnsent.get(clientId, brokerId, brokerCounter)
        : this.#statements.removeByMessage.get(clientId, messageId)
    ) as Row | undefined;
    return row === undefined ? null : packetOf(row);
  }

  page(clientId: string, afterSeq: number, throughSeq: number | null): OutgoingPage {
    const end = throughSeq ?? (this.#statements.lastSeq.get(clientId) as { seq: number }).seq;
    const rows = this.#statements.page.all(clientId, afterSeq, end, PAGE_ROWS) as Row[];
    return {
      packets: rows.map(packetOf),
      afterSeq: rows.at(-1)?.seq ?? afterSeq,
      throughSeq: end,
      isLast: rows.length < PAGE_ROWS,
    };
  }

  /** From now on, what was sent to this client before is a repetition. */
  markSent(clientId: string): void {
    this.#statements.markSent.run(clientId);
  }

  clear(clientId: string): void {
    this.#statements.clear.run(clientId);
  }
}

const pubrel = (messageId: number): OutgoingPacket => ({
  cmd: "pubrel",
  messageId,
  brokerId: null,
  brokerCounter: null,
  topic: null,
  payload: null,
  qos: null,
  retain: false,
  dup: false,
});

const bytesOf = (payload: Payload | null) => (payload === null ? 0 : Buffer.byteLength(payload));

const bound = (clientId: string, packet: OutgoingPacket) => ({
  clientId,
  ...packet,
  retain: Number(packet.retain),
  dup: Number(packet.dup),
});

const packetOf = ({ seq: _seq, retain, dup, ...row }: Row): OutgoingPacket => ({
  ...row,
  retain: retain === 1,
  dup: dup === 1,
});

const COLUMNS =
  "seq, cmd, broker_id AS brokerId, broker_counter AS brokerCounter, message_id AS messageId, topic, payload, qos, retain, dup";
const BYTES = "coalesce(length(CAST(payload AS BLOB)), 0)";

export const OUTGOING_PAGE = `SELECT ${COLUMNS} FROM outgoing WHERE client_id = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?`;

function prepare(database: Database.Database) {
  return {
    size: database.prepare(
      `SELECT count(*) AS messages, coalesce(sum(${BYTES}), 0) AS bytes FROM outgoing WHERE client_id = ?`,
    ),
    insert: database.prepare(
      `INSERT INTO outgoing (client_id, cmd, broker_id, broker_counter, message_id, topic, payload, qos, retain, dup)
       VALUES (@clientId, @cmd, @brokerId, @brokerCounter, @messageId, @topic, @payload, @qos, @retain, @dup)`,
    ),
    deleteOldestUnsent: database.prepare(
      `DELETE FROM outgoing WHERE seq = (
         SELECT seq FROM outgoing WHERE client_id = ? AND message_id IS NULL ORDER BY seq LIMIT 1
       ) RETURNING ${BYTES} AS bytes`,
    ),
    // Two filters that match one message queue it twice, under one number: each row gets a packet id of its own.
    setMessageId: database.prepare(
      `UPDATE outgoing SET message_id = ? WHERE seq = (
         SELECT seq FROM outgoing WHERE client_id = ? AND broker_id = ? AND broker_counter = ?
         ORDER BY message_id IS ? DESC, message_id IS NULL DESC, seq LIMIT 1
       )`,
    ),
    release: database.prepare(
      `UPDATE outgoing SET cmd = 'pubrel', broker_id = NULL, broker_counter = NULL, topic = NULL, payload = NULL,
         qos = NULL, retain = 0, dup = 0
       WHERE seq = (SELECT seq FROM outgoing WHERE client_id = ? AND message_id = ? ORDER BY seq LIMIT 1)`,
    ),
    removeByMessage: database.prepare(
      `DELETE FROM outgoing WHERE seq = (
         SELECT seq FROM outgoing WHERE client_id = ? AND message_id = ? ORDER BY seq LIMIT 1
       ) RETURNING ${COLUMNS}`,
    ),
    removeUnsent: database.prepare(
      `DELETE FROM outgoing WHERE seq = (
         SELECT seq FROM outgoing WHERE client_id = ? AND broker_id = ? AND broker_counter = ? AND message_id IS NULL
         ORDER BY seq LIMIT 1
       ) RETURNING ${COLUMNS}`,
    ),
    lastSeq: database.prepare("SELECT coalesce(max(seq), 0) AS seq FROM outgoing WHERE client_id = ?"),
    page: database.prepare(OUTGOING_PAGE),
    markSent: database.prepare(
      "UPDATE outgoing SET dup = 1 WHERE client_id = ? AND message_id IS NOT NULL AND cmd = 'publish' AND dup = 0",
    ),
    clear: database.prepare("DELETE FROM outgoing WHERE client_id = ?"),
  };
}
