/** What retention does with a table of raw records, whichever it is: look for what is due, take it out, put it back. */
import { type RawBuilder, sql } from "kysely";
import type { Database, DatabaseTransaction } from "../../database/schema.ts";
import type { Cells } from "../archive/csv.ts";
import type { Hold } from "../holds/hold.ts";
import type { Parcel } from "../policy.ts";
import type { DueLane } from "./due-lanes.ts";

/** With what is removed a week at a time, and before which moment all of its class and hospital is due. */
export type DueParcel = Parcel & { readonly dueBeforeMs: number };

/** Numbers of one lane after the first through the second: those among them that are due. */
export type Cut = DueLane & { readonly afterSeq: number };

export type DueRow = {
  readonly seq: number;
  /** Of the whole row, 64 bits, as PostgreSQL makes it; sums of them tell whether two sets of rows are the same. */
  readonly hash: string;
  readonly cells: Cells;
};
export type Removed = { readonly rows: number; readonly hashSum: string };

export type PutBack = {
  readonly added: number;
  readonly alreadyThere: number;
};
export type PutBackRefusal = { readonly differing: readonly string[]; readonly unknown: readonly string[] };

export type RecordTable = {
  /** As they stand in an archive. */
  readonly columns: readonly string[];
  /** Where weeks begin that end by `beforeMs` and have something of these lanes, whether it is due or not. Ascending. */
  weeks(db: Database, lanes: readonly DueLane[], beforeMs: number): Promise<number[]>;
  /** Of what is due, the first `rowsMax` by `seq`. */
  read(db: Database, parcel: DueParcel, cut: Cut, holds: readonly Hold[], rowsMax: number): Promise<DueRow[]>;
  /** The `seq` of the last of these; null: nothing is due. */
  lastOf(
    db: Database,
    parcel: DueParcel,
    cut: Cut,
    holds: readonly Hold[],
    rowsMax: number,
  ): Promise<number | null>;
  count(db: Database, parcel: DueParcel, cut: Cut, holds: readonly Hold[]): Promise<number>;
  remove(trx: DatabaseTransaction, parcel: DueParcel, cut: Cut, holds: readonly Hold[]): Promise<Removed>;
  /** Adds those that are not there. Nothing is added where one says something else than what is there. */
  putBack(trx: DatabaseTransaction, rows: readonly Cells[]): Promise<PutBack | PutBackRefusal>;
};

export const all = (conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> =>
  conditions.length === 0 ? sql`true` : sql.join(conditions, sql` AND `);

/** More than that a clock is wrong by only where it stands still or was never set. */
const CLOCK_WRONG_MS_MIN = 86_400_000;

/** What a gateway with such a clock says is from long ago happened later, and has its time before it. `row`: its alias. */
export function hasHappenedBefore(row: string, beforeMs: number): RawBuilder<unknown> {
  const offset = sql.ref(`${row}.clock_offset_ms`);
  return sql`(${offset} < ${sql.lit(CLOCK_WRONG_MS_MIN)}
    OR ${sql.ref(`${row}.observed_at_ms`)} + ${offset} < ${sql.lit(beforeMs)})`;
}

/** Rows that a hold keeps do not fulfil it. `column` is when they were observed. */
export function outside(
  holds: readonly Hold[],
  column: RawBuilder<unknown>,
  isNamed: (hold: Hold) => RawBuilder<unknown>,
): RawBuilder<unknown> {
  return all(
    holds.map(
      (hold) => sql`NOT (${column} >= ${hold.fromMs}
        AND ${hold.toMs === null ? sql`true` : sql`${column} < ${hold.toMs}`} AND ${isNamed(hold)})`,
    ),
  );
}
