/** MQTT 3.1.1 by hand, written from the standard: frames as bytes, right ones and wrong ones, and bytes taken apart. */
export const CONNECT = 1;
export const CONNACK = 2;
export const PUBLISH = 3;
export const PUBACK = 4;
export const PUBREC = 5;
export const PUBREL = 6;
export const PUBCOMP = 7;
export const SUBSCRIBE = 8;
export const SUBACK = 9;
export const UNSUBSCRIBE = 10;
export const UNSUBACK = 11;
export const PINGREQ = 12;
export const PINGRESP = 13;
export const DISCONNECT = 14;

export type Frame = { readonly kind: number; readonly flags: number; readonly body: Buffer };
export type Published = {
  readonly topic: string;
  readonly text: string;
  readonly qos: number;
  readonly isDup: boolean;
  readonly isRetained: boolean;
  /** 0 with QoS 0. */
  readonly id: number;
};

export const u16 = (value: number) => Buffer.of(value >> 8, value & 0xff);
export const field = (value: string | Buffer) => {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([u16(bytes.length), bytes]);
};

export function frame(kind: number, flags: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length: number[] = [];
  let rest = body.length;
  do {
    const more = rest > 127 ? 0x80 : 0;
    length.push((rest % 128) | more);
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.concat([Buffer.of((kind << 4) | flags, ...length), body]);
}

export type Will = { topic: string | Buffer; text: string; qos?: number; retain?: boolean };
export type ConnectParts = {
  clientId: string;
  key: string;
  isClean?: boolean;
  keepAliveS?: number;
  will?: Will;
  protocolName?: string;
  protocolLevel?: number;
  /** In place of the flags that the other parts lead to. */
  flags?: number;
  userName?: string | Buffer | null;
  /** In place of all fields of the payload. */
  payload?: Buffer;
};

export function connectFrame(parts: ConnectParts): Buffer {
  const { clientId, key, isClean = true, keepAliveS = 60, will, userName = clientId } = parts;
  let flags = isClean ? 2 : 0;
  if (will !== undefined) flags |= 4 | ((will.qos ?? 0) << 3) | (will.retain === true ? 0x20 : 0);
  if (userName !== null) flags |= 0xc0;
  const payload = [
    field(clientId),
    ...(will === undefined ? [] : [field(will.topic), field(will.text)]),
    ...(userName === null ? [] : [field(userName), field(key)]),
  ];
  return frame(
    CONNECT,
    0,
    field(parts.protocolName ?? "MQTT"),
    Buffer.of(parts.protocolLevel ?? 4, parts.flags ?? flags),
    u16(keepAliveS),
    parts.payload ?? Buffer.concat(payload),
  );
}

export type PublishParts = {
  topic: string | Buffer;
  text: string;
  qos?: number;
  id?: number;
  isDup?: boolean;
  isRetained?: boolean;
};

export function publishFrame({ topic, text, qos = 0, id = 1, isDup, isRetained }: PublishParts): Buffer {
  const flags = (isDup === true ? 8 : 0) | (qos << 1) | (isRetained === true ? 1 : 0);
  return frame(PUBLISH, flags, field(topic), ...(qos > 0 ? [u16(id)] : []), Buffer.from(text));
}

export const subscribeFrame = (id: number, ...filters: readonly (readonly [string | Buffer, number])[]) =>
  frame(
    SUBSCRIBE,
    2,
    u16(id),
    ...filters.map(([filter, qos]) => Buffer.concat([field(filter), Buffer.of(qos)])),
  );
export const unsubscribeFrame = (id: number, ...filters: readonly (string | Buffer)[]) =>
  frame(UNSUBSCRIBE, 2, u16(id), ...filters.map(field));
/** PUBACK, PUBREC, PUBREL or PUBCOMP. */
export const answerFrame = (kind: number, id: number) => frame(kind, kind === PUBREL ? 2 : 0, u16(id));
export const PING_FRAME = frame(PINGREQ, 0);
export const DISCONNECT_FRAME = frame(DISCONNECT, 0);

/** The first whole frame of these bytes, and what is behind it. */
export function takeFrame(bytes: Buffer): { readonly frame: Frame; readonly rest: Buffer } | null {
  let length = 0;
  let at = 1;
  for (let factor = 1; ; factor *= 128) {
    const byte = bytes[at++];
    if (byte === undefined) return null;
    length += (byte & 0x7f) * factor;
    if (byte < 0x80) break;
  }
  if (bytes.length < at + length) return null;
  const header = bytes[0] ?? 0;
  const body = bytes.subarray(at, at + length);
  return { frame: { kind: header >> 4, flags: header & 0x0f, body }, rest: bytes.subarray(at + length) };
}

export function readPublished({ flags, body }: Frame): Published {
  const topicEnd = 2 + body.readUInt16BE(0);
  const qos = (flags >> 1) & 3;
  return {
    topic: body.toString("utf8", 2, topicEnd),
    text: body.toString("utf8", topicEnd + (qos > 0 ? 2 : 0)),
    qos,
    isDup: (flags & 8) !== 0,
    isRetained: (flags & 1) !== 0,
    id: qos > 0 ? body.readUInt16BE(topicEnd) : 0,
  };
}

export const idOf = ({ body }: Frame) => body.readUInt16BE(0);
