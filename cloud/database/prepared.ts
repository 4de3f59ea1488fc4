/**
 * Statements that come all the time are prepared once a connection. Otherwise PostgreSQL reads a batch's columns a
 * second time to plan with them, which takes half as long as storing them.
 *
 * A plan that knows no values takes each array for a short one: right for a statement that goes through them once, and
 * not for one that joins them.
 */
import { type PostgresPool, type PostgresPoolClient, type RawBuilder, sql } from "kysely";
import type pg from "pg";

const MARK = /^\/\* prepared as ([a-z-]+) \*\//;

/** What a statement begins with. The name is this one text's, which no value may be written into. */
export const preparedAs = (name: string): RawBuilder<unknown> => sql.raw(`/* prepared as ${name} */`);

/** The same pool, whose connections prepare what is marked so. */
export function preparing(pool: pg.Pool): PostgresPool {
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect();
      const query = (text: string, values: unknown[]) => {
        const name = MARK.exec(text)?.[1];
        return client.query({ text, values, ...(name === undefined ? {} : { name }) });
      };
      const release = (isBroken?: boolean) => client.release(isBroken);
      // The type asks for cursors too, and nothing here does.
      return { query, release } as unknown as PostgresPoolClient;
    },
  };
}
