/** How far the log goes: one row, which every leaf changes in its own transaction. */
import type Database from "better-sqlite3";
import { HASH_BYTES } from "../../../contracts/log/hash.ts";
import { Frontier } from "../../../contracts/log/tree.ts";
import type { Lane } from "../../../contracts/wire/ids.ts";
import { checksumOfText } from "../checksum.ts";

export type LogState = {
  readonly tree: Frontier;
  /** Of the chain; 32 zero bytes before the first leaf. */
  readonly head: Uint8Array;
  /** The number of each lane up to which the leaves cover it, as far as its records are still there to be covered. */
  readonly through: Readonly<Record<Lane, number>>;
  /** Leaves that the cloud has. */
  readonly storedSize: number;
  /** Every bed event up to this number is in one of those. */
  readonly storedBedsThrough: number;
};

export const FIRST_HEAD: Uint8Array = new Uint8Array(HASH_BYTES);

export const READ_LOG_STATE = "SELECT * FROM log_state WHERE id = 0";

export type LogStateRow = {
  readonly size: number;
  readonly head: Uint8Array;
  readonly frontier: Uint8Array;
  readonly beds_through: number;
  readonly vitals_through: number;
  readonly environment_through: number;
  readonly stored_size: number;
  readonly stored_beds_through: number;
  readonly checksum: number;
};

/** Null where the row is not as it was written. */
export function stateOf(row: LogStateRow): LogState | null {
  if (row.checksum !== checksumOfRow(row) || row.frontier.length % HASH_BYTES !== 0) return null;
  const hashes = Array.from({ length: row.frontier.length / HASH_BYTES }, (_, n) =>
    row.frontier.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES),
  );
  try {
    return {
      tree: new Frontier(row.size, hashes),
      head: row.head,
      through: {
        beds: row.beds_through,
        vitals: row.vitals_through,
        environment: row.environment_through,
      },
      storedSize: row.stored_size,
      storedBedsThrough: row.stored_beds_through,
    };
  } catch {
    return null;
  }
}

export class LogStateTable {
  readonly #read: Database.Statement<[], LogStateRow>;
  readonly #put: Database.Statement;

  constructor(database: Database.Database) {
    this.#read = database.prepare(READ_LOG_STATE);
    this.#put = database.prepare(
      "INSERT OR REPLACE INTO log_state VALUES (0, @size, @head, @frontier, @beds_through, @vitals_through, @environment_through, @stored_size, @stored_beds_through, @checksum)",
    );
  }

  /** Null: this journal has no log yet. Throws where it is damaged. */
  read(): LogState | null {
    const row = this.#read.get();
    if (row === undefined) return null;
    const state = stateOf(row);
    if (state === null) throw new Error("the state of the journal's log is damaged");
    return state;
  }

  /** Within a transaction of the caller's. */
  put({ tree, head, through, storedSize, storedBedsThrough }: LogState): void {
    const row = {
      size: tree.size,
      head,
      frontier: Buffer.concat(tree.hashes),
      beds_through: through.beds,
      vitals_through: through.vitals,
      environment_through: through.environment,
      stored_size: storedSize,
      stored_beds_through: storedBedsThrough,
    };
    this.#put.run({ ...row, checksum: checksumOfRow(row) });
  }
}

function checksumOfRow(row: Omit<LogStateRow, "checksum">): number {
  const hex = (bytes: Uint8Array) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
  return checksumOfText(
    "log",
    row.size,
    hex(row.head),
    hex(row.frontier),
    row.beds_through,
    row.vitals_through,
    row.environment_through,
    row.stored_size,
    row.stored_beds_through,
  );
}
