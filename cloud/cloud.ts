/** The composition root: makes every part of the service out of a database and puts them together. Nothing listens yet. */
import { join } from "node:path";
import type { Logger } from "pino";
import type { CloudConfig } from "../config/cloud.ts";
import { RULES } from "./access/rules.ts";
import { sessionCookie } from "./access/session-cookie.ts";
import { Sessions } from "./access/sessions.ts";
import { SignInLinks } from "./access/sign-in-links.ts";
import type { Clock, Randomness } from "./clock.ts";
import type { Database } from "./database/schema.ts";
import { seedDatabase } from "./database/seed.ts";
import { createMetrics } from "./health/metrics.ts";
import { createMetricsServer } from "./health/metrics-server.ts";
import { buildApp } from "./http/app.ts";
import { localUrl } from "./http/local-url.ts";
import { Ingest } from "./ingest/ingest.ts";
import { LatestValues } from "./ingest/latest-values.ts";
import { Bell } from "./live/bell.ts";
import { Board } from "./live/board.ts";
import { LiveClients } from "./live/clients.ts";
import { Follower } from "./live/follower.ts";
import { LiveRepository } from "./live/repository.ts";
import { countBeds } from "./registry/counts.ts";
import { Registry } from "./registry/registry.ts";
import { RegistryRepository } from "./registry/repository.ts";

export type CloudDeps = {
  readonly config: Pick<CloudConfig, "hospitals" | "gateways" | "publicUrl">;
  readonly db: Database;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Logger;
  readonly shellDirectory?: string;
};
export type Cloud = Awaited<ReturnType<typeof createCloud>>;

const SHELL_DIRECTORY = join(import.meta.dirname, "web", "dist");

export async function createCloud(deps: CloudDeps) {
  const { config, db, clock, randomness, log, shellDirectory = SHELL_DIRECTORY } = deps;
  const { hospitals, gateways, publicUrl } = config;
  await seedDatabase(db, { hospitals, gateways });

  const metrics = createMetrics();
  const sessions = new Sessions({ db, clock, randomness });
  const secure = publicUrl?.startsWith("https:") ?? false;

  const bell = new Bell();
  const liveRepository = new LiveRepository(db);
  const board = new Board(await liveRepository.start());
  const liveClients = new LiveClients({ board, sessions, clock, log });
  const follower = new Follower({
    repository: liveRepository,
    board,
    bell,
    clock,
    log,
    bedsChanged: (changed) => liveClients.bedsChanged(changed),
    evidenceChanged: (heard) => liveClients.evidenceChanged(heard),
  });
  await follower.load();
  const latestValues = new LatestValues({ db, log });
  const ingest = new Ingest({
    db,
    clock,
    log,
    meter: metrics.ingest,
    bedsChanged: () => bell.ring("beds"),
    evidenceChanged: () => bell.ring("evidence"),
    readingsStored: () => latestValues.wake(),
  });
  metrics.watch({
    ingestQueue: () => ingest.queue,
    liveClients: () => liveClients.count,
    outboxLag: () => liveRepository.outboxLag(board.seq),
    bedsByState: () => countBeds(board.beds({ kind: "network" }), clock.nowMs()).byState,
  });

  const links = new SignInLinks({
    sessions,
    hospitalIds: hospitals.map(({ id }) => id),
    publicUrl: () => publicUrl ?? localUrl(app.server),
  });
  const app = await buildApp({
    rules: RULES,
    sessions,
    cookie: sessionCookie(secure),
    gateways,
    publicUrl,
    secure,
    links,
    ingest,
    registry: new Registry({ repository: new RegistryRepository(db), clock }),
    liveClients,
    bedsChanged: () => bell.ring("beds"),
    db,
    clock,
    randomness,
    log,
    shellDirectory,
    onAnswer: metrics.onAnswer,
  });

  return {
    app,
    links,
    metricsServer: createMetricsServer({ metrics, log }),
    /** Follows what is stored until the signal; rejects only by a bug. */
    async run(signal: AbortSignal): Promise<void> {
      await Promise.all([follower.run(signal), latestValues.run(signal), liveClients.run(signal)]);
    },
  };
}
