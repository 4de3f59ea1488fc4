/** Puts the parts of a gateway together and runs them until the signal fires. */
import { randomBytes } from "node:crypto";
import type { Registry } from "prom-client";
import type { GatewayConfig } from "../config/gateway.ts";
import type { GatewayStatus } from "../contracts/wire/gateway-status.ts";
import { BootId, type DeviceId } from "../contracts/wire/ids.ts";
import type { Topology } from "./commissioning/topology.ts";
import { type Console, startConsole } from "./console/console.ts";
import { readQuarantine } from "./console/quarantine.ts";
import { SignIn } from "./console/sign-in.ts";
import { readStatus } from "./console/status.ts";
import { addBrokerMetrics } from "./health/broker-metrics.ts";
import { healthOf } from "./health/health.ts";
import { addIngestMetrics } from "./health/ingest-metrics.ts";
import { addJournalMetrics } from "./health/journal-metrics.ts";
import { addLinkMetrics } from "./health/link-metrics.ts";
import { addLogMetrics } from "./health/log-metrics.ts";
import { createMetrics } from "./health/metrics.ts";
import { type MetricsServer, startMetricsServer } from "./health/metrics-server.ts";
import { DeviceBook } from "./ingest/device-book.ts";
import { IngestQueue } from "./ingest/ingest-queue.ts";
import { Pipeline } from "./ingest/pipeline.ts";
import { ProblemCounts } from "./ingest/problem-counts.ts";
import { StageTrace } from "./ingest/stage-trace.ts";
import { WardState } from "./interpret/ward-state.ts";
import type { Journal } from "./journal/journal-port.ts";
import type { Log } from "./log.ts";
import { type LogBookFiles, OutwardLog } from "./log-book/log-book.ts";
import type { Clock } from "./moment.ts";
import { SqlitePersistence } from "./sessions/sqlite-persistence.ts";
import { tellGaveWay } from "./sessions/tell-gave-way.ts";
import { CloudLink } from "./sync/cloud-link.ts";
import { HeartbeatLoop } from "./sync/heartbeat.ts";
import { Sync } from "./sync/sync.ts";
import { createUplink } from "./sync/uplink.ts";
import { Wake } from "./sync/wake.ts";
import { Ticker } from "./ticker.ts";
import { LinkBook } from "./transport/link-book.ts";
import { isOwnFilter } from "./transport/mqtt/topics.ts";
import { pause } from "./transport/pause.ts";
import { startTransports, type Transports } from "./transport/start-transports.ts";
import type { TransportFiles } from "./transport/transport-files.ts";

/** At the end; what is not on disk by then was not acknowledged either. */
const KEEPING_MS_MAX = 3_000;

export type GatewayParts = {
  readonly config: GatewayConfig;
  readonly topology: Topology;
  readonly journal: Journal;
  readonly cloudKey: string;
  readonly deviceKeyHashes: ReadonlyMap<string, string>;
  readonly transportFiles: TransportFiles;
  /** Null where the journal keeps no log. */
  readonly logBook: LogBookFiles | null;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Nobody knows any more what is on disk: nothing may be acknowledged, the process has to end. */
  readonly onFatal: (error: unknown) => void;
};

export type RunningGateway = {
  readonly ports: Transports["ports"] & { readonly console: number; readonly metrics: number };
  readonly newSignInToken: () => string;
  readonly status: () => GatewayStatus;
  /** How long messages spend in which stage; off to begin with. */
  readonly trace: StageTrace;
  /** Settles once every loop and listener has ended after the signal fired. */
  readonly ended: Promise<void>;
};

export async function startGateway(parts: GatewayParts, signal: AbortSignal): Promise<RunningGateway> {
  const { config, topology, journal, clock, random, log } = parts;
  const started = clock.now();
  const gatewayId = config.gateway.id;
  const bootId = BootId.parse(randomBytes(8).toString("hex"));
  const book = new DeviceBook();
  const strangers = new ProblemCounts();
  const links = new LinkBook(clock);
  const link = new CloudLink({ clock, random, pause });
  const ward = new WardState(topology, journal.start.states, started);
  const problemsOf = (deviceId: DeviceId) => book.entry(deviceId).problems;

  const heartbeatWake = new Wake();
  const uplink = createUplink({ url: config.cloud.url, key: parts.cloudKey, clock, link });
  const outward = { gatewayId, bootId, journal, topology, book, clock, random, pause, uplink, link };
  const heartbeat = new HeartbeatLoop({
    ...outward,
    // The book tells only what is on disk, so the events that it caused are, too.
    bedsHeadSeq: () => journal.marks("beds").headSeq,
    wake: heartbeatWake,
    onEventsForgotten: () => sync.askBedsAgain(),
  });
  let parkedCount = 0;
  const sync = new Sync({
    ...outward,
    onParked(lane, parked) {
      parkedCount += parked.length;
      for (const { seq, reason } of parked) log.warn({ lane, seq, reason }, "the cloud parked a record");
    },
    onRolledBack: (lane, reason) => log.error({ lane, headSeq: journal.marks(lane).headSeq }, reason),
    onBedsStored: () => heartbeat.bedsStored(),
  });
  const outwardLog =
    journal.log === null || parts.logBook === null
      ? null
      : new OutwardLog({
          ...outward,
          ...parts.logBook,
          journalLog: journal.log,
          afterBeds: (send, until) => sync.afterBeds(send, until),
          log,
        });
  book.onRegained = () => heartbeatWake.ring();

  const trace = new StageTrace();
  const pipeline = new Pipeline({ topology, journal, ward, book });
  const queue = new IngestQueue({
    pipeline,
    journal,
    trace,
    nowMs: () => performance.now(),
    onCommitted() {
      sync.wake();
      ticker.schedule();
    },
    onFailure: parts.onFatal,
  });
  const ticker = new Ticker({
    clock,
    nextDueMonoMs: () => ward.nextDueMonoMs(),
    onTick: (now) => void queue.passTime(now).catch(parts.onFatal),
  });
  const persistence = new SqlitePersistence({
    channel: journal.sessions,
    nowMs: () => clock.now().atMs,
    mayListen: isOwnFilter,
    onGaveWay: (gaveWay) => tellGaveWay(gaveWay, problemsOf, clock.now().atMs),
  });

  await queue.commission(started);
  const logStatus = () => outwardLog?.status() ?? null;
  const status = () =>
    readStatus({
      gatewayId,
      cloudUrl: config.cloud.url,
      startedAtMs: started.atMs,
      clock,
      topology,
      journal,
      ward,
      book,
      links,
      cloudLink: link,
      strangers,
      parkedCount: () => parkedCount,
      logStatus,
    });
  const signIn = new SignIn(() => clock.now().atMs);

  const ingestFigures = () => ({ ...queue.counts, ...pipeline.counts, commitMs: queue.commitMs });

  const listeners: { close(): Promise<void> }[] = [];
  const keep = <Listener extends { close(): Promise<void> }>(listener: Listener): Listener => {
    listeners.push(listener);
    return listener;
  };
  let transports: Transports;
  let console: Console;
  let metrics: MetricsServer;
  try {
    transports = keep(
      await startTransports({
        ...parts,
        files: parts.transportFiles,
        ingest: queue,
        persistence,
        links,
        problemsOf,
        strangers,
      }),
    );
    console = keep(
      await startConsole(
        { signIn, status, quarantine: () => readQuarantine(journal), isReady: () => isReady(journal) },
        config.console.host,
        config.console.port,
      ),
    );
    const { counters } = transports;
    const stages = [
      (registry: Registry) => addJournalMetrics(registry, () => journal.facts),
      (registry: Registry) => addIngestMetrics(registry, trace, ingestFigures),
      (registry: Registry) => addLinkMetrics(registry, links),
      (registry: Registry) => addLogMetrics(registry, logStatus),
      ...(counters === null ? [] : [(registry: Registry) => addBrokerMetrics(registry, counters)]),
    ];
    const figures = { metrics: createMetrics(status, stages), health: () => healthOf(status()) };
    metrics = keep(await startMetricsServer(figures, config.metrics.port));
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.close()));
    throw error;
  }

  const logLoops = outwardLog === null ? [] : [outwardLog.run(signal)];
  const loops = [...transports.run(signal), sync.run(signal), heartbeat.run(signal), ...logLoops];
  // A driver rides out its device's trouble itself; a rejection here is a bug and ends the process.
  const ended = Promise.all(loops).then(async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
    // Behind everything that was heard: with it all of that is on disk. A disk that is full is not waited for.
    const isKept = new AbortController();
    const kept = queue.passTime(clock.now()).finally(() => isKept.abort());
    await Promise.race([kept, pause(KEEPING_MS_MAX, isKept.signal)]);
    ticker.stop();
    await persistence.destroy();
  });
  ticker.schedule();
  return {
    ports: { ...transports.ports, console: console.port, metrics: metrics.port },
    newSignInToken: () => signIn.newLinkToken(),
    status,
    trace,
    ended,
  };
}

/** Whoever asks whether it can serve is told no while nothing is acknowledged. */
const isReady = ({ isOpen, facts }: Journal) => isOpen && facts.disk !== "stalled";
