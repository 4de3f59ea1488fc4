/** A network's log for whoever anchors it: checkpoints of any sizes and roots, cosigned or not, straight in the tables. */
import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import type { Database } from "../../cloud/database/schema.ts";
import {
  cosign,
  gatewayKeyName,
  networkOrigin,
  parseNote,
  signCheckpoint,
} from "../../contracts/log/note.ts";
import { ed25519Signer } from "./ed25519-signer.ts";

const WITNESS = "gw-south";
const witness = ed25519Signer(gatewayKeyName(WITNESS), 8);

export class AnchorLog {
  readonly #db: Database;
  readonly #signer = ed25519Signer(networkOrigin("00112233aabbccdd"), 7);
  #atMs: number;

  constructor(db: Database, atMs: number) {
    this.#db = db;
    this.#atMs = atMs;
  }

  /** Once a database, before anything else. */
  async open(): Promise<void> {
    await sql`INSERT INTO hospitals (hospital_id, name) VALUES ('south', 'South') ON CONFLICT DO NOTHING`.execute(
      this.#db,
    );
    await sql`INSERT INTO gateways (gateway_id, hospital_id) VALUES (${WITNESS}, 'south') ON CONFLICT DO NOTHING`.execute(
      this.#db,
    );
    await sql`
      INSERT INTO evidence_keys (gateway_id, public_key, added_entry_id, added_at_ms)
      VALUES (${WITNESS}, ${witness.publicKey}, gen_random_uuid(), ${this.#atMs})`.execute(this.#db);
    await sql`
      INSERT INTO evidence_logs (origin, size, frontier) VALUES (${this.#signer.name}, 0, ${new Uint8Array()})`.execute(
      this.#db,
    );
  }

  /** The root that it has, as 0x and hexadecimal digits. */
  async add(size: number, { cosigned = true } = {}): Promise<string> {
    const root = new Uint8Array(randomBytes(32));
    this.#atMs += 1_000;
    const note = signCheckpoint(
      { origin: this.#signer.name, size, root, signedAtMs: this.#atMs },
      this.#signer,
    );
    await sql`
      INSERT INTO evidence_checkpoints (log_id, size, root, note, signed_at_ms, received_at_ms)
      SELECT log_id, ${size}, ${root}, ${note}, ${this.#atMs}, ${this.#atMs} FROM evidence_logs
      WHERE gateway_id IS NULL`.execute(this.#db);
    if (cosigned) await this.cosign(size);
    return `0x${Buffer.from(root).toString("hex")}`;
  }

  async cosign(size: number): Promise<void> {
    const { rows } = await sql<{ note: string }>`
      SELECT note FROM evidence_checkpoints WHERE size = ${size}`.execute(this.#db);
    const line = cosign(parseNote(rows[0]?.note ?? "")?.body ?? "", this.#atMs, witness);
    await sql`
      INSERT INTO evidence_cosignatures (size, gateway_id, public_key, line, cosigned_at_ms, received_at_ms)
      VALUES (${size}, ${WITNESS}, ${witness.publicKey}, ${line}, ${this.#atMs}, ${this.#atMs})`.execute(
      this.#db,
    );
  }
}
