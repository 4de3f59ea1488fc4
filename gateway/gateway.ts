/** Puts the parts of a gateway together and runs them until the signal fires. */
import type { GatewayConfig } from "../config/gateway.ts";
import type { GatewayStatus } from "../contracts/wire/gateway-status.ts";
import type { DeviceId } from "../contracts/wire/ids.ts";
import type { Topology } from "./commissioning/topology.ts";
import { type Console, startConsole } from "./console/console.ts";
import { readQuarantine } from "./console/quarantine.ts";
import { SignIn } from "./console/sign-in.ts";
import { readStatus } from "./console/status.ts";
import { createMetrics, type MetricsServer, startMetrics } from "./health/metrics.ts";
import { CommitQueue } from "./ingest/commit-queue.ts";
import { DeviceBook } from "./ingest/device-book.ts";
import { IDENTITY_KEPT_MS } from "./ingest/identity.ts";
import { Pipeline, type PipelineItem } from "./ingest/pipeline.ts";
import { ProblemCounts } from "./ingest/problem-counts.ts";
import type { Ingest } from "./ingest/raw-message.ts";
import { WardState } from "./interpret/ward-state.ts";
import type { Journal } from "./journal/journal.ts";
import type { Log } from "./log.ts";
import type { Clock } from "./moment.ts";
import { CloudLink } from "./sync/cloud-link.ts";
import { HeartbeatLoop } from "./sync/heartbeat.ts";
import { Sync } from "./sync/sync.ts";
import { createUplink } from "./sync/uplink.ts";
import { Wake } from "./sync/wake.ts";
import { Ticker } from "./ticker.ts";
import { LinkBook } from "./transport/link-book.ts";
import { pause } from "./transport/pause.ts";
import { startTransports, type Transports } from "./transport/start-transports.ts";
import type { TransportFiles } from "./transport/transport-files.ts";

/** Messages in one transaction; more wait for the next one, a few milliseconds on. */
const GROUP_ITEMS_MAX = 1_000;
const PRUNE_EVERY_MS = 5_000;

export type GatewayParts = {
  readonly config: GatewayConfig;
  readonly topology: Topology;
  readonly journal: Journal;
  readonly cloudKey: string;
  readonly deviceKeyHashes: ReadonlyMap<string, string>;
  readonly transportFiles: TransportFiles;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** A commit failed: nothing may be acknowledged any more, the process has to end. */
  readonly onFatal: (error: unknown) => void;
};

export type RunningGateway = {
  readonly ports: Transports["ports"] & { readonly console: number; readonly metrics: number };
  readonly newSignInToken: () => string;
  readonly status: () => GatewayStatus;
  /** Settles once every loop and listener has ended after the signal fired. */
  readonly ended: Promise<void>;
};

export async function startGateway(parts: GatewayParts, signal: AbortSignal): Promise<RunningGateway> {
  const { config, topology, journal, clock, random, log } = parts;
  const started = clock.now();
  const gatewayId = config.gateway.id;
  const book = new DeviceBook();
  const strangers = new ProblemCounts();
  const links = new LinkBook(clock);
  const cloudLink = new CloudLink();
  const ward = new WardState(topology, journal.states(), started);
  const problemsOf = (deviceId: DeviceId) => book.entry(deviceId).problems;

  const heartbeatWake = new Wake();
  const uplink = createUplink({ url: config.cloud.url, key: parts.cloudKey, clock, link: cloudLink });
  const heartbeat = new HeartbeatLoop({
    gatewayId,
    journal,
    topology,
    book,
    bedsHeadSeq: () => journal.marks("beds").headSeq,
    clock,
    pause,
    uplink,
    wake: heartbeatWake,
    onEventsForgotten: () => log.warn("the cloud has lost bed events that it had"),
  });
  let parkedCount = 0;
  const sync = new Sync({
    gatewayId,
    journal,
    uplink,
    random,
    onParked(lane, parked) {
      parkedCount += parked.length;
      for (const { seq, reason } of parked) log.warn({ lane, seq, reason }, "the cloud parked a record");
    },
    onRolledBack(lane, highWaterMarkSeq) {
      const headSeq = journal.marks(lane).headSeq;
      const reason = `the cloud has ${lane} up to ${highWaterMarkSeq}, this journal ends at ${headSeq}: it is an old copy. Move the data directory away, so that a new journal starts.`;
      cloudLink.failed(lane, "refused", reason);
      log.error({ lane, highWaterMarkSeq, headSeq }, reason);
    },
    onBedsStored: () => heartbeat.bedsStored(),
  });
  book.onRegained = () => heartbeatWake.ring();

  const pipeline = new Pipeline({
    topology,
    journal,
    ward,
    book,
    onCommitted() {
      sync.wake();
      ticker.schedule();
    },
  });
  const queue = new CommitQueue<PipelineItem>({
    commit: (items) => pipeline.commit(items),
    onFailure: parts.onFatal,
    itemsMax: GROUP_ITEMS_MAX,
  });
  const ticker = new Ticker({
    clock,
    nextDueMonoMs: () => ward.nextDueMonoMs(),
    onTick: (now) => void queue.submit({ kind: "time", now }).catch(parts.onFatal),
  });
  const ingest: Ingest = { hear: (message) => queue.submit({ kind: "message", message }) };

  await queue.submit({ kind: "commission", now: started });
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
      cloudLink,
      strangers,
      parkedCount: () => parkedCount,
    });
  const signIn = new SignIn(() => clock.now().atMs);

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
        ingest,
        links,
        problemsOf,
        strangers,
      }),
    );
    console = keep(
      await startConsole(
        { signIn, status, quarantine: () => readQuarantine(journal), isReady: () => journal.isOpen },
        config.console.host,
        config.console.port,
      ),
    );
    metrics = keep(await startMetrics(createMetrics(status), config.metrics.port));
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.close()));
    throw error;
  }

  const loops = [
    ...transports.run(signal),
    sync.run(signal),
    heartbeat.run(signal),
    pruneLoop(journal, clock, signal),
  ];
  // A driver rides out its device's trouble itself; a rejection here is a bug and ends the process.
  const ended = Promise.all(loops).then(async () => {
    ticker.stop();
    await Promise.all(listeners.map((listener) => listener.close()));
  });
  ticker.schedule();
  return {
    ports: { ...transports.ports, console: console.port, metrics: metrics.port },
    newSignInToken: () => signIn.newLinkToken(),
    status,
    ended,
  };
}

/** Acknowledged readings leave the journal a bounded number at a time, so that no commit waits long behind it. */
async function pruneLoop(journal: Journal, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pause(PRUNE_EVERY_MS, signal);
    if (!signal.aborted) journal.prune(clock.now().atMs, IDENTITY_KEPT_MS);
  }
}
