/** Reads of a CONNECT what the front decides by, and takes the keep-alive out of it, which the front watches itself. */
import { bodyStart } from "./frame-scanner.ts";

export type ConnectFrame =
  | {
      readonly kind: "connect";
      readonly clientId: string;
      readonly isCleanSession: boolean;
      /** 0: the client may be silent for ever. */
      readonly keepAliveS: number;
      readonly willTopic: string | null;
      /** The same frame with a keep-alive of 0. */
      readonly handedOn: Buffer;
    }
  | { readonly kind: "other-version" }
  | { readonly kind: "broken"; readonly what: string };

const NAME_OF_LEVEL: Readonly<Record<number, string>> = { 3: "MQIsdp", 4: "MQTT" };

const RESERVED = 0x01;
const CLEAN_SESSION = 0x02;
const WILL = 0x04;
const WILL_RETAIN = 0x20;
const PASSWORD = 0x40;
const USERNAME = 0x80;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** `bytes` from `start` to `end` are a whole frame of kind CONNECT. */
export function readConnect(bytes: Buffer, start: number, end: number): ConnectFrame {
  if ((bytes[start] ?? 0) !== 0x10) return broken("flags that are reserved");
  const fields = new Fields(bytes, bodyStart(bytes, start), end);
  try {
    const name = fields.text();
    const level = fields.byte();
    if (name !== "MQTT" && name !== "MQIsdp") return broken("another protocol's name");
    if (NAME_OF_LEVEL[level] !== name) return { kind: "other-version" };
    const flags = fields.byte();
    const willQos = (flags >> 3) & 3;
    const hasWill = (flags & WILL) !== 0;
    if ((flags & RESERVED) !== 0) return broken("a flag that is reserved");
    if (willQos === 3 || (!hasWill && (willQos !== 0 || (flags & WILL_RETAIN) !== 0)))
      return broken("a will's flags without a will, or with a QoS of 3");
    if ((flags & PASSWORD) !== 0 && (flags & USERNAME) === 0) return broken("a password without a user name");
    const keepAliveAt = fields.at;
    const keepAliveS = fields.word();
    const clientId = fields.text();
    const willTopic = hasWill ? fields.text() : null;
    if (hasWill) fields.skip();
    if ((flags & USERNAME) !== 0) fields.text();
    if ((flags & PASSWORD) !== 0) fields.skip();
    if (fields.at !== end) return broken("bytes behind its last field");
    const handedOn = Buffer.from(bytes.subarray(start, end));
    handedOn.writeUInt16BE(0, keepAliveAt - start);
    const isCleanSession = (flags & CLEAN_SESSION) !== 0;
    return { kind: "connect", clientId, isCleanSession, keepAliveS, willTopic, handedOn };
  } catch (error) {
    if (error instanceof BrokenField) return broken(error.message);
    throw error;
  }
}

const broken = (what: string): ConnectFrame => ({ kind: "broken", what });

class BrokenField extends Error {}

class Fields {
  at: number;
  readonly #bytes: Buffer;
  readonly #end: number;

  constructor(bytes: Buffer, at: number, end: number) {
    this.#bytes = bytes;
    this.at = at;
    this.#end = end;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#pass(1));
  }

  word(): number {
    return this.#bytes.readUInt16BE(this.#pass(2));
  }

  /** Passes over bytes with their length before them. */
  skip(): void {
    this.#pass(this.word());
  }

  text(): string {
    const length = this.word();
    const from = this.#pass(length);
    const text = textAt(this.#bytes, from, from + length);
    if (text === null) throw new BrokenField("a text that is not UTF-8");
    return text;
  }

  #pass(count: number): number {
    const from = this.at;
    if (from + count > this.#end) throw new BrokenField("a field that reaches past its end");
    this.at = from + count;
    return from;
  }
}

/** Null where the bytes are no text as MQTT wants it: UTF-8 without U+0000. */
export function textAt(bytes: Buffer, start: number, end: number): string | null {
  try {
    const text = utf8.decode(bytes.subarray(start, end));
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}
