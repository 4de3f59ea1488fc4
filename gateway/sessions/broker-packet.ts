/** A packet as the broker's library hands it over and wants it back, and as the store keeps it. */
import type { KeptPacket, OutgoingPacket, Payload } from "./stored.ts";

export type BrokerPacket = {
  cmd?: string;
  brokerId?: string | null;
  brokerCounter?: number;
  clientId?: string;
  messageId?: number | null | undefined;
  topic?: string;
  payload?: Payload;
  qos?: number;
  retain?: boolean;
  dup?: boolean;
  [field: string]: unknown;
};

export function toOutgoing(packet: BrokerPacket): OutgoingPacket {
  return {
    cmd: "publish",
    brokerId: packet.brokerId ?? null,
    brokerCounter: packet.brokerCounter ?? null,
    // Which packet id it goes out under is not known before it does.
    messageId: null,
    topic: packet.topic ?? "",
    payload: packet.payload ?? "",
    qos: packet.qos ?? 0,
    retain: packet.retain === true,
    dup: packet.dup === true,
  };
}

export function fromOutgoing(packet: OutgoingPacket): BrokerPacket {
  const messageId = packet.messageId ?? undefined;
  if (packet.cmd === "pubrel") return { cmd: "pubrel", messageId };
  return {
    cmd: "publish",
    brokerId: packet.brokerId,
    brokerCounter: packet.brokerCounter ?? 0,
    topic: packet.topic ?? "",
    payload: bufferOf(packet.payload ?? ""),
    qos: packet.qos ?? 0,
    retain: packet.retain,
    dup: packet.dup,
    messageId,
  };
}

export function toKept({ payload = "", ...fields }: BrokerPacket): KeptPacket {
  return { fields, payload };
}

export function fromKept({ fields, payload }: KeptPacket): BrokerPacket {
  return { ...fields, payload: bufferOf(payload) };
}

/** A buffer that crossed from another thread comes as the plain bytes under it. */
function bufferOf(payload: Payload): Buffer | string {
  return typeof payload === "string"
    ? payload
    : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
}
