/**
 * Listens to devices on a hospital's own broker. The broker keeps what comes while the gateway is away (QoS 1, a session
 * that lasts), and each message is acknowledged only once it is on disk. Old things stay old: what the broker had retained
 * is not handed on, and what it had queued is marked, since neither says when it was made.
 */
import mqtt, { type IConnackPacket, type IPublishPacket, type MqttClient } from "mqtt";
import type { DeviceId } from "../../../contracts/wire/ids.ts";
import type { ProblemCounts } from "../../ingest/problem-counts.ts";
import type { Ingest } from "../../ingest/raw-message.ts";
import type { Clock } from "../../moment.ts";
import { LineError, OPEN_TIMEOUT_MS } from "../line/byte-line.ts";
import { type SessionEnd, supervise } from "../line/supervise.ts";
import type { LinkBook } from "../link-book.ts";
import { hospitalBrokerLinkId } from "../link-id.ts";
import { BacklogWatch } from "./backlog-watch.ts";

/** A broker that has gone without a word is noticed within one and a half of these. */
const KEEP_ALIVE_S = 30;
/** Topics in one SUBSCRIBE; brokers bound a packet's size. */
const TOPICS_PER_SUBSCRIBE = 100;
const REFUSED = 128;

export type BrokerDevice = { readonly deviceId: DeviceId; readonly expectedIntervalMs: number };

export type HospitalBrokerParts = {
  readonly name: string;
  readonly url: string;
  /** Stays the same for ever: under it the broker keeps what comes meanwhile. */
  readonly clientId: string;
  readonly username: string | null;
  readonly password: string | null;
  /** PEM; null: the system's own authorities. */
  readonly ca: string | null;
  readonly devicesByTopic: ReadonlyMap<string, BrokerDevice>;
  readonly ingest: Pick<Ingest, "hear">;
  readonly clock: Clock;
  readonly random: () => number;
  readonly links: LinkBook;
  readonly problemsOf: (deviceId: DeviceId) => ProblemCounts;
  readonly strangers: ProblemCounts;
};

/** Runs until the signal fires; rides out every trouble of the broker itself. */
export function runHospitalBroker(parts: HospitalBrokerParts, signal: AbortSignal): Promise<void> {
  const { name, devicesByTopic, problemsOf, clock, links, random } = parts;
  return supervise<Subscription>(
    {
      linkId: hospitalBrokerLinkId(name),
      kind: "mqtt-broker",
      serves: `${devicesByTopic.size} topics`,
      open: (signal) => Subscription.open(parts, signal),
      session: (subscription) => subscription.run(),
      onDown(why, phase) {
        const reason = phase === "opening" ? "broker-unreachable" : "broker-lost";
        for (const { deviceId } of devicesByTopic.values())
          problemsOf(deviceId).count(reason, why, clock.now().atMs);
      },
      links,
      clock,
      random,
    },
    signal,
  );
}

class Subscription {
  readonly #parts: HospitalBrokerParts;
  readonly #client: MqttClient;
  readonly #lost = Promise.withResolvers<string>();
  readonly #signal: AbortSignal;
  readonly #stop = () => this.#lost.resolve("the gateway ends");
  #backlog: BacklogWatch | null = null;
  #hasHeard = false;

  private constructor(parts: HospitalBrokerParts, client: MqttClient, signal: AbortSignal) {
    this.#parts = parts;
    this.#client = client;
    this.#signal = signal;
    signal.addEventListener("abort", this.#stop, { once: true });
    // The library acknowledges once this has called back, and reads on only then.
    client.handleMessage = (packet, done) => this.#hear(packet, () => done());
    client.on("error", (error) => this.#lost.resolve(reasonOf(error)));
    client.on("close", () => this.#lost.resolve("the broker closed the connection"));
  }

  static async open(parts: HospitalBrokerParts, signal: AbortSignal): Promise<Subscription> {
    const { url, clientId, username, password, ca } = parts;
    const client = mqtt.connect(url, {
      clientId,
      clean: false,
      // Once is enough here: when to try again is not the library's to decide.
      reconnectPeriod: 0,
      connectTimeout: OPEN_TIMEOUT_MS,
      keepalive: KEEP_ALIVE_S,
      protocolVersion: 4,
      resubscribe: false,
      ...(username === null ? {} : { username }),
      ...(password === null ? {} : { password }),
      ...(ca === null ? {} : { ca }),
    });
    const subscription = new Subscription(parts, client, signal);
    try {
      await subscription.#connect();
      await subscription.#subscribe();
      return subscription;
    } catch (error) {
      await subscription.close();
      throw error;
    }
  }

  async run(): Promise<SessionEnd> {
    return { why: await this.#lost.promise, wasUseful: this.#hasHeard };
  }

  close(): Promise<void> {
    this.#signal.removeEventListener("abort", this.#stop);
    return new Promise((resolve) => this.#client.end(true, {}, () => resolve()));
  }

  async #connect(): Promise<void> {
    const { promise: connected, resolve } = Promise.withResolvers<null>();
    this.#client.on("connect", ({ sessionPresent }: IConnackPacket) => {
      // Where the broker has no session of ours, it has kept nothing.
      if (sessionPresent) this.#backlog = new BacklogWatch();
      resolve(null);
    });
    await this.#orGiveUp(connected);
  }

  async #subscribe(): Promise<void> {
    const { devicesByTopic, problemsOf, clock } = this.#parts;
    const topics = [...devicesByTopic.keys()];
    for (let n = 0; n < topics.length; n += TOPICS_PER_SUBSCRIBE) {
      const some = topics.slice(n, n + TOPICS_PER_SUBSCRIBE);
      const { promise: granted, resolve } = Promise.withResolvers<readonly number[]>();
      this.#client.subscribe(some, { qos: 1 }, (_error, _granted, packet) =>
        resolve(packet?.granted.map(Number) ?? []),
      );
      for (const [index, qos] of ((await this.#orGiveUp(granted)) ?? []).entries()) {
        const device = devicesByTopic.get(some[index] ?? "");
        if (qos !== REFUSED || device === undefined) continue;
        const detail = `the broker does not let this gateway read ${some[index]}; allow it there`;
        problemsOf(device.deviceId).count("subscription-refused", detail, clock.now().atMs);
      }
    }
  }

  #orGiveUp<Value>(value: Promise<Value>): Promise<Value> {
    const given = this.#lost.promise.then((why) => {
      throw new LineError(`cannot use ${this.#parts.name}: ${why}`);
    });
    return Promise.race([value, given]);
  }

  #hear(packet: IPublishPacket, acknowledge: () => void): void {
    const { name, devicesByTopic, ingest, clock, links, problemsOf, strangers } = this.#parts;
    const device = devicesByTopic.get(packet.topic);
    const now = clock.now();
    if (device === undefined) {
      const detail = "a message on a topic of no device; a subscription of an earlier ward file may be left";
      strangers.count("unknown-topic", `${name}: ${detail}`, now.atMs);
      acknowledge();
      return;
    }
    const { deviceId, expectedIntervalMs } = device;
    if (packet.retain) {
      const detail =
        "the broker had kept this message for whoever comes; when it was made is not known, so it is not used";
      problemsOf(deviceId).count("retained-message", detail, now.atMs);
      acknowledge();
      return;
    }
    this.#hasHeard = true;
    const mayBeOld = this.#backlog?.mayBeOld(deviceId, expectedIntervalMs, now.monoMs) === true;
    const payload = typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
    links.heard(hospitalBrokerLinkId(name), 1, payload.byteLength);
    const message = {
      deviceId,
      received: now,
      body: {
        kind: "mqtt" as const,
        payload,
        packetId: packet.messageId ?? null,
        isRepeat: packet.dup,
        ...(mayBeOld ? { mayBeOld } : {}),
      },
    };
    ingest.hear(message).then(
      () => {
        this.#backlog?.acknowledged(clock.now().monoMs);
        acknowledge();
      },
      // Not kept, so not acknowledged: the broker has it still.
      (error: Error) => this.#lost.resolve(`a message could not be kept (${error.message})`),
    );
  }
}

/** The library's errors may quote what it was given; a code or its first line says enough. */
function reasonOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" ? code : (error.message.split("\n")[0] ?? "error");
}
