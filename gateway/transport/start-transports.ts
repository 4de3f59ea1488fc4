/** Opens every way in: the doors of the own broker at once, everything that is connected to once `run` is called. */
import type { GatewayConfig } from "../../config/gateway.ts";
import type { DeviceId } from "../../contracts/wire/ids.ts";
import type { Topology } from "../commissioning/topology.ts";
import type { ProblemCounts } from "../ingest/problem-counts.ts";
import type { Ingest } from "../ingest/raw-message.ts";
import type { Clock } from "../moment.ts";
import type { LinkBook } from "./link-book.ts";
import { runModbusBus } from "./modbus/modbus-bus.ts";
import { type Broker, type BrokerPersistence, startBroker } from "./mqtt/broker.ts";
import type { BrokerCounters } from "./mqtt/broker-counters.ts";
import { runSerialLine } from "./serial/serial-line.ts";
import type { TransportFiles } from "./transport-files.ts";
import { planTransports, type TransportPlan } from "./transport-plan.ts";

export type TransportParts = {
  readonly config: GatewayConfig;
  readonly topology: Topology;
  readonly files: TransportFiles;
  readonly deviceKeyHashes: ReadonlyMap<string, string>;
  readonly ingest: Ingest;
  /** The own broker's memory; null: none that lasts. */
  readonly persistence: BrokerPersistence | null;
  readonly clock: Clock;
  readonly random: () => number;
  readonly links: LinkBook;
  readonly problemsOf: (deviceId: DeviceId) => ProblemCounts;
  readonly strangers: ProblemCounts;
};

export type Transports = {
  /** Null where the configuration does not ask for it. */
  readonly ports: {
    readonly mqtt: number | null;
    readonly mqttTls: number | null;
    readonly mqttWebSocket: number | null;
  };
  /** Of the own broker; null where the configuration does not ask for one. */
  readonly counters: (() => BrokerCounters) | null;
  /** Each runs until the signal fires and rides out its device's trouble itself. */
  run(signal: AbortSignal): readonly Promise<void>[];
  /** Closes the doors of the own broker. */
  close(): Promise<void>;
};

export async function startTransports(parts: TransportParts): Promise<Transports> {
  const plan = planTransports(parts.topology, parts.config.brokers);
  const broker = await openBroker(parts, plan);
  const { tcp = null, tls = null, webSocket = null } = broker?.ports ?? {};
  const runBrokers = await hospitalBrokers(parts, plan);
  return {
    ports: { mqtt: tcp, mqttTls: tls, mqttWebSocket: webSocket },
    counters: broker === null ? null : () => broker.counters(),
    run: (signal) => [
      ...plan.buses.map((bus) => runModbusBus({ ...parts, ...bus }, signal)),
      ...plan.lines.map((line) =>
        runSerialLine({ ...parts, ...line, problems: parts.problemsOf(line.deviceId) }, signal),
      ),
      ...runBrokers(signal),
    ],
    close: async () => broker?.close(),
  };
}

/** Its client library is loaded only where a hospital's own broker is listened to. */
async function hospitalBrokers(
  parts: TransportParts,
  plan: TransportPlan,
): Promise<(signal: AbortSignal) => readonly Promise<void>[]> {
  const { config, files } = parts;
  if (config.brokers.length === 0) return () => [];
  const { runHospitalBroker } = await import("./mqtt/hospital-broker.ts");
  return (signal) =>
    config.brokers.map(({ name, url, clientId, username }) =>
      runHospitalBroker(
        {
          ...parts,
          name,
          url,
          clientId: clientId ?? config.gateway.id,
          username: username ?? null,
          password: files.brokers.get(name)?.password ?? null,
          ca: files.brokers.get(name)?.ca ?? null,
          devicesByTopic: plan.hospitalBrokers.get(name) ?? new Map(),
        },
        signal,
      ),
    );
}

async function openBroker(parts: TransportParts, plan: TransportPlan): Promise<Broker | null> {
  const { config, files, deviceKeyHashes } = parts;
  if (config.mqtt === undefined) return null;
  const { host, port, tls, webSocket, connectionsPerAddressMax } = config.mqtt;
  return startBroker({
    ...parts,
    tcp: { host, port },
    tls:
      tls === undefined || files.mqttTls === null
        ? null
        : { host: tls.host, port: tls.port, files: files.mqttTls },
    webSocket: webSocket ?? null,
    connectionsPerAddressMax,
    keyHashes: deviceKeyHashes,
    topicsOf: (deviceId) => plan.ownBroker.get(deviceId) ?? null,
  });
}
