import { Kysely, PostgresDialect, sql } from "kysely";
import type pg from "pg";
import { expect, test } from "vitest";
import { preparedAs, preparing } from "../../cloud/database/prepared.ts";

/** A pool that answers nothing and keeps what it was asked. */
function deafPool() {
  const asked: unknown[] = [];
  const client = {
    query: async (config: unknown) => {
      asked.push(config);
      return { command: "SELECT", rowCount: 0, rows: [] };
    },
    release: () => {},
  };
  const pool = { options: {}, connect: async () => client, end: async () => {} };
  return { asked, pool: pool as unknown as pg.Pool };
}

test("a statement that is marked is prepared under its name, and any other is not", async () => {
  const { asked, pool } = deafPool();
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: preparing(pool) }) });
  await sql`${preparedAs("add-one")} SELECT ${7}::int + 1`.execute(db);
  await sql`SELECT ${"/* prepared as add-one */"}::text`.execute(db);
  await db.destroy();
  expect(asked).toEqual([
    { name: "add-one", text: "/* prepared as add-one */ SELECT $1::int + 1", values: [7] },
    { text: "SELECT $1::text", values: ["/* prepared as add-one */"] },
  ]);
});
