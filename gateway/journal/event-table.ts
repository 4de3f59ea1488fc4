import type Database from "better-sqlite3";
import type { BedEvent } from "../../contracts/wire/bed-event.ts";
import { checksumOfEvent } from "./checksum.ts";
import type { Stretch } from "./stretch.ts";

export const EVENTS_FORWARD =
  "SELECT seq, received_at_ms AS receivedAtMs, body, checksum FROM beds WHERE seq > ? AND seq < ? ORDER BY seq LIMIT ?";

type EventRow = {
  readonly seq: number;
  readonly receivedAtMs: number;
  readonly body: string;
  readonly checksum: number;
};

/** The bed events in the journal, as the JSON that they came as. */
export class EventTable {
  readonly #insert: Database.Statement<[number, number, string, number]>;
  readonly #forward: Database.Statement<[number, number, number], EventRow>;

  constructor(database: Database.Database) {
    this.#insert = database.prepare("INSERT INTO beds VALUES (?, ?, ?, ?)");
    this.#forward = database.prepare(EVENTS_FORWARD);
  }

  /** Within a transaction of the caller's. */
  insert(
    seq: number,
    { receivedAtMs, body }: { readonly receivedAtMs: number; readonly body: string },
  ): void {
    this.#insert.run(seq, receivedAtMs, body, checksumOfEvent(seq, receivedAtMs, body));
  }

  /** The events behind `afterSeq`, in order, with whether each is as it was written. */
  found(afterSeq: number, rowsMax: number): readonly (EventRow & { readonly isSound: boolean })[] {
    const rows = this.#forward.all(afterSeq, Number.MAX_SAFE_INTEGER, rowsMax);
    return rows.map((row) => ({ ...row, isSound: isSound(row) }));
  }

  stretch(afterSeq: number, beforeSeq: number, rowsMax: number): Stretch {
    const rows = this.#forward.all(afterSeq, beforeSeq, rowsMax);
    return {
      seqs: rows.map((row) => row.seq),
      isSound(index) {
        const row = rows[index];
        return row !== undefined && isSound(row);
      },
      content: (count) => ({
        kind: "events",
        events: rows.slice(0, count).map((row) => JSON.parse(row.body) as BedEvent),
      }),
    };
  }
}

const isSound = ({ seq, receivedAtMs, body, checksum }: EventRow) =>
  checksum === checksumOfEvent(seq, receivedAtMs, body);
