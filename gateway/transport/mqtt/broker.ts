/**
 * The MQTT broker that devices report to: aedes, behind a front for each connection. Aedes acknowledges a QoS 1 publish
 * before it stores it, so the front carries those; what is left to aedes waits for the commit in `authorizePublish`.
 */
import type { Aedes, Client } from "aedes";
import type { DeviceId } from "../../../contracts/wire/ids.ts";
import type { ProblemCounts } from "../../ingest/problem-counts.ts";
import type { Ingest } from "../../ingest/raw-message.ts";
import type { Clock } from "../../moment.ts";
import type { LinkBook } from "../link-book.ts";
import { type BrokerCounters, type DoorName, Tally } from "./broker-counters.ts";
import { Front } from "./front.ts";
import { Gate } from "./gate.ts";
import { Hall } from "./hall.ts";
import { SWEEP_EVERY_MS } from "./limits.ts";
import {
  type Address,
  type Door,
  type Hold,
  type OnArrival,
  openTcpDoor,
  openTlsDoor,
  openWebSocketDoor,
  type TlsFiles,
} from "./listeners.ts";
import { frontOf, openAedes } from "./open-aedes.ts";
import type { DeviceTopics } from "./topics.ts";

export type BrokerParts = {
  readonly tcp: Address;
  readonly tls: (Address & { readonly files: TlsFiles }) | null;
  readonly webSocket: Address | null;
  readonly connectionsPerAddressMax: number;
  readonly keyHashes: ReadonlyMap<string, string>;
  /** Null for what is not a device of this broker. */
  readonly topicsOf: (deviceId: DeviceId) => DeviceTopics | null;
  readonly ingest: Ingest;
  /** Where aedes keeps sessions and what is retained; null: in memory, for tests. */
  readonly persistence: BrokerPersistence | null;
  readonly clock: Clock;
  readonly links: LinkBook;
  /** Trouble of a device of ours, and of those that are not. */
  readonly problemsOf: (deviceId: DeviceId) => ProblemCounts;
  readonly strangers: ProblemCounts;
};

/** Aedes asks far more of it; this is what is asked of it here. */
export type BrokerPersistence = {
  delWill(client: { readonly id: string; readonly brokerId?: string }): Promise<unknown>;
};

export type Broker = {
  readonly ports: { readonly tcp: number; readonly tls: number | null; readonly webSocket: number | null };
  counters(): BrokerCounters;
  close(): Promise<void>;
};

export async function startBroker(parts: BrokerParts): Promise<Broker> {
  const { clock, ingest, strangers, problemsOf } = parts;
  const tally = new Tally();
  const aedes = await openAedes(parts);
  const hall = new Hall({
    clock,
    ingest,
    tally,
    strangers,
    problemsOf,
    tell: (packet, done) => aedes.publish(packet, done),
  });
  const gate = new Gate({ connectionsPerAddressMax: parts.connectionsPerAddressMax, clock, tally });
  const sweeping = setInterval(() => {
    const { monoMs } = clock.now();
    gate.sweep(monoMs);
    hall.sweep(monoMs);
  }, SWEEP_EVERY_MS);
  const doors: Door[] = [];
  const close = async () => {
    clearInterval(sweeping);
    const closing = doors.map((door) => door.close());
    gate.closeAll();
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
    await Promise.all(closing);
  };
  const onArrival: OnArrival = (arrival) => void new Front(hall, arrival, (line) => aedes.handle(line));
  const hold: Hold = (moreBytes) => {
    const isHeld = hall.hold(moreBytes);
    if (!isHeld) tally.refused["held-bytes-full"] += 1;
    return isHeld;
  };
  try {
    const openDoor = async (name: DoorName, opening: Promise<Door>) => {
      const door = await opening;
      doors.push(door);
      tellOf(parts, aedes, name, door.port);
      return door.port;
    };
    const { tcp, tls, webSocket } = parts;
    const ports = {
      tcp: await openDoor("tcp", openTcpDoor(tcp, gate, onArrival)),
      tls: tls === null ? null : await openDoor("tls", openTlsDoor(tls, tls.files, gate, onArrival)),
      webSocket:
        webSocket === null
          ? null
          : await openDoor("webSocket", openWebSocketDoor(webSocket, gate, hold, onArrival)),
    };
    return { ports, counters: () => hall.counters(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

const LINK_KINDS = { tcp: "mqtt", tls: "mqtt-tls", webSocket: "mqtt-websocket" } as const;

/** The status page shows each door with how many devices came through it. */
function tellOf(parts: BrokerParts, aedes: Aedes, name: DoorName, port: number): void {
  const connected = new Set<Client>();
  const kind = LINK_KINDS[name];
  const host = parts[name]?.host;
  const tell = () => {
    const detail = `${connected.size} of its devices connected`;
    parts.links.tell(`${kind} ${host}:${port}`, { kind, running: "running", state: "listening", detail });
  };
  aedes.on("clientReady", (client) => {
    if (frontOf(client)?.door !== name) return;
    connected.add(client);
    tell();
  });
  aedes.on("clientDisconnect", (client) => {
    if (connected.delete(client)) tell();
  });
  tell();
}
