import { Kysely, PostgresDialect, sql } from "kysely";
import type pg from "pg";
import { expect, onTestFinished, test, vi } from "vitest";
import { preparedAs, preparing } from "../../cloud/database/prepared.ts";

const PATIENCE = { usualMs: 10, longMs: 1_000 };

/** A pool that answers nothing and keeps what it was asked. */
function deafPool() {
  const asked: unknown[] = [];
  const client = {
    query: async (config: unknown) => {
      asked.push(config);
      return { command: "SELECT", rowCount: 0, rows: [] };
    },
    release: () => {},
    getTransactionStatus: () => "I",
  };
  const pool = { options: {}, connect: async () => client, end: async () => {} };
  return { asked, pool: pool as unknown as pg.Pool };
}

test("a statement that is marked is prepared under its name, and any other is not", async () => {
  const { asked, pool } = deafPool();
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: preparing(pool, PATIENCE) }) });
  await sql`${preparedAs("add-one")} SELECT ${7}::int + 1`.execute(db);
  await sql`SELECT ${"/* prepared as add-one */"}::text`.execute(db);
  await db.destroy();
  expect(asked).toEqual([
    { name: "add-one", text: "/* prepared as add-one */ SELECT $1::int + 1", values: [7] },
    { text: "SELECT $1::text", values: ["/* prepared as add-one */"] },
  ]);
});

/** A pool whose one connection answers when it is told to, or never, and stands in a transaction or not. */
function mutePool(transactionStatus: "I" | "T" | "E" | null = "I") {
  const released: unknown[] = [];
  const pending: { answer: () => void; fail: (error: Error) => void }[] = [];
  const client = {
    query: () =>
      new Promise((done, fail) => {
        pending.push({ answer: () => done({ command: "SELECT", rowCount: 0, rows: [] }), fail });
      }),
    // As the driver does: what is under way on a connection that is ended fails.
    release(isBroken?: boolean) {
      released.push(isBroken);
      if (isBroken) for (const { fail } of pending) fail(new Error("Connection terminated"));
    },
    getTransactionStatus: () => transactionStatus,
  };
  const pool = { options: {}, connect: async () => client, end: async () => {} } as unknown as pg.Pool;
  return { pool, pending, released };
}

test("a connection that does not answer in time is given up, once", async () => {
  const { pool, released } = mutePool();
  const client = await preparing(pool, PATIENCE).connect();
  await expect(client.query("SELECT 1", [])).rejects.toThrow("Connection terminated");
  client.release();
  expect(released).toEqual([true]);
});

test.each([
  ["is in no transaction", "kept", "I"],
  ["was left in a transaction", "ended", "T"],
  ["was left in a transaction that failed", "ended", "E"],
  ["never became ready", "ended", null],
] as const)("a connection that %s is %s when it is given back", async (_how, fate, status) => {
  const { pool, released } = mutePool(status);
  const client = await preparing(pool, PATIENCE).connect();
  client.release();
  expect(released).toEqual([fate === "ended"]);
});

test("a transaction that has asked for as much time as it takes is waited for longer, and not for ever", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const { pool, pending, released } = mutePool();
  const client = await preparing(pool, PATIENCE).connect();
  const asked = client.query("SET LOCAL statement_timeout = 0", []);
  pending.pop()?.answer();
  await asked;
  const long = expect(client.query("CREATE INDEX long", [])).rejects.toThrow("Connection terminated");
  await vi.advanceTimersByTimeAsync(999);
  expect(released).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  await long;
  expect(released).toEqual([true]);
});
