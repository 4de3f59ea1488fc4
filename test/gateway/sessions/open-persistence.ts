/** A persistence as a broker would use it, over a store that a test can close and open again. */
import type { Readable } from "node:stream";
import { onTestFinished } from "vitest";
import type { BrokerPacket } from "../../../gateway/sessions/broker-packet.ts";
import type { SessionLimits } from "../../../gateway/sessions/session-limits.ts";
import { type GaveWay, SqlitePersistence } from "../../../gateway/sessions/sqlite-persistence.ts";
import { openInThread } from "./session-channels.ts";

export type Opened = {
  readonly persistence: SqlitePersistence;
  readonly gaveWay: readonly GaveWay[];
  /** Methods that were called, in order. */
  readonly called: readonly string[];
  close(): Promise<void>;
};

let brokers = 0;

export async function openPersistence(
  file: string,
  {
    limits,
    nowMs = 0,
    mayListen = () => true,
    fails = () => false,
  }: {
    limits?: SessionLimits;
    nowMs?: number;
    mayListen?: (clientId: string, filter: string) => boolean;
    fails?: () => boolean;
  } = {},
): Promise<Opened> {
  const { channel, close: closeStore } = await openInThread(file, limits);
  const gaveWay: GaveWay[] = [];
  const called: string[] = [];
  const persistence = new SqlitePersistence({
    channel: {
      call(method, args) {
        const [group] = args as [readonly { method: string }[]];
        called.push(...group.map((call) => call.method));
        return fails() ? Promise.reject(new Error("disk full")) : channel.call(method, args);
      },
    },
    nowMs: () => nowMs,
    mayListen,
    onGaveWay: (one) => gaveWay.push(one),
  });
  await persistence.setup({ id: `broker-${++brokers}`, clients: {} });
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    await persistence.destroy();
    await closeStore();
  };
  onTestFinished(close);
  return { persistence, gaveWay, called, close };
}

export const all = async (stream: Readable) => (await stream.toArray()) as BrokerPacket[];
export const texts = (packets: readonly BrokerPacket[]) => packets.map(({ payload }) => String(payload));

export const message = (text: string, brokerCounter: number, more: BrokerPacket = {}): BrokerPacket => ({
  cmd: "publish",
  topic: "devices/bed-1/orders",
  payload: Buffer.from(text),
  qos: 1,
  retain: false,
  dup: false,
  brokerId: "broker",
  brokerCounter,
  ...more,
});
