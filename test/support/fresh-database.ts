/** A database of its own on a server that is there, for a bench or a proof; gone when the work is done. */
import pg from "pg";

export type FreshDatabase = { readonly url: string; drop(): Promise<void> };

export async function freshDatabase(serverUrl: string, name: string): Promise<FreshDatabase> {
  const own = `hospitell_${name}_${process.pid}`;
  await once(serverUrl, `CREATE DATABASE ${own}`);
  const url = new URL(serverUrl);
  url.pathname = `/${own}`;
  return { url: url.href, drop: () => once(serverUrl, `DROP DATABASE IF EXISTS ${own} WITH (FORCE)`) };
}

async function once(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
