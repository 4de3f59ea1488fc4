/** A server that ends connections, as one does that is restarted. */
import { sql } from "kysely";
import pg from "pg";
import { expect, test } from "vitest";
import { openPostgresql } from "../../cloud/database/postgresql.ts";

const url = process.env.DATABASE_URL;

test.skipIf(url === undefined)(
  "a connection that is cut off between two statements of a transaction costs that transaction alone",
  async () => {
    const { db, close } = openPostgresql({ url: url ?? "", onIdleError: () => {} });
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    const cut = db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ pid: number }>`SELECT pg_backend_pid() AS pid`.execute(trx);
      await other.query("SELECT pg_terminate_backend($1, 5000)", [rows[0]?.pid]);
      // The driver hears of it when it next looks at its sockets.
      await new Promise((looked) => setTimeout(looked, 50));
      await sql`SELECT 1`.execute(trx);
    });
    await expect(cut).rejects.toThrow();
    const { rows } = await sql<{ one: number }>`SELECT 1 AS one`.execute(db);
    expect(rows).toEqual([{ one: 1 }]);
    await other.end();
    await close();
  },
);
