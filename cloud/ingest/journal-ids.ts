/**
 * The numbers under which this database knows journals. They may be those of another database, which was there before:
 * whoever stores under one has the database look whether it still is its journal's.
 */
import { sql } from "kysely";
import type { Database } from "../database/schema.ts";
import type { LaneKey } from "./lane-rows.ts";

/** Remembered. Beyond it all are forgotten, and asked for again. */
const JOURNALS_MAX = 10_000;

type JournalKey = Pick<LaneKey, "gatewayId" | "epoch">;

export class JournalIds {
  readonly #db: Database;
  readonly #known = new Map<string, number>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** In the order asked; undefined: there is no such journal yet. */
  async of(keys: readonly JournalKey[]): Promise<(number | undefined)[]> {
    const known = keys.map((key) => this.#known.get(nameOf(key)));
    const fresh = keys.filter((_key, place) => known[place] === undefined);
    if (fresh.length === 0) return known;
    const asked = await this.#ask(fresh);
    return keys.map((key, place) => known[place] ?? asked.get(nameOf(key)));
  }

  /** Where the database said that something is not as it was. */
  forget(keys: readonly JournalKey[]): void {
    for (const key of keys) this.#known.delete(nameOf(key));
  }

  async #ask(keys: readonly JournalKey[]): Promise<ReadonlyMap<string, number>> {
    const { rows } = await sql<JournalKey & { journalId: number }>`
      SELECT gateway_id, epoch, journal_id FROM journals
      WHERE (gateway_id, epoch) IN (${sql.join(keys.map(({ gatewayId, epoch }) => sql`(${gatewayId}, ${epoch})`))})`.execute(
      this.#db,
    );
    if (this.#known.size + rows.length > JOURNALS_MAX) this.#known.clear();
    const asked = new Map(rows.map(({ journalId, ...key }) => [nameOf(key), journalId]));
    for (const [name, journalId] of asked) this.#known.set(name, journalId);
    return asked;
  }
}

const nameOf = ({ gatewayId, epoch }: JournalKey) => `${gatewayId} ${epoch}`;
