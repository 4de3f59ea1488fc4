/**
 * What the driver is told of a statement beside its text, which Kysely has no word for: a mark that the statement begins
 * with.
 *
 * Statements that come all the time are prepared once a connection. Otherwise PostgreSQL reads a batch's columns a
 * second time to plan with them, which takes half as long as storing them.
 *
 * A plan that knows no values takes each array for a short one: right for a statement that goes through them once, and
 * not for one that joins them.
 *
 * And COPY … FROM STDIN takes its rows beside its text.
 *
 * A server that is cut off without a word answers nothing, and nothing on this side would notice for a quarter of an
 * hour. It ends its statements by itself after their time; one that has not ended a while later is given up together with
 * its connection. A transaction that has asked the server for as much time as it takes is given more.
 */
import {
  type Kysely,
  PGliteAdapter,
  type PostgresPool,
  type PostgresPoolClient,
  type RawBuilder,
  sql,
} from "kysely";
import type pg from "pg";
import { copyIn } from "./copy-in.ts";

const PREPARED = /^\/\* prepared as ([a-z-]+) \*\//;
const COPIED = /^\/\* rows are \$1 \*\//;

const TAKES_ITS_TIME = /^\s*SET LOCAL statement_timeout = 0\b/;

/** What a statement begins with. The name is this one text's, which no value may be written into. */
export const preparedAs = (name: string): RawBuilder<unknown> => sql.raw(`/* prepared as ${name} */`);

/** What COPY … FROM STDIN begins with, where the database `takesCopies`. Nothing else of it may be a value. */
export const rowsFrom = (chunks: readonly Uint8Array[]): RawBuilder<unknown> =>
  sql`${sql.raw("/* rows are ")}${chunks}${sql.raw(" */")}`;

/** The embedded one has no connection to send rows on. */
export const takesCopies = (db: Kysely<never> | Pick<Kysely<unknown>, "getExecutor">): boolean =>
  !(db.getExecutor().adapter instanceof PGliteAdapter);

/** After so many milliseconds without an answer a connection is given up. */
export type Patience = { readonly usualMs: number; readonly longMs: number };

/** The same pool, whose connections do what is marked so. */
export function preparing(pool: pg.Pool, { usualMs, longMs }: Patience): PostgresPool {
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect();
      let isGivenUp = false;
      let takesItsTime = false;
      // What is asked on it fails by that, and so does whatever is asked on it afterwards.
      const giveUp = () => {
        isGivenUp = true;
        client.release(true);
      };
      const query = async (text: string, values: unknown[]) => {
        const timer = isGivenUp ? undefined : setTimeout(giveUp, takesItsTime ? longMs : usualMs);
        try {
          return await ask(client, text, values);
        } finally {
          clearTimeout(timer);
          takesItsTime ||= TAKES_ITS_TIME.test(text);
        }
      };
      // Whoever comes next is not to stand in a transaction that somebody left open.
      const release = (isBroken?: boolean) => {
        if (!isGivenUp) client.release(isBroken || client.getTransactionStatus() !== "I");
      };
      // The type asks for cursors too, and nothing here does.
      return { query, release } as unknown as PostgresPoolClient;
    },
  };
}

async function ask(client: pg.PoolClient, text: string, values: unknown[]) {
  if (COPIED.test(text)) {
    await copyIn(client, text, values[0] as readonly Uint8Array[]);
    return { command: "COPY", rowCount: null, rows: [] };
  }
  const name = PREPARED.exec(text)?.[1];
  return await client.query({ text, values, ...(name === undefined ? {} : { name }) });
}
