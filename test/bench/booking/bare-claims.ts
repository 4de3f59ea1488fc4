/**
 * The other side of a hold: one row with the same constraints and indexes, prepared, in a transaction of its own, with
 * nobody signed in, nothing checked, repeated, told or recorded.
 */
import { randomUUID } from "node:crypto";
import pg from "pg";

const TABLE = "CREATE TABLE bare_bookings (LIKE bookings INCLUDING ALL)";
const INSERT = {
  name: "bare",
  text: `INSERT INTO bare_bookings (booking_id, request_id, encounter_id, bed_id, hospital_id, state, during, since_ms,
      expires_at_ms, renewals_left, evidence, urgency, sex, role, session_sha256, created_at_ms, version)
    VALUES ($1, $2, $3, $4, 'north', 'held', int8range($5, $6), $5, $6, 1, '{}', 'emergency', 'unknown',
      'emergency-coordinator', 'session', $5, 1)`,
};
const CONNECTIONS = 10;
const HOLD_MS = 15 * 60_000;

export class BareClaims {
  readonly #pool: pg.Pool;

  constructor(url: string) {
    this.#pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
    this.#pool.on("error", () => undefined);
  }

  async begin(): Promise<void> {
    await this.#pool.query(TABLE);
  }

  async claim(bedId: string): Promise<void> {
    const nowMs = Date.now();
    const values = [randomUUID(), randomUUID(), randomUUID(), bedId, nowMs, nowMs + HOLD_MS];
    const client = await this.#pool.connect();
    try {
      await client.query("BEGIN");
      await client.query({ ...INSERT, values });
      await client.query("COMMIT");
    } finally {
      client.release();
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}
