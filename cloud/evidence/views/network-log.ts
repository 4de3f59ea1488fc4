/** The network's own log, as it stands in the database. */
import { sql } from "kysely";
import type { Database } from "../../database/schema.ts";

export type NetworkLog = {
  readonly logId: number;
  readonly origin: string;
  readonly size: number;
  readonly publicKey: Uint8Array;
};

/** Throws where the service has made none, which it does at its start. */
export async function networkLog(db: Database): Promise<NetworkLog> {
  const { rows } = await sql<NetworkLog>`
    SELECT log_id, origin, size, public_key FROM evidence_logs
    WHERE gateway_id IS NULL AND public_key IS NOT NULL`.execute(db);
  const [log] = rows;
  if (log === undefined) throw new Error("the database was to hold the network's log, and holds none");
  return log;
}
