/**
 * The broker's memory behind the interface of `aedes-persistence`. What is asked for every message is answered from
 * memory; what changes is on disk before its promise settles, and only then changes in memory.
 */
import { Readable } from "node:stream";
import { type BrokerPacket, fromKept, fromOutgoing, toKept, toOutgoing } from "./broker-packet.ts";
import { IncomingWindow } from "./incoming-window.ts";
import { SessionCalls, type SessionChannel } from "./session-channel.ts";
import { SESSION_LIMITS } from "./session-limits.ts";
import type { OutgoingPage, StoredSubscription } from "./stored.ts";
import { Subscriptions } from "./subscriptions.ts";
import { matchesFilter } from "./topic-filter.ts";

/** A limit of `SessionLimits` was reached. `owner`: a client, or the beginning of a device's topics. */
export type GaveWay = {
  readonly what: "queued-message" | "retained-message";
  readonly owner: string;
  readonly count: number;
};

export type SqlitePersistenceParts = {
  readonly channel: SessionChannel;
  readonly nowMs: () => number;
  /** Whether a client may listen to this filter at all. */
  readonly mayListen: (clientId: string, filter: string) => boolean;
  readonly onGaveWay: (gaveWay: GaveWay) => void;
};

type ClientName = { readonly id: string; readonly clean?: boolean };
type Subscription = { topic: string; qos: number; [field: string]: unknown };
type Brokers = Readonly<Record<string, unknown>>;
type BrokerView = { readonly id: string; readonly clients?: Readonly<Record<string, unknown>> };

const EXPIRE_EVERY_MS = 3_600_000;
const RETAINED_A_READ = 16;
/** What a subscription has besides topic and QoS. */
const SUBSCRIPTION_FIELDS = ["rh", "rap", "nl", "subscriptionIdentifier"] as const;
/**
 * The library tells a client that its session is present where it has subscriptions. A session without any may still hold
 * QoS 2 messages, so it is given one that no device may have and that is dropped as not authorized.
 */
const SESSION_MARK: Subscription = { topic: "$session", qos: 0 };

export class SqlitePersistence {
  readonly #parts: SqlitePersistenceParts;
  readonly #calls: SessionCalls;
  readonly #subscriptions = new Subscriptions();
  readonly #incoming: IncomingWindow;
  readonly #sessions = new Set<string>();
  readonly #retainedTopics = new Set<string>();
  readonly #wills = new Map<string, BrokerPacket>();
  #broker: BrokerView | null = null;
  #expiring: NodeJS.Timeout | null = null;
  #isDestroyed = false;

  constructor(parts: SqlitePersistenceParts) {
    this.#parts = parts;
    this.#calls = new SessionCalls(parts.channel);
    this.#incoming = new IncomingWindow(this.#calls);
  }

  get broker(): BrokerView {
    if (this.#broker === null) throw new Error("the broker has not set up its persistence yet");
    return this.#broker;
  }

  async setup(broker: BrokerView): Promise<void> {
    this.#broker = broker;
    await this.#expire();
    const stored = await this.#calls.call("load");
    for (const clientId of stored.clientIds) this.#sessions.add(clientId);
    for (const { clientId, ...subscription } of stored.subscriptions)
      this.#subscriptions.add(clientId, subscription);
    for (const key of stored.incoming) this.#incoming.restore(key);
    for (const topic of stored.retainedTopics) this.#retainedTopics.add(topic);
    for (const { clientId, ...will } of stored.wills) this.#wills.set(clientId, fromKept(will));
    // What fails for want of room is tried again in an hour; any other failure of the file ends the process by itself.
    this.#expiring = setInterval(() => void this.#expire().catch(() => undefined), EXPIRE_EVERY_MS);
    this.#expiring.unref();
  }

  async storeRetained(packet: BrokerPacket): Promise<void> {
    const { topic = "", payload = "" } = packet;
    await this.#incoming.step(payload, false, async () => {
      const owner = topic.split("/", 2).join("/");
      const isKept =
        payload.length > 0 && (await this.#calls.call("keepRetained", topic, owner, toKept(packet)));
      if (isKept) this.#retainedTopics.add(topic);
      else {
        if (payload.length === 0) await this.#calls.call("dropRetained", topic);
        else this.#parts.onGaveWay({ what: "retained-message", owner, count: 1 });
        this.#retainedTopics.delete(topic);
      }
    });
  }

  createRetainedStream(pattern: string): Readable {
    return this.createRetainedStreamCombi([pattern]);
  }

  createRetainedStreamCombi(patterns: readonly string[]): Readable {
    const topics = patterns.flatMap((pattern) =>
      [...this.#retainedTopics].filter((topic) => matchesFilter(pattern, topic)),
    );
    return Readable.from(this.#readRetained(topics));
  }

  /** Told of all filters of a SUBSCRIBE, also of those that were not granted. */
  async addSubscriptions({ id }: ClientName, subscriptions: readonly Subscription[]): Promise<void> {
    const { mayListen, nowMs } = this.#parts;
    const own = subscriptions.filter(({ topic }) => mayListen(id, topic)).map(toStored);
    const stored = this.#subscriptions.fitting(id, own, SESSION_LIMITS.subscriptionsMax);
    await this.#calls.call("subscribe", id, stored, nowMs());
    this.#sessions.add(id);
    for (const subscription of stored) this.#subscriptions.add(id, subscription);
  }

  async removeSubscriptions(client: ClientName, topics: readonly string[]): Promise<void> {
    await this.#calls.call("unsubscribe", client.id, topics);
    for (const topic of topics) this.#subscriptions.remove(client.id, topic);
  }

  /** Asked when a client connects to a session that lasts. */
  async subscriptionsByClient(client: ClientName): Promise<Subscription[]> {
    const wasThere = await this.#calls.call("resume", client.id, this.#parts.nowMs());
    this.#sessions.add(client.id);
    const subscriptions = this.#subscriptions
      .of(client.id)
      .map(({ topic, qos, fields }) => ({ topic, qos, ...fields }));
    return wasThere && subscriptions.length === 0 ? [{ ...SESSION_MARK }] : subscriptions;
  }

  async countOffline(): Promise<{ subsCount: number; clientsCount: number }> {
    return this.#subscriptions.counts;
  }

  async subscriptionsByTopic(topic: string): Promise<Subscription[]> {
    return this.#subscriptions.match(topic).map((subscribed) => ({ ...subscribed }));
  }

  /** Asked when a client connects and wants to begin anew. */
  async cleanSubscriptions(client: ClientName): Promise<void> {
    if (!this.#sessions.has(client.id)) return;
    await this.#calls.call("discard", client.id);
    this.#sessions.delete(client.id);
    this.#subscriptions.removeAll(client.id);
  }

  async outgoingEnqueue(
    subscription: { clientId: string; qos?: number },
    packet: BrokerPacket,
  ): Promise<void> {
    await this.outgoingEnqueueCombi([subscription], packet);
  }

  async outgoingEnqueueCombi(
    subscriptions: readonly { clientId: string; qos?: number }[],
    packet: BrokerPacket,
  ): Promise<void> {
    const handedOn = this.#incoming.keyOf(packet.payload);
    if (subscriptions.length === 0 && handedOn === null) return;
    const outgoing = toOutgoing(packet);
    const qosMax = outgoing.qos ?? 0;
    const clients = subscriptions.map(({ clientId, qos = qosMax }) => ({
      clientId,
      qos: Math.min(qos, qosMax),
    }));
    const gaveWay = await this.#incoming.step(packet.payload, true, () =>
      this.#calls.call("enqueue", clients, outgoing, handedOn),
    );
    for (const { clientId, gaveWay: count } of gaveWay) {
      this.#parts.onGaveWay({ what: "queued-message", owner: clientId, count });
    }
  }

  /** A message is about to be sent under this packet id, or was received. */
  async outgoingUpdate(client: ClientName, packet: BrokerPacket): Promise<void> {
    const { messageId = null, brokerId = null, brokerCounter = null } = packet;
    if (packet.cmd === "pubrel") {
      if (messageId !== null) await this.#calls.call("releaseOutgoing", client.id, messageId);
      return;
    }
    const noted = this.#calls.call("setMessageId", client.id, { messageId, brokerId, brokerCounter });
    // Exactly once needs the packet id on disk before the message goes out. At least once does not: it may come again.
    if (packet.qos === 2) await noted;
    else noted.catch(() => undefined);
  }

  async outgoingClearMessageId(client: ClientName, packet: BrokerPacket): Promise<BrokerPacket | undefined> {
    const { messageId, brokerId = null, brokerCounter = null } = packet;
    const name = { messageId: messageId ?? null, brokerId, brokerCounter };
    const removed = await this.#calls.call("removeOutgoing", client.id, name);
    return removed === null ? undefined : fromOutgoing(removed);
  }

  /** What waits at this moment; what comes while it is read is not part of it. */
  outgoingStream(client: ClientName): Readable {
    const first = this.#calls.call("outgoingPage", client.id, 0, null);
    // Whoever reads the stream is told of a failure; nobody may, where the client has gone meanwhile.
    first.catch(() => undefined);
    return Readable.from(this.#readOutgoing(client.id, first));
  }

  async incomingStorePacket(client: ClientName, packet: BrokerPacket): Promise<void> {
    this.#incoming.note(client.id, packet.messageId ?? 0, withoutLength(packet), client.clean === true);
  }

  async incomingGetPacket(client: ClientName, { messageId }: BrokerPacket): Promise<BrokerPacket> {
    const packet = await this.#incoming.get(client.id, messageId ?? 0);
    if (packet === undefined) throw new Error(`no message of packet id ${messageId} came from ${client.id}`);
    return packet;
  }

  async incomingDelPacket(client: ClientName, { messageId }: BrokerPacket): Promise<void> {
    await this.#incoming.release(client.id, messageId ?? 0);
  }

  async cleanIncoming(client: ClientName): Promise<void> {
    await this.#incoming.forget(client.id);
  }

  async putWill(client: ClientName, packet: BrokerPacket): Promise<void> {
    // The library publishes this object, and finds the client's name in it.
    packet.brokerId = this.broker.id;
    packet.clientId = client.id;
    await this.#calls.call("keepWill", client.id, toKept(packet));
    this.#wills.set(client.id, packet);
  }

  async getWill(client: ClientName): Promise<BrokerPacket | undefined> {
    return this.#wills.get(client.id);
  }

  async delWill(client: ClientName): Promise<BrokerPacket | undefined> {
    const will = this.#wills.get(client.id);
    if (will === undefined) return undefined;
    await this.#calls.call("dropWill", client.id);
    // A client that came back meanwhile has left a new one.
    if (this.#wills.get(client.id) === will) this.#wills.delete(client.id);
    return will;
  }

  /**
   * Wills of clients of a broker that is gone, such as this one before a restart. Aedes tells which live by the wall
   * clock: after a jump it takes itself for gone, and would publish the wills of clients that are connected.
   */
  streamWill(brokers?: Brokers): Readable {
    const living = brokers === undefined ? {} : { ...brokers, [this.broker.id]: true };
    return Readable.from([...this.#wills.values()].filter(({ brokerId }) => !living[brokerId ?? ""]));
  }

  getClientList(topic: string): Readable {
    return Readable.from(this.#subscriptions.subscribersOf(topic));
  }

  /** The channel stays open: it belongs to whoever opened it. */
  async destroy(): Promise<void> {
    if (this.#isDestroyed) throw new Error("the persistence was destroyed before");
    this.#isDestroyed = true;
    if (this.#expiring !== null) clearInterval(this.#expiring);
  }

  async #expire(): Promise<void> {
    const connected = Object.keys(this.broker.clients ?? {});
    for (const clientId of await this.#calls.call("expire", this.#parts.nowMs(), connected)) {
      this.#sessions.delete(clientId);
      this.#subscriptions.removeAll(clientId);
      await this.#incoming.forget(clientId);
    }
  }

  async *#readRetained(topics: readonly string[]): AsyncGenerator<BrokerPacket> {
    for (let from = 0; from < topics.length; from += RETAINED_A_READ) {
      const some = await this.#calls.call("retained", topics.slice(from, from + RETAINED_A_READ));
      yield* some.map(fromKept);
    }
  }

  async *#readOutgoing(clientId: string, first: Promise<OutgoingPage>): AsyncGenerator<BrokerPacket> {
    let page = await first;
    yield* page.packets.map(fromOutgoing);
    while (!page.isLast) {
      page = await this.#calls.call("outgoingPage", clientId, page.afterSeq, page.throughSeq);
      yield* page.packets.map(fromOutgoing);
    }
  }
}

function toStored(subscription: Subscription): StoredSubscription {
  const fields: Record<string, unknown> = {};
  for (const name of SUBSCRIPTION_FIELDS) {
    if (subscription[name] !== undefined) fields[name] = subscription[name];
  }
  return { topic: subscription.topic, qos: subscription.qos, fields };
}

function withoutLength({ length: _length, ...packet }: BrokerPacket): BrokerPacket {
  return packet;
}
