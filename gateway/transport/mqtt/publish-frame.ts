/** Reads where the parts of a PUBLISH stand, without copying any. */
import { bodyStart } from "./frame-scanner.ts";

export type PublishFrame = {
  readonly qos: number;
  readonly isRepeat: boolean;
  readonly isRetained: boolean;
  readonly topicStart: number;
  readonly topicEnd: number;
  /** 0 for QoS 0, which has none. */
  readonly packetId: number;
  readonly payloadStart: number;
};

/** The QoS that a PUBLISH's first byte asks for; 3 is none. */
export const qosOf = (header: number) => (header >> 1) & 3;

/** Null where the frame breaks the protocol: the connection is to be closed. */
export function readPublish(bytes: Uint8Array, start: number, end: number): PublishFrame | null {
  const header = bytes[start] ?? 0;
  const qos = qosOf(header);
  const isRepeat = (header & 0x08) !== 0;
  const body = bodyStart(bytes, start);
  const topicStart = body + 2;
  const topicEnd = topicStart + wordAt(bytes, body);
  const payloadStart = qos === 0 ? topicEnd : topicEnd + 2;
  if (topicStart > end || payloadStart > end || topicEnd === topicStart) return null;
  if (qos === 3 || (qos === 0 && isRepeat)) return null;
  const packetId = qos === 0 ? 0 : wordAt(bytes, topicEnd);
  if (qos !== 0 && packetId === 0) return null;
  return {
    qos,
    isRepeat,
    isRetained: (header & 1) !== 0,
    topicStart,
    topicEnd,
    packetId,
    payloadStart,
  };
}

/** Whether exactly these bytes stand there; from behind, since topics begin alike. */
export function isAt(bytes: Uint8Array, start: number, end: number, wanted: Uint8Array): boolean {
  if (end - start !== wanted.length) return false;
  for (let n = wanted.length - 1; n >= 0; n--) if (bytes[start + n] !== wanted[n]) return false;
  return true;
}

const wordAt = (bytes: Uint8Array, at: number) => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
