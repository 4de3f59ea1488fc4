/** What devices send, as a transport hands it on. */
import { DeviceId } from "../../contracts/wire/ids.ts";
import type { RawMessage } from "../../gateway/ingest/raw-message.ts";
import type { Moment } from "../../gateway/moment.ts";
import { BED_DEVICE, CLIMATE, MONITOR } from "./wards.ts";

export type SenmlRecord = { n: string; v?: number; vb?: boolean; u?: string; t?: number; bt?: number };
type Delivery = {
  readonly deviceId?: string;
  readonly packetId?: number | null;
  readonly isRepeat?: boolean;
};

let packets = 0;

/** A pack over MQTT, QoS 1, each with a packet id of its own unless said otherwise. */
export function pack(
  received: Moment,
  records: readonly SenmlRecord[] | string,
  delivery: Delivery = {},
): RawMessage {
  packets += 1;
  const text = typeof records === "string" ? records : JSON.stringify(records);
  return {
    deviceId: DeviceId.parse(delivery.deviceId ?? BED_DEVICE),
    received,
    body: {
      kind: "mqtt",
      payload: new TextEncoder().encode(text),
      packetId: delivery.packetId === undefined ? packets : delivery.packetId,
      isRepeat: delivery.isRepeat ?? false,
    },
  };
}

export function registers(received: Moment, words: readonly number[]): RawMessage {
  const blocks = [{ functionCode: 4 as const, address: 1, words }];
  return { deviceId: CLIMATE, received, body: { kind: "registers", blocks } };
}

export function line(received: Moment, text: string): RawMessage {
  return { deviceId: MONITOR, received, body: { kind: "frame", bytes: new TextEncoder().encode(text) } };
}
