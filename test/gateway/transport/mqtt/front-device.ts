/** A device in bytes, as the tests of the front speak for one. */
import type { Socket } from "node:net";
import { expect } from "vitest";
import { type openBroker, openSocket } from "../../../support/brokers.ts";
import { CONNACK, CONNECT, packet, text } from "../../../support/mqtt-bytes.ts";
import { soon } from "../../../support/soon.ts";

export const READINGS = "devices/bed-1/readings";
export const STATUS = "devices/bed-1/status";
export const PING = Buffer.from([0xc0, 0]);
export const PONG = "d000";

type Broker = Awaited<ReturnType<typeof openBroker>>;

export const publish = (topic: string, packetId: number, payload = "{}") =>
  packet(0x32, text(topic), Buffer.from([packetId >> 8, packetId & 0xff]), Buffer.from(payload));
export const ack = (packetId: number) => `4002${packetId.toString(16).padStart(4, "0")}`;
export const isClosed = (socket: Socket) => new Promise((resolve) => socket.once("close", resolve));

/** bed-1 in bytes, connected. */
export async function openDevice(broker: Broker, connect = CONNECT) {
  const { socket, heard } = await openSocket(broker.port);
  socket.write(connect);
  await soon(() => expect(heard()).toBe(CONNACK));
  return { socket, heard: () => heard().slice(CONNACK.length) };
}
