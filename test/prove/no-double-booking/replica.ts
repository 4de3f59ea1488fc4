/**
 * A cloud on a socket whose claims are timed by a clock that runs faster than the world and jumps, the same in every
 * replica because it is a row of the database. `careless`: it takes no lock on beds; the proof drops the constraint.
 */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { sql } from "kysely";
import pg from "pg";
import { systemClock, systemRandomness } from "../../../cloud/clock.ts";
import { createCloud } from "../../../cloud/cloud.ts";
import { openPostgresql } from "../../../cloud/database/postgresql.ts";
import type { DeskClock } from "../../../cloud/desk/desk-clock.ts";
import { createLog } from "../../../cloud/http/log.ts";
import { CloudConfig } from "../../../config/cloud.ts";

export type ReplicaOrder = {
  readonly config: object;
  readonly databaseUrl: string;
  readonly dataDirectory: string;
  readonly networkKeyFile: string;
  readonly careless: boolean;
};

const [order] = process.argv.slice(2).map((text) => JSON.parse(text) as ReplicaOrder);
if (order === undefined) throw new Error("expected what to run as JSON");

if (order.careless) {
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [asked] = args as [{ text?: string }];
    if (typeof asked?.text === "string" && asked.text.includes("FROM beds WHERE bed_id = ANY"))
      args[0] = { ...asked, text: asked.text.replace("FOR UPDATE", "") };
    return (query as (...all: unknown[]) => unknown).apply(this, args);
  } as typeof query;
}

const fastClock: DeskClock = {
  async nowMs(db) {
    const { rows } = await sql<{ nowMs: number }>`
      SELECT floor(began_ms + (extract(epoch FROM clock_timestamp()) * 1000 - began_ms) * speed + jump_ms)::bigint AS now_ms
      FROM proof_clock`.execute(db);
    return rows[0]?.nowMs ?? 0;
  },
};

const { db } = openPostgresql({ url: order.databaseUrl, onIdleError: () => undefined });
const stop = new AbortController();
const parts = CloudConfig.parse(order.config);
const cloud = await createCloud({
  config: parts,
  influxLogin: null,
  dataDirectory: order.dataDirectory,
  networkKeyFile: order.networkKeyFile,
  db,
  clock: systemClock,
  deskClock: fastClock,
  randomness: systemRandomness,
  log: createLog({
    write(line) {
      // What is answered with 503 is part of the play.
      if (line.includes('"code":"INTERNAL"')) process.stderr.write(line);
    },
  }),
});
await cloud.app.listen({ host: "127.0.0.1", port: 0 });
const running = cloud.run(stop.signal);
const { port } = cloud.app.server.address() as AddressInfo;
process.send?.({ kind: "ready", url: `http://127.0.0.1:${port}` });
// Nobody else would stop it once its proof is gone.
await Promise.race([once(process, "SIGTERM"), once(process, "disconnect"), running]);
stop.abort();
await running;
cloud.app.server.closeAllConnections();
await cloud.app.close();
process.exit(0);
