/** Aedes with the rules of this gateway: who comes in, who may say and hear what, and what waits for the disk. */
import type { EventEmitter } from "node:events";
import { Aedes, type AuthenticateError, type Client, type PublishPacket } from "aedes";
import { writeToStream } from "mqtt-packet";
import { DeviceId } from "../../../contracts/wire/ids.ts";
import { matchesFilter } from "../../sessions/topic-filter.ts";
import { type Admission, admitByCertificate, admitByKey } from "./admission.ts";
import { AedesLine } from "./aedes-line.ts";
import type { BrokerParts } from "./broker.ts";
import { Front } from "./front.ts";
import {
  CONNECT_TIMEOUT_MS,
  DRAIN_TIMEOUT_MS,
  SUBSCRIPTIONS_MAX,
  UNANSWERED_MAX,
  WILLS_HEARTBEAT_MS,
} from "./limits.ts";
import { isOwnFilter, isOwnTopic, isOwnWill, statusTopic, topicKindOf } from "./topics.ts";

const NOT_AUTHORIZED = 5;

// Aedes' codec would keep each number there is as two bytes of its own: 7 MB, looked through at each garbage collection.
writeToStream.cacheNumbers = false;

/** The front of a client of this broker; aedes knows its line only. */
export function frontOf(client: Client | null): Front | null {
  const line: unknown = client?.conn;
  return line instanceof AedesLine && line.owner instanceof Front ? line.owner : null;
}

export async function openAedes(parts: BrokerParts): Promise<Aedes> {
  const { clock, strangers, problemsOf, persistence, topicsOf } = parts;
  const aedes = await Aedes.createBroker({
    connectTimeout: CONNECT_TIMEOUT_MS,
    drainTimeout: DRAIN_TIMEOUT_MS,
    heartbeatInterval: WILLS_HEARTBEAT_MS,
    maxInflightInbound: UNANSWERED_MAX,
    ...(persistence === null ? {} : { persistence }),
    authenticate(client, _username, password, done) {
      const front = frontOf(client);
      const admission = front === null ? NOBODY : admit(parts, front, client.id, password);
      if (admission.kind === "refused") {
        strangers.count(admission.reason, admission.detail, clock.now().atMs);
        front?.refuse("not-authorized");
        return done(refusal(admission.reason), false);
      }
      const { deviceId } = admission;
      const topics = topicsOf(deviceId);
      if (front === null || topics === null) return done(refusal("unknown-device"), false);
      if (front.willTopic !== null && !isOwnWill(deviceId, topics, front.willTopic)) {
        const detail = `expected a will on ${statusTopic(deviceId)}, got another topic; the connection was refused`;
        problemsOf(deviceId).count("foreign-topic", detail, clock.now().atMs);
        front.refuse("foreign-topic");
        return done(refusal("foreign-topic"), false);
      }
      front.admit(deviceId, topics);
      done(null, true);
    },
    authorizePublish: (client, packet, done) => authorizePublish(parts, client, packet, done),
    authorizeSubscribe(client, subscription, done) {
      const deviceId = frontOf(client)?.deviceId ?? null;
      const isOwn = deviceId !== null && isOwnFilter(deviceId, subscription.topic);
      done(null, isOwn && hasRoomFor(client, subscription.topic) ? subscription : null);
    },
    authorizeForward(client, packet) {
      const front = frontOf(client);
      if (front === null || front.deviceId === null || front.isClosed) return null;
      if (!isOwnTopic(front.deviceId, packet.topic)) return null;
      packet.qos = Math.min(packet.qos, qosFor(client, packet.topic) ?? packet.qos) as PublishPacket["qos"];
      return packet;
    },
  });
  const noteSubscriptions = (client: Client & Subscribed) => {
    frontOf(client)?.noteSubscribed(Object.keys(client.subscriptions ?? {}).length > 0);
  };
  aedes.on("connackSent", ({ returnCode }, client) => {
    if (returnCode !== 0) return;
    noteSubscriptions(client);
    frontOf(client)?.accept();
  });
  aedes.on("clientReady", (client) => frontOf(client)?.ready());
  aedes.on("subscribe", (_subscriptions, client) => noteSubscriptions(client));
  aedes.on("unsubscribe", (_topics, client) => noteSubscriptions(client));
  for (const event of ["clientError", "connectionError"] as const) {
    aedes.on(event, (client, error) => {
      const deviceId = frontOf(client)?.deviceId ?? null;
      if (deviceId !== null) problemsOf(deviceId).count("mqtt-error", error.message, clock.now().atMs);
    });
  }
  // A session that could not be kept: the store itself says what is wrong with it.
  (aedes as EventEmitter).on("error", (error: Error) =>
    strangers.count("session-not-kept", error.message, clock.now().atMs),
  );
  return aedes;
}

/** By filter; the package's types leave it out. */
type Subscribed = { readonly subscriptions?: Readonly<Record<string, { readonly qos: number }>> };

function hasRoomFor(client: Client & Subscribed, filter: string): boolean {
  const { subscriptions = {} } = client;
  return Object.hasOwn(subscriptions, filter) || Object.keys(subscriptions).length < SUBSCRIPTIONS_MAX;
}

/** The highest QoS that was granted for this topic; aedes itself looks only at filters without wildcards. Null: none. */
function qosFor(client: Client & Subscribed, topic: string): number | null {
  let granted: number | null = null;
  for (const [filter, { qos }] of Object.entries(client.subscriptions ?? {}))
    if (qos > (granted ?? -1) && matchesFilter(filter, topic)) granted = qos;
  return granted;
}

/** What aedes publishes itself: QoS 2, and wills, of which those of an earlier run have no client any more. */
function authorizePublish(
  parts: BrokerParts,
  client: Client | null,
  packet: PublishPacket & { clientId?: string; brokerId?: string },
  done: (error?: Error | null) => void,
) {
  const { clock, ingest, persistence, topicsOf, problemsOf, strangers } = parts;
  const isRepeat = packet.dup;
  // That it came again is between the device and us; to whoever has subscribed it is new.
  packet.dup = false;
  const ofWill = client === null ? DeviceId.safeParse(packet.clientId).data : undefined;
  const deviceId = frontOf(client)?.deviceId ?? ofWill ?? null;
  const topics = deviceId === null ? null : topicsOf(deviceId);
  if (deviceId === null || topics === null) {
    const detail = "somebody who is no device published; the connection was closed";
    strangers.count("foreign-topic", detail, clock.now().atMs);
    forgetWill();
    return done(new Error("not a device"));
  }
  const kind = topicKindOf(deviceId, topics, packet.topic);
  if (kind === "status") return done(null);
  // A retained reading would be told to late subscribers as if it were new.
  packet.retain = false;
  if (kind === "own-area") return done(null);
  if (kind === "foreign" || client === null) {
    const detail = `expected ${topics.readings} or ${statusTopic(deviceId)}, got another topic; the connection was closed`;
    problemsOf(deviceId).count("foreign-topic", detail, clock.now().atMs);
    forgetWill();
    return done(new Error("not a topic of this device"));
  }
  const payload = typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
  const packetId = packet.qos === 0 ? null : (packet.messageId ?? null);
  ingest.take({ deviceId, received: clock.now(), body: { kind: "mqtt", payload, packetId, isRepeat } }, done);

  /** Or it would be tried again for ever, and hold up those behind it. */
  function forgetWill(): void {
    const { clientId: id, brokerId } = packet;
    if (client !== null || id === undefined || persistence === null) return;
    persistence.delWill(brokerId === undefined ? { id } : { id, brokerId }).catch(() => undefined);
  }
}

const NOBODY: Admission = {
  kind: "refused",
  reason: "unknown-device",
  detail: "no connection of this broker",
};

/** Behind TLS the certificate is the key; elsewhere the device brings its key as a password. */
function admit(
  { topicsOf, keyHashes }: BrokerParts,
  { certificateName }: Front,
  clientId: string,
  password: Uint8Array | undefined,
): Admission {
  const isDevice = (deviceId: DeviceId) => topicsOf(deviceId) !== null;
  return certificateName === null
    ? admitByKey(keyHashes, isDevice, clientId, password)
    : admitByCertificate(isDevice, clientId, certificateName);
}

const refusal = (reason: string): AuthenticateError =>
  Object.assign(new Error(reason), { returnCode: NOT_AUTHORIZED });
