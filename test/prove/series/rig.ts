/** A cloud, its database, the store of series that it feeds, and the proxy between the two. */
import { join } from "node:path";
import pg from "pg";
import { DataHealth } from "../../../contracts/wire/data-health.ts";
import { type FreshDatabase, freshDatabase } from "../../support/fresh-database.ts";
import { Influxd } from "../../support/influxd.ts";
import type { SpawnedServer } from "../../support/spawned-server.ts";
import { until } from "../../support/until.ts";
import { VictoriaMetrics } from "../../support/victoria-metrics.ts";
import { foundInInfluxdb, foundInVictoriaMetrics } from "./found-in-stores.ts";
import { SeriesCloud } from "./series-cloud.ts";
import { differences, type FoundSeries, type Tally } from "./tally.ts";
import { TroubledProxy } from "./troubled-proxy.ts";

const DATABASE = "hospitell";

export type RigName = "influxdb" | "victoria-metrics";
export type RigParts = {
  readonly directory: string;
  readonly name: RigName;
  readonly gatewayIds: readonly string[];
  /** Null: the embedded database. */
  readonly postgresqlUrl: string | null;
  readonly program?: string;
};

/** What each store keeps of a series. */
const KEPT: Readonly<Record<RigName, readonly (keyof Tally)[]>> = {
  influxdb: ["good", "goodSum", "bad", "badSum", "empty"],
  "victoria-metrics": ["good", "goodSum", "bad", "badSum"],
};

export class Rig {
  readonly name: RigName;
  readonly cloud: SeriesCloud;
  readonly proxy: TroubledProxy;
  readonly server: SpawnedServer;
  readonly #database: FreshDatabase | null;
  readonly #look: () => Promise<FoundSeries>;

  private constructor(parts: {
    name: RigName;
    cloud: SeriesCloud;
    proxy: TroubledProxy;
    server: SpawnedServer;
    database: FreshDatabase | null;
    look: () => Promise<FoundSeries>;
  }) {
    this.name = parts.name;
    this.cloud = parts.cloud;
    this.proxy = parts.proxy;
    this.server = parts.server;
    this.#database = parts.database;
    this.#look = parts.look;
  }

  /** Everything runs when it settles. */
  static async start({ directory, name, gatewayIds, postgresqlUrl, program }: RigParts): Promise<Rig> {
    const { server, look } = await startStore(name, join(directory, "store"));
    const proxy = await TroubledProxy.before(server.url);
    const database =
      postgresqlUrl === null
        ? null
        : await freshDatabase(postgresqlUrl, name === "influxdb" ? "prove_1" : "prove_2");
    const cloud = await SeriesCloud.in({
      directory,
      gatewayIds,
      influxdb:
        name === "influxdb"
          ? { api: "1", url: proxy.url, database: DATABASE }
          : { api: "2", url: proxy.url, org: "prove", bucket: DATABASE, timePrecision: "ms" },
      databaseUrl: database?.url ?? null,
      ...(program === undefined ? {} : { program }),
    });
    await cloud.start();
    return new Rig({ name, cloud, proxy, server, database, look });
  }

  /** Where its readings lie in the database. */
  get databaseAt(): { readonly url: string } | { readonly directory: string } {
    return this.#database === null
      ? { directory: this.cloud.embeddedDirectory }
      : { url: this.#database.url };
  }

  /** The database's server ends every connection, as one does that is restarted. False: it is embedded in the cloud. */
  async cutDatabase(): Promise<boolean> {
    if (this.#database === null) return false;
    const client = new pg.Client({ connectionString: this.#database.url });
    await client.connect();
    await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    await client.end();
    return true;
  }

  async killStore(): Promise<void> {
    this.cloud.phase = "store-away";
    await this.server.stop("SIGKILL");
  }

  async reviveStore(): Promise<void> {
    await this.server.start();
    this.cloud.phase = "store-troubled";
  }

  /** Until the store has what was put in, or the time is over; what is then still different. */
  async missingInStore(putIn: ReadonlyMap<string, Tally>, withinMs: number): Promise<string[]> {
    const deadlineMs = performance.now() + withinMs;
    for (;;) {
      const beganMs = performance.now();
      const wrong = differences(putIn, await this.#look(), KEPT[this.name]);
      if (wrong.length === 0 || performance.now() > deadlineMs) return wrong;
      // Looking costs the store something too.
      await new Promise((done) => setTimeout(done, Math.max(250, 2 * (performance.now() - beganMs))));
    }
  }

  /** What is stored is all in the roll-ups. */
  async rolledUp(withinMs: number): Promise<void> {
    const engineer = await this.cloud.signIn("facility-engineer");
    await until(
      "everything is rolled up",
      async () => {
        const answer = await engineer.get("/api/v1/data-health");
        const { stores } = DataHealth.parse(await answer.json());
        const rollups = stores.find(({ stage }) => stage === "rollups");
        return rollups?.behindRecords === 0 ? true : undefined;
      },
      withinMs,
    );
  }

  async stop(): Promise<void> {
    await this.cloud.stop();
    await this.proxy.close();
    await this.server.stop("SIGKILL");
  }

  /** After all was read. */
  async drop(): Promise<void> {
    await this.#database?.drop();
  }
}

async function startStore(name: RigName, directory: string) {
  if (name === "influxdb") {
    const server = await Influxd.in({ directory });
    return { server, look: () => foundInInfluxdb(server.url, DATABASE) };
  }
  const server = await VictoriaMetrics.in(directory);
  return { server, look: () => foundInVictoriaMetrics(server) };
}
