/**
 * The network's log comes onto a chain, once a size, whatever becomes of chain, endpoint and process. The controls are a
 * worker that sends before it stores, and one that believes a block before it is final; both must be found out.
 */
import { sql } from "kysely";
import { migrate } from "../../../cloud/database/migrate.ts";
import { openPostgresql } from "../../../cloud/database/postgresql.ts";
import { Anvil } from "../../support/anvil.ts";
import { type OwnPostgresql, somePostgresql } from "../../support/own-postgresql.ts";
import type { Claim } from "../claim.ts";
import { RUN_EVENTS, type RunOptions, type RunResult, runChain } from "./chain-run.ts";
import { CARELESS_WAYS, type CarelessWay } from "./messages.ts";
import { Spares } from "./supervised-anchor.ts";

const SEED = 20_261_126;
const RUNS = { full: 100, short: 5 };
/** Runs beside each other; most of a run is waiting. */
const LANES = 3;
/** In one run, one after the other; a control needs no second, nor does every short run. */
const CHECKPOINTS = 2;
const CONTROLS_MAX = 6;
const GAS_MAX = 40_000;

type Job = Pick<RunOptions, "seed" | "careless" | "checkpoints" | "killAt">;

export const proveChain: Claim = async ({ isShort, say }) => {
  const server = await somePostgresql();
  const databases = await Databases.on(server);
  const lanes = Array.from({ length: LANES }, () => new Spares());
  try {
    const startedMs = performance.now();
    const one = async (spares: Spares, job: Job) => {
      const database = await databases.fresh();
      // Of its own: anvil keeps the state of its newest 500 blocks, and cannot go back behind them.
      const anvil = await Anvil.start({ mining: "manual" });
      try {
        return await runChain({ anvil, spares, databaseUrl: database.url, ...job });
      } catch (error) {
        // The others are run all the same, and this one can be found again.
        return { misses: [`seed ${job.seed}: ${(error as Error).message}`], figures: {}, gas: [] };
      } finally {
        await anvil.stop("SIGKILL");
        await database.drop();
      }
    };
    const runs: Job[] = Array.from({ length: isShort ? RUNS.short : RUNS.full }, (_, n) => ({
      seed: SEED + n,
      careless: null,
      checkpoints: isShort ? 1 + (n % 2) : CHECKPOINTS,
    }));
    const waiting = runs.entries();
    const results: RunResult[] = [];
    const controls: Record<string, readonly string[]> = {};
    const lane = async (on: Spares) => {
      for (const [n, job] of waiting) {
        results.push(await one(on, job));
        if ((n + 1) % 10 === 0) say(`${n + 1} runs begun`);
      }
    };
    const control = async (on: Spares, way: CarelessWay) => {
      // A kill may fall where even the careless one loses nothing.
      for (let attempt = 0; attempt < CONTROLS_MAX && (controls[way] ?? []).length === 0; attempt += 1)
        controls[way] = (
          await one(on, { seed: SEED - 1 - attempt, careless: way, checkpoints: 1, killAt: "sent" })
        ).misses;
    };
    const [first, second, third] = lanes;
    if (first === undefined || second === undefined || third === undefined)
      throw new Error("three lanes were to start");
    await Promise.all([
      control(first, "sends-before-it-stores").then(() => lane(first)),
      control(second, "believes-before-it-is-final").then(() => lane(second)),
      lane(third),
    ]);
    const gas = results.flatMap((result) => result.gas.slice(1));
    const gasMax = Math.max(...gas);
    return {
      figures: {
        seed: SEED,
        runs: results.length,
        anchors: results.flatMap((result) => result.gas).length,
        gasOfTheFirstAnchor: Math.max(...results.map((result) => result.gas[0] ?? 0)),
        gasOfAnAnchor: { min: Math.min(...gas), max: gasMax },
        ...summed(results),
        seconds: Math.round((performance.now() - startedMs) / 1_000),
        controls,
      },
      misses: [
        ...results.flatMap(({ misses }) => misses),
        ...(gasMax <= GAS_MAX
          ? []
          : [`an anchor cost ${gasMax} gas, and ${GAS_MAX} is the most that it may`]),
        ...CARELESS_WAYS.filter((way) => (controls[way] ?? []).length === 0).map(
          (way) => `control: a worker that ${way} was not found out`,
        ),
      ],
    };
  } finally {
    await Promise.all(lanes.map((spares) => spares.stop()));
    await databases.drop();
    await server.stop();
  }
};

function summed(results: readonly RunResult[]): Record<string, number> {
  const names = new Set([...RUN_EVENTS, ...results.flatMap(({ figures }) => Object.keys(figures))]);
  return Object.fromEntries(
    [...names].map((name) => [name, results.reduce((sum, { figures }) => sum + (figures[name] ?? 0), 0)]),
  );
}

/** Databases that are copies of one with all tables. */
class Databases {
  readonly #server: OwnPostgresql;
  readonly #template = `hospitell_chain_${process.pid}`;
  #made = 0;

  private constructor(server: OwnPostgresql) {
    this.#server = server;
  }

  static async on(server: OwnPostgresql): Promise<Databases> {
    const databases = new Databases(server);
    await databases.#say((name) => sql`CREATE DATABASE ${sql.id(name)}`, databases.#template);
    const opened = openPostgresql({ url: databases.#urlOf(databases.#template), onIdleError: () => {} });
    await migrate(opened.db);
    await opened.close();
    return databases;
  }

  async fresh(): Promise<{ readonly url: string; drop(): Promise<void> }> {
    this.#made += 1;
    const name = `${this.#template}_${this.#made}`;
    await this.#say((own) => sql`CREATE DATABASE ${sql.id(own)} TEMPLATE ${sql.id(this.#template)}`, name);
    return { url: this.#urlOf(name), drop: () => this.#drop(name) };
  }

  drop(): Promise<void> {
    return this.#drop(this.#template);
  }

  #drop(name: string): Promise<void> {
    return this.#say((own) => sql`DROP DATABASE IF EXISTS ${sql.id(own)} WITH (FORCE)`, name);
  }

  #urlOf(name: string): string {
    const url = new URL(this.#server.url);
    url.pathname = `/${name}`;
    return url.href;
  }

  async #say(statement: (name: string) => ReturnType<typeof sql>, name: string): Promise<void> {
    const { db, close } = openPostgresql({ url: this.#server.url, onIdleError: () => {} });
    await statement(name).execute(db);
    await close();
  }
}
