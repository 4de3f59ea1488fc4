/**
 * Readings as COPY takes them in its binary format: less to write here and to read there than text, and in one buffer.
 * Numbers are big-endian; each row says how many fields it has and each field how many bytes. Pure.
 */
import { type RawBuilder, sql } from "kysely";
import { rowsFrom } from "../database/prepared.ts";
import type { GatewayClock } from "./gateway-clock.ts";
import type { ReadingColumns } from "./reading-rows.ts";

export type CopiedReadings = {
  readonly journalId: number;
  readonly lane: number;
  readonly firstSeq: number;
  readonly columns: ReadingColumns;
  readonly clock: GatewayClock;
};

/** The signature, no flags, no further header. */
const BEGIN = Buffer.concat([Buffer.from("PGCOPY\n\xff\r\n\0", "latin1"), Buffer.alloc(8)]);
/** In place of a further row's number of fields: -1. */
const END = Buffer.from([0xff, 0xff]);

/** A row: how many fields it has, then of each field its length and its bytes, in the order of the statement. */
const FIELD_BYTES = [8, 8, 8, 8, 8, 8, 4, 4, 2, 2] as const;
const COUNT_BYTES = 2;
const LENGTH_BYTES = 4;
const ROW_BYTES = FIELD_BYTES.reduce((sum: number, bytes) => sum + LENGTH_BYTES + bytes, COUNT_BYTES);
/** Where the bytes of each field begin. */
const SEQ = 6;
const VALUE = 18;
const OBSERVED = 30;
const GATEWAY_RECEIVED = 42;
const RECEIVED = 54;
const OFFSET = 66;
const JOURNAL = 78;
const SERIES = 86;
const LANE = 94;
const FLAGS = 100;

/**
 * PostgreSQL gathers a thousand rows before it stores them, and what it takes to make room for them anew in each COPY
 * grows with their square. Below so many it is faster to store each as it comes, which it does where a condition might
 * say something else each time it is asked. With 1,000 it takes a quarter less time, with 16,000 a quarter more.
 */
const GATHERED_FROM = 4_000;
const AS_THEY_COME = sql` WHERE random() >= 0`;

/** A transaction in one message. `before`: a statement that fails where these are not to be stored. */
export function copyAndCommit(
  before: RawBuilder<unknown>,
  batches: readonly CopiedReadings[],
): RawBuilder<unknown> {
  const count = batches.reduce((sum, { columns }) => sum + columns.flags.length, 0);
  return sql`${rowsFrom([BEGIN, ...batches.map(rowsOf), END])}
  BEGIN;
  ${before};
  COPY readings (seq, value, observed_at_ms, gateway_received_at_ms, received_at_ms, clock_offset_ms, journal_id,
    series_id, lane, flags)
  FROM STDIN (FORMAT binary)${count < GATHERED_FROM ? AS_THEY_COME : sql``};
  COMMIT`;
}

function rowsOf({ journalId, lane, firstSeq, columns, clock }: CopiedReadings): Uint8Array {
  const { seriesId, value, flags, observedAtMs, receivedAtMs } = columns;
  const bytes = Buffer.allocUnsafe(flags.length * ROW_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const same = sameRow(journalId, lane, clock);
  for (let place = 0, at = 0; place < flags.length; place++, at += ROW_BYTES) {
    bytes.set(same, at);
    setInt64(view, at + SEQ, firstSeq + place);
    view.setFloat64(at + VALUE, value[place] ?? Number.NaN);
    setInt64(view, at + OBSERVED, observedAtMs[place] ?? 0);
    setInt64(view, at + GATEWAY_RECEIVED, receivedAtMs[place] ?? 0);
    view.setInt32(at + SERIES, seriesId[place] ?? 0);
    view.setInt16(at + FLAGS, flags[place] ?? 0);
  }
  return bytes;
}

/** What is the same in each row of a batch. */
function sameRow(journalId: number, lane: number, { receivedAtMs, offsetMs }: GatewayClock): Uint8Array {
  const row = Buffer.alloc(ROW_BYTES);
  const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
  view.setInt16(0, FIELD_BYTES.length);
  let at = COUNT_BYTES;
  for (const length of FIELD_BYTES) {
    view.setInt32(at, length);
    at += LENGTH_BYTES + length;
  }
  setInt64(view, RECEIVED, receivedAtMs);
  setInt64(view, OFFSET, offsetMs);
  view.setInt32(JOURNAL, journalId);
  view.setInt16(LANE, lane);
  return row;
}

/** A whole number that a double holds; as two halves, which takes a third of the time that a BigInt does. */
function setInt64(view: DataView, at: number, value: number): void {
  view.setInt32(at, Math.floor(value / 2 ** 32));
  view.setUint32(at + 4, value >>> 0);
}
