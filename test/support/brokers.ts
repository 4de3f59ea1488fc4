/** The gateway's broker over commits that a test holds, and devices that speak to it, by a client or in bytes. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect as connectSocket, type Socket } from "node:net";
import { connect, type MqttClient } from "mqtt";
import { onTestFinished } from "vitest";
import type { DeviceId } from "../../contracts/wire/ids.ts";
import { ProblemCounts } from "../../gateway/ingest/problem-counts.ts";
import type { Kept, RawMessage } from "../../gateway/ingest/raw-message.ts";
import { LinkBook } from "../../gateway/transport/link-book.ts";
import { type BrokerParts, startBroker } from "../../gateway/transport/mqtt/broker.ts";
import type { DeviceTopics } from "../../gateway/transport/mqtt/topics.ts";
import { HandClock } from "./moments.ts";

const hash = (key: string) => createHash("sha256").update(key).digest("hex");

const LOOPBACK = { host: "127.0.0.1", port: 0 };

/** Beds speak natively; pads speak JSON on their maker's topics, under the name on their label. */
function topicsOf(deviceId: DeviceId): DeviceTopics | null {
  if (deviceId.startsWith("bed-")) return { readings: `devices/${deviceId}/readings`, ownArea: null };
  if (!deviceId.startsWith("pad-")) return null;
  const label = deviceId.toUpperCase();
  return { readings: `tele/${label}/SENSOR`, ownArea: `tele/${label}/` };
}

type Doors = Pick<BrokerParts, "tls" | "connectionsPerAddressMax" | "persistence">;

/** A broker whose commits wait for `release`, or fail; and whose ingest is full as long as a test says so. */
export async function openBroker(doors: Partial<Doors> = {}) {
  const clock = new HandClock();
  const heard: RawMessage[] = [];
  const waiting: Kept[] = [];
  const strangers = new ProblemCounts();
  const problems = new ProblemCounts();
  const links = new LinkBook(clock);
  let holds = false;
  let isFull = false;
  let resume: (() => void) | null = null;
  const take = (message: RawMessage, kept: Kept) => {
    heard.push(asOwn(message));
    if (holds) waiting.push(kept);
    else setImmediate(kept, null);
  };
  const settle = (error: Error | null) => {
    for (const kept of waiting.splice(0)) kept(error);
  };
  const broker = await startBroker({
    tcp: LOOPBACK,
    tls: null,
    webSocket: LOOPBACK,
    connectionsPerAddressMax: 200,
    persistence: null,
    ...doors,
    keyHashes: new Map([
      ["bed-1", hash("key-1")],
      ["bed-2", hash("key-2")],
      ["pad-3", hash("key-3")],
    ]),
    topicsOf,
    ingest: {
      hear: (message) =>
        new Promise((resolve, reject) => {
          take(message, (error) => (error === null ? resolve() : reject(error)));
        }),
      take,
      get isFull() {
        return isFull;
      },
      onRoom(then) {
        resume = then;
      },
    },
    clock,
    links,
    problemsOf: () => problems,
    strangers,
  });
  onTestFinished(() => broker.close());
  return {
    port: broker.ports.tcp,
    ports: broker.ports,
    counters: () => broker.counters(),
    clock,
    heard,
    strangers,
    problems,
    links,
    hold: () => {
      holds = true;
    },
    release: () => settle(null),
    fail: () => settle(new Error("disk full")),
    fill: () => {
      isFull = true;
    },
    makeRoom: () => {
      isFull = false;
      resume?.();
    },
    texts: () =>
      heard.map(({ body }) => (body.kind === "mqtt" ? new TextDecoder().decode(body.payload) : body.kind)),
  };
}

/** A message's bytes are good until it has been taken. */
function asOwn(message: RawMessage): RawMessage {
  const { body } = message;
  return body.kind === "mqtt"
    ? { ...message, body: { ...body, payload: new Uint8Array(body.payload) } }
    : message;
}

export function connectDevice(
  port: number,
  clientId = "bed-1",
  password = clientId.replace(/^[a-z]+/, "key"),
): MqttClient {
  const client = connect(`mqtt://127.0.0.1:${port}`, {
    clientId,
    username: clientId,
    password,
    reconnectPeriod: 0,
    connectTimeout: 2_000,
  });
  client.on("error", () => undefined);
  onTestFinished(() => void client.end(true));
  return client;
}

/** What the client says next of that kind. */
export function heardBy(
  client: MqttClient,
  event: "connect" | "close" | "error" | "message",
): Promise<unknown[]> {
  return new Promise((resolve) => client.once(event, (...said: unknown[]) => resolve(said)));
}

export async function connected(port: number, clientId?: string): Promise<MqttClient> {
  const client = connectDevice(port, clientId);
  await heardBy(client, "connect");
  return client;
}

/** A device that speaks in bytes. */
export async function openSocket(port: number): Promise<{ socket: Socket; heard: () => string }> {
  const socket = connectSocket(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return { socket, heard: () => Buffer.concat(chunks).toString("hex") };
}
