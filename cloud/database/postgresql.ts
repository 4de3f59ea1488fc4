/** PostgreSQL 15 or newer, by its connection URL. */
import { CamelCasePlugin, Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import type { OpenDatabase } from "./embedded.ts";
import { type Patience, preparing } from "./prepared.ts";
import type { Tables } from "./schema.ts";

const CONNECTIONS_MAX = 10;
const CONNECT_MS_MAX = 5_000;
/** A statement that takes longer is stuck; its caller has given up by then. */
const STATEMENT_MS_MAX = 30_000;
/**
 * The server ends a usual statement before; a long one goes through a table of weeks. Of several in one message each has its
 * time: what was given up and is stored after all is known when it comes again.
 */
const PATIENCE: Patience = { usualMs: STATEMENT_MS_MAX + 5_000, longMs: 3_600_000 };
const INT8_OID = 20;

export type PostgresqlOptions = {
  readonly url: string;
  /** Left out: longer than any statement may take. */
  readonly patience?: Patience;
  onIdleError(error: Error): void;
};

export function openPostgresql({ url, patience = PATIENCE, onIdleError }: PostgresqlOptions): OpenDatabase {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    statement_timeout: STATEMENT_MS_MAX,
    types: {
      // Positions, sequence numbers and milliseconds all stay below 2^53.
      getTypeParser: (oid, format) => (oid === INT8_OID ? Number : pg.types.getTypeParser(oid, format)),
    },
  });
  // A connection that breaks while nobody uses it would otherwise end the process; the pool replaces it.
  pool.on("error", onIdleError);
  // So would one that breaks between two statements of a transaction; the next of them fails, and that is enough to know.
  pool.on("connect", (client) => client.on("error", () => {}));
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool: preparing(pool, patience) }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
  return { db, close: () => db.destroy() };
}
