/**
 * MQTT 3.1.1 frames made by hand, from its specification: a load generator that used the server's own codec would be no
 * second opinion, and would cost as much as what it measures.
 */

const CONNECT = 0x10;
const PUBLISH = 0x30;
const DUP = 0x08;
const QOS_SHIFT = 1;
const PROTOCOL_LEVEL = 4;
const CLEAN_SESSION = 0b10;
const USERNAME_AND_PASSWORD = 0b1100_0000;
/** No generator pings; it always has something to say. */
const KEEP_ALIVE_S = 0;

export type Connect = {
  readonly clientId: string;
  readonly password: string;
  readonly isClean: boolean;
};

export function connectFrame({ clientId, password, isClean }: Connect): Buffer {
  const flags = USERNAME_AND_PASSWORD | (isClean ? CLEAN_SESSION : 0);
  return frame(CONNECT, [
    field("MQTT"),
    Buffer.from([PROTOCOL_LEVEL, flags, 0, KEEP_ALIVE_S]),
    field(clientId),
    field(clientId),
    field(password),
  ]);
}

export type Publish = {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 1 | 2;
  readonly packetId: number;
  readonly isRepeat?: boolean;
};

export function publishFrame({ topic, payload, qos, packetId, isRepeat = false }: Publish): Buffer {
  const header = PUBLISH | (qos << QOS_SHIFT) | (isRepeat ? DUP : 0);
  return frame(header, [field(topic), uint16(packetId), payload]);
}

export const uint16 = (value: number) => Buffer.from([value >> 8, value & 0xff]);

function field(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([uint16(bytes.length), bytes]);
}

export function frame(header: number, fields: readonly Buffer[]): Buffer {
  const body = Buffer.concat(fields);
  return Buffer.concat([Buffer.from([header, ...remainingLength(body.length)]), body]);
}

/** Seven bits a byte, lowest first, the eighth says that more follow. */
function remainingLength(length: number): number[] {
  const bytes: number[] = [];
  let rest = length;
  do {
    const low = rest & 0x7f;
    rest >>= 7;
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return bytes;
}
