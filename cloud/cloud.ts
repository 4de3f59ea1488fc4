/** The composition root: makes every part of the service out of a database and puts them together. Nothing listens yet. */
import { join } from "node:path";
import type { Logger } from "pino";
import type { CloudConfig } from "../config/cloud.ts";
import { RULES } from "./access/rules.ts";
import { sessionCookie } from "./access/session-cookie.ts";
import { Sessions } from "./access/sessions.ts";
import { SignInLinks } from "./access/sign-in-links.ts";
import type { AnchorPart } from "./anchor/create-anchor.ts";
import { Attribution } from "./attribution/attribution.ts";
import { createBookings } from "./bookings/create-bookings.ts";
import { bedVacated } from "./cleaning/change-task.ts";
import { Cleaning } from "./cleaning/cleaning.ts";
import { GatewayReadiness } from "./cleaning/gateway-readiness.ts";
import type { Clock, Randomness } from "./clock.ts";
import type { Database } from "./database/schema.ts";
import { seedDatabase } from "./database/seed.ts";
import { type DeskClock, databaseClock } from "./desk/desk-clock.ts";
import { Identities } from "./encounters/identities.ts";
import { openKeyFile } from "./encounters/key-file.ts";
import { createEvidence } from "./evidence/create-evidence.ts";
import { readHealth } from "./health/health.ts";
import { createMetrics } from "./health/metrics.ts";
import { createMetricsServer } from "./health/metrics-server.ts";
import { createHistory } from "./history/history.ts";
import type { Login } from "./history/influxdb/influx-1.ts";
import { buildApp } from "./http/app.ts";
import { localUrl } from "./http/local-url.ts";
import { Ingest } from "./ingest/ingest.ts";
import { LatestValues } from "./ingest/latest-values.ts";
import { NewestValues } from "./ingest/newest-values.ts";
import { keptFromMs } from "./kpi/kept-from.ts";
import { Kpi } from "./kpi/kpi.ts";
import { KpiRepository } from "./kpi/repository.ts";
import { Bell } from "./live/bell.ts";
import { Board } from "./live/board.ts";
import { LiveClients } from "./live/clients.ts";
import { Follower } from "./live/follower.ts";
import { LiveRepository } from "./live/repository.ts";
import { Matching } from "./matching/matching.ts";
import { MatchingRepository } from "./matching/repository.ts";
import { createReconcile } from "./reconcile/create-reconcile.ts";
import { countBeds } from "./registry/counts.ts";
import { Registry } from "./registry/registry.ts";
import { RegistryRepository } from "./registry/repository.ts";
import { cronScheduler } from "./reports/cron.ts";
import { kpiExport } from "./reports/kpi-export.ts";
import { ReportRunner } from "./reports/report-runner.ts";
import { ReportRepository } from "./reports/repository.ts";
import type { ArchivePlace } from "./retention/archive/archive-place.ts";
import { createRetention } from "./retention/retention.ts";
import { onBookingMoves } from "./transfers/on-booking-moves.ts";
import { TransferSweeper } from "./transfers/sweeper.ts";
import { Transfers } from "./transfers/transfers.ts";
import { WardAdmin } from "./ward-admin/ward-admin.ts";
import { createWebhooks } from "./webhooks/create-webhooks.ts";

export type CloudDeps = {
  readonly config: Pick<
    CloudConfig,
    "evidence" | "hospitals" | "gateways" | "publicUrl" | "reports" | "retention" | "timeSeries" | "webhooks"
  >;
  /** Where the network's log is anchored; left out: nowhere. */
  readonly anchor?: AnchorPart | null;
  /** Of the store of series; null: it asks for none. */
  readonly influxLogin: Login;
  /** For files that the service makes. */
  readonly dataDirectory: string;
  readonly db: Database;
  readonly clock: Clock;
  /** Of claims on beds; left out: the database's. */
  readonly deskClock?: DeskClock;
  readonly randomness: Randomness;
  readonly log: Logger;
  /** Where old data is moved to; left out: nowhere. */
  readonly archivePlace?: ArchivePlace | null;
  readonly shellDirectory?: string;
  /** With the keys of patients' identities; left out: one in the data directory. */
  readonly identityKeyFile?: string;
  /** With the key that signs the network's log, the same for all replicas; left out: one in the data directory. */
  readonly networkKeyFile?: string;
};
export type Cloud = Awaited<ReturnType<typeof createCloud>>;

const SHELL_DIRECTORY = join(import.meta.dirname, "web", "dist");

export async function createCloud(deps: CloudDeps) {
  const {
    config,
    influxLogin,
    dataDirectory,
    db,
    clock,
    randomness,
    log,
    shellDirectory = SHELL_DIRECTORY,
  } = deps;
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
    deskChanged: (changes) => liveClients.deskChanged(changes),
  });
  await follower.load();
  const matching = new Matching({
    repository: new MatchingRepository(db),
    board,
    boardFollowedAtMs: () => follower.followedAtMs,
    clock,
  });
  const desk = { db, clock: deps.deskClock ?? databaseClock, deskChanged: () => bell.ring("desk") };
  const cleaningDeps = { ...desk, evidenceClock: clock };
  const gatewayReadiness = new GatewayReadiness({ ...cleaningDeps, log, beds: () => board.known() });
  const bookings = createBookings({
    desk,
    clock,
    randomness,
    log,
    matching,
    bedVacated,
    bookingMoves: onBookingMoves,
  });
  const transfers = new Transfers({ desk, ports: bookings.ports, nextBest: bookings.nextBest, log });
  const reconcile = createReconcile({
    desk,
    clock,
    log,
    bookings: bookings.ports,
    beds: () => board.known(),
  });
  const keys = openKeyFile(deps.identityKeyFile ?? join(dataDirectory, "identity.key"), randomness);
  const identities = new Identities({ ...desk, keys, randomness });
  const webhooks = createWebhooks({ desk, keys, randomness, config: config.webhooks, metrics, log });
  const kpi = new Kpi({
    repository: new KpiRepository(db),
    clock,
    keptFromMs: (hospitalId, nowMs) => keptFromMs(config.retention, hospitalId, nowMs),
  });
  const history = createHistory({
    db,
    dataDirectory,
    clock,
    randomness,
    log,
    metrics,
    timeSeries: config.timeSeries,
    influxLogin,
    exportKinds: [kpiExport(kpi)],
  });
  const reports = new ReportRepository(db);
  const reportRunner = new ReportRunner({
    schedules: config.reports,
    scheduler: cronScheduler,
    repository: reports,
    kpi,
    clock,
    randomness,
    meter: metrics.reports,
    log,
  });
  const retention = createRetention({
    config,
    place: deps.archivePlace ?? null,
    fedStores: history.fedStore === null ? [] : [history.fedStore.stage],
    db,
    clock,
    randomness,
    meter: metrics.retention,
    log,
  });
  const evidence = await createEvidence({
    desk,
    keys,
    clock,
    randomness,
    log,
    metrics,
    config: config.evidence,
    networkKeyFile: deps.networkKeyFile ?? join(dataDirectory, "network-key.pem"),
    anchor: deps.anchor ?? null,
  });
  const newestValues = new NewestValues();
  const latestValues = new LatestValues({ db, log, newestValues });
  const ingest = new Ingest({
    db,
    clock,
    log,
    meter: metrics.ingest,
    newestValues,
    bedsChanged: () => bell.ring("beds"),
    evidenceChanged: () => bell.ring("evidence"),
    readingsStored: () => {
      latestValues.wake();
      history.readingsStored();
    },
  });
  const sources = {
    ingestQueue: () => ingest.queue,
    outboxLag: () => liveRepository.outboxLag(board.seq),
  };
  metrics.watch({
    ...sources,
    liveClients: () => liveClients.count,
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
    ...history.routes,
    ...retention.routes,
    kpi,
    reports,
    ...evidence.routes,
    dataHealth: { db, clock, fedStore: history.fedStore },
    liveClients,
    matching,
    ...bookings.routes,
    transfers,
    ...webhooks.routes,
    ...reconcile.routes,
    identities,
    attribution: new Attribution({ ...desk, identities }),
    cleaning: new Cleaning(cleaningDeps),
    wardAdmin: new WardAdmin(desk),
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
    reconciler: reconcile.reconciler,
    matching,
    bookings,
    transfers,
    gatewayReadiness,
    logIntake: evidence.logIntake,
    metricsServer: createMetricsServer({
      metrics,
      health: () =>
        readHealth(db, clock, { ...sources, retention: retention.status, fedStore: history.fedStore }),
      log,
    }),
    /** Follows what is stored until the signal; rejects only by a bug. */
    async run(signal: AbortSignal): Promise<void> {
      await Promise.all([
        follower.run(signal),
        latestValues.run(signal),
        liveClients.run(signal),
        history.run(signal),
        retention.run(signal),
        reportRunner.run(signal),
        bookings.sweeper.run(signal),
        new TransferSweeper({ transfers, log }).run(signal),
        webhooks.worker.run(signal),
        reconcile.reconciler.run(signal),
        gatewayReadiness.run(signal),
        evidence.run(signal),
      ]);
    },
  };
}
