/**
 * The MQTT broker that devices report to. aedes acknowledges a QoS 1 publish before it stores it; the one place where
 * the acknowledgement can wait is `authorizePublish`, so the commit happens inside it.
 */
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { Aedes, type AuthenticateError, type Client } from "aedes";
import type { LinkStatus } from "../../../contracts/wire/gateway-status.ts";
import type { DeviceId } from "../../../contracts/wire/ids.ts";
import type { ProblemCounts } from "../../ingest/problem-counts.ts";
import type { Ingest } from "../../ingest/raw-message.ts";
import type { Clock } from "../../moment.ts";
import type { LinkBook } from "../link-book.ts";
import { type Admission, admitByCertificate, admitByKey } from "./admission.ts";
import {
  type Address,
  type Door,
  openTcpDoor,
  openTlsDoor,
  openWebSocketDoor,
  type TlsFiles,
} from "./listeners.ts";
import { isOwnFilter, statusTopic } from "./topics.ts";

/** A socket that has not said who it is by then is closed. */
const CONNECT_TIMEOUT_MS = 5_000;
const NOT_AUTHORIZED = 5;

/** What a device of this broker may say. */
export type DeviceTopics = {
  /** Its readings. */
  readonly readings: string;
  /** Below this it may say what nobody listens to; null: nowhere. */
  readonly ownArea: string | null;
};

export type BrokerParts = {
  readonly tcp: Address;
  readonly tls: (Address & { readonly files: TlsFiles }) | null;
  readonly webSocket: Address | null;
  readonly keyHashes: ReadonlyMap<string, string>;
  /** Null for what is not a device of this broker. */
  readonly topicsOf: (deviceId: DeviceId) => DeviceTopics | null;
  readonly ingest: Ingest;
  readonly clock: Clock;
  readonly links: LinkBook;
  /** Trouble of a device of ours, and of those that are not. */
  readonly problemsOf: (deviceId: DeviceId) => ProblemCounts;
  readonly strangers: ProblemCounts;
};

export type Broker = {
  readonly ports: { readonly tcp: number; readonly tls: number | null; readonly webSocket: number | null };
  close(): Promise<void>;
};

export async function startBroker(parts: BrokerParts): Promise<Broker> {
  const { clock, ingest, strangers, problemsOf, topicsOf } = parts;
  const admitted = new WeakMap<Client, DeviceId>();
  const deviceOf = (client: Client | null) => (client === null ? undefined : admitted.get(client));

  const broker = await Aedes.createBroker({
    connectTimeout: CONNECT_TIMEOUT_MS,
    drainTimeout: 2_000,
    authenticate(client, _username, password, done) {
      const admission = admit(parts, client, password);
      if (admission.kind === "admitted") {
        admitted.set(client, admission.deviceId);
        done(null, true);
        return;
      }
      strangers.count(admission.reason, admission.detail, clock.now().atMs);
      const refusal: AuthenticateError = Object.assign(new Error(admission.reason), {
        returnCode: NOT_AUTHORIZED,
      });
      done(refusal, false);
    },
    authorizePublish(client, packet, done) {
      const deviceId = deviceOf(client);
      const topics = deviceId === undefined ? null : topicsOf(deviceId);
      if (deviceId === undefined || topics === null) {
        const detail = "somebody who is no device published; the connection was closed";
        strangers.count("foreign-topic", detail, clock.now().atMs);
        return done(new Error("not a device"));
      }
      if (packet.topic === statusTopic(deviceId)) return done(null);
      // A retained reading would be told to late subscribers as if it were new.
      packet.retain = false;
      if (packet.topic !== topics.readings) {
        if (topics.ownArea !== null && packet.topic.startsWith(topics.ownArea)) return done(null);
        const detail = `expected ${topics.readings} or ${statusTopic(deviceId)}, got another topic; the connection was closed`;
        problemsOf(deviceId).count("foreign-topic", detail, clock.now().atMs);
        return done(new Error("not a topic of this device"));
      }
      const payload = typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
      const message = {
        deviceId,
        received: clock.now(),
        body: {
          kind: "mqtt" as const,
          payload,
          packetId: packet.qos === 0 ? null : (packet.messageId ?? null),
          isRepeat: packet.dup,
        },
      };
      ingest.hear(message).then(
        () => done(null),
        (error: Error) => done(error),
      );
    },
    authorizeSubscribe(client, subscription, done) {
      const deviceId = deviceOf(client);
      done(null, deviceId !== undefined && isOwnFilter(deviceId, subscription.topic) ? subscription : null);
    },
    authorizeForward(client, packet) {
      const deviceId = deviceOf(client);
      return deviceId !== undefined && packet.topic.startsWith(`devices/${deviceId}/`) ? packet : null;
    },
  });
  for (const event of ["clientError", "connectionError"] as const) {
    broker.on(event, (client, error) => {
      const deviceId = deviceOf(client);
      if (deviceId !== undefined) problemsOf(deviceId).count("mqtt-error", error.message, clock.now().atMs);
    });
  }
  return openDoors(parts, broker);
}

/** Behind TLS the certificate is the key; elsewhere the device brings its key as a password. */
function admit(parts: BrokerParts, client: Client, password: Uint8Array | undefined): Admission {
  const isDevice = (deviceId: DeviceId) => parts.topicsOf(deviceId) !== null;
  const connection: unknown = client.conn;
  if (!(connection instanceof TLSSocket)) return admitByKey(parts.keyHashes, isDevice, client.id, password);
  const name: unknown = connection.getPeerCertificate().subject?.CN;
  return admitByCertificate(isDevice, client.id, typeof name === "string" ? name : "");
}

async function openDoors(parts: BrokerParts, broker: Aedes): Promise<Broker> {
  const { tcp, tls, webSocket, links } = parts;
  const doors: Door[] = [];
  const close = async () => {
    const closing = doors.map((door) => door.close());
    await new Promise<void>((resolve) => broker.close(() => resolve()));
    await Promise.all(closing);
  };
  const announce = async (
    kind: LinkStatus["kind"],
    { host }: Address,
    open: (onStream: (stream: Duplex) => void) => Promise<Door>,
  ) => {
    const mine = new WeakSet<Client>();
    const connected = new Set<Client>();
    const door = await open((stream) => void mine.add(broker.handle(stream)));
    doors.push(door);
    const tell = () => {
      const detail = `${connected.size} of its devices connected`;
      links.tell(`${kind} ${host}:${door.port}`, { kind, running: "running", state: "listening", detail });
    };
    broker.on("clientReady", (client) => {
      if (!mine.has(client)) return;
      connected.add(client);
      tell();
    });
    broker.on("clientDisconnect", (client) => {
      if (connected.delete(client)) tell();
    });
    tell();
    return door.port;
  };
  try {
    return {
      ports: {
        tcp: await announce("mqtt", tcp, (onStream) => openTcpDoor(tcp, onStream)),
        tls:
          tls === null
            ? null
            : await announce("mqtt-tls", tls, (onStream) => openTlsDoor(tls, tls.files, onStream)),
        webSocket:
          webSocket === null
            ? null
            : await announce("mqtt-websocket", webSocket, (onStream) =>
                openWebSocketDoor(webSocket, onStream),
              ),
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
