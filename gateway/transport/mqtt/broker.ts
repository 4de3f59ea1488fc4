/**
 * The MQTT broker that devices report to. aedes acknowledges a QoS 1 publish before it stores it; the one place where
 * the acknowledgement can wait is `authorizePublish`, so the commit happens inside it.
 */
import { createServer, type Server, type Socket } from "node:net";
import { Aedes, type AuthenticateError, type Client } from "aedes";
import type { DeviceId } from "../../../contracts/wire/ids.ts";
import type { ProblemCounts } from "../../ingest/problem-counts.ts";
import type { Ingest } from "../../ingest/raw-message.ts";
import type { Clock } from "../../moment.ts";
import type { LinkBook } from "../link-book.ts";
import { listenOn } from "../listen-on.ts";
import { admit } from "./device-keys.ts";
import { isOwnFilter, readingsTopic, statusTopic } from "./topics.ts";

/** A socket that has not said who it is by then is closed. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Sockets at once; a gateway serves some hundreds of beds. */
const CONNECTIONS_MAX = 2_000;
const NOT_AUTHORIZED = 5;

export type BrokerParts = {
  readonly host: string;
  readonly port: number;
  readonly keyHashes: ReadonlyMap<string, string>;
  readonly isMqttDevice: (deviceId: DeviceId) => boolean;
  readonly ingest: Ingest;
  readonly clock: Clock;
  readonly links: LinkBook;
  /** Trouble of a device of ours, and of those that are not. */
  readonly problemsOf: (deviceId: DeviceId) => ProblemCounts;
  readonly strangers: ProblemCounts;
};

export type Broker = { readonly port: number; close(): Promise<void> };

export async function startBroker(parts: BrokerParts): Promise<Broker> {
  const { clock, ingest, links, strangers, problemsOf } = parts;
  const admitted = new WeakMap<Client, DeviceId>();
  const deviceOf = (client: Client | null) => (client === null ? undefined : admitted.get(client));

  const broker = await Aedes.createBroker({
    connectTimeout: CONNECT_TIMEOUT_MS,
    drainTimeout: 2_000,
    authenticate(client, _username, password, done) {
      const admission = admit(parts.keyHashes, parts.isMqttDevice, client.id, password);
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
      if (deviceId !== undefined && packet.topic === statusTopic(deviceId)) return done(null);
      if (deviceId === undefined || packet.topic !== readingsTopic(deviceId)) {
        const detail = `expected devices/<own id>/readings or /status, got another topic; the connection was closed`;
        (deviceId === undefined ? strangers : problemsOf(deviceId)).count(
          "foreign-topic",
          detail,
          clock.now().atMs,
        );
        return done(new Error("not a topic of this device"));
      }
      // A retained reading would be told to late subscribers as if it were new.
      packet.retain = false;
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

  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    broker.handle(socket);
  });
  server.maxConnections = CONNECTIONS_MAX;
  const port = await listenOn(server, parts.host, parts.port, "MQTT");
  const linkId = `mqtt ${parts.host}:${port}`;
  const tell = () => {
    const detail = `${broker.connectedClients} of its devices connected`;
    links.tell(linkId, { kind: "mqtt", running: "running", state: "listening", detail });
  };
  for (const event of ["clientReady", "clientDisconnect"] as const) broker.on(event, tell);
  for (const event of ["clientError", "connectionError"] as const) {
    broker.on(event, (client, error) => {
      const deviceId = deviceOf(client);
      if (deviceId !== undefined) problemsOf(deviceId).count("mqtt-error", error.message, clock.now().atMs);
    });
  }
  tell();
  return { port, close: () => closeBroker(broker, server, sockets) };
}

/** Listening ends first: devices connect again at once, and a newcomer would keep the server open. */
async function closeBroker(broker: Aedes, server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  await new Promise<void>((resolve) => broker.close(() => resolve()));
  for (const socket of sockets) socket.destroy();
  await closed;
}
